"""The guest's side of a pair: what its servers need that EC2 cannot give them.

Texts to read and paste; nothing here reaches a server.
"""
