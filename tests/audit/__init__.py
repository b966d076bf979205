"""The audit: whole, chained, and only growing, on both databases."""
