"""EventBridge's events of instances, with everything a best-effort bus may do to them.

Nothing here decides a state: an event tells of one that was entered.
"""
