"""The pages about people: users, groups, grants, tokens, and one's own security.

The ceremonies of signing in are `web/identity`.
"""
