"""The settings: every variable, its default, and how a bad value is refused."""
