"""Real processes, real databases, a real broker, and what is done to them mid-swap.

Every test states what must hold and how fast; `python -m tests.chaos` prints it as a
table.
"""
