"""Holds the project's own files against each other and against what they start."""
