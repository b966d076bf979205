"""The loop that finds work nobody does."""
