"""Lives of processes: provably over, or not known to be."""
