"""People and their tokens: what opens a door, what is told of it."""
