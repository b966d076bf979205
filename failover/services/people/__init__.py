"""Who uses the panel: users, their ways to sign in, sessions and tokens.

What a role may do is said in `services/access`; which rows it sees, in `scoping`.
"""
