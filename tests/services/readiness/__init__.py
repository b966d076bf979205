"""Readiness: a preflight that never stops, of every pair that rests."""
