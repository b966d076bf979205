"""The guest's side of a pair: texts that a shell may be given."""
