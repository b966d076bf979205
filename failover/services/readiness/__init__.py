"""Preflight run continuously on the pairs that rest: which are due, what is checked.

What a single plan's checks are stands in `services/plans`.
"""
