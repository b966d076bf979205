"""Asks a service behind a floating resource whether it is well.

The only place that opens a connection to an address of an operator's network. It
takes literal addresses that EC2 showed, resolves nothing, follows nothing, and refuses
what `policy` forbids before anything is sent.
"""
