"""A deterministic simulation of the engine: a false EC2, a false database, virtual time.

Every run follows from its plan and is replayed by its name or seed. No threads, no
sockets, no clock of the machine.
"""
