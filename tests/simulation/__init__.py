"""A deterministic simulation of the engine: false EC2, false store, virtual time.

Every run follows from its plan and is replayed by its name or seed. No threads, no
sockets, no clock of the machine.
"""
