"""Wake-ups: hints that cost their sender nothing."""
