"""What goes wrong on purpose: planned faults, throttling, what is not visible yet.

Every draw has a seed; nothing here waits, and no rule of EC2 is decided here.
"""
