"""The pages of a pair: what it is, what can be done with it, how it is set."""
