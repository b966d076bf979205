"""A believable EC2 over HTTP: a house of its own.

It imports nothing of the product, and nothing imports it but tests and the demo.
Rooms, from the ground up: state, timing, faults, rules, pages, seeds, wire.
"""
