"""What goes wrong on purpose: planned faults, throttling, stale reads."""
