"""What tables can be filtered by, on both databases."""
