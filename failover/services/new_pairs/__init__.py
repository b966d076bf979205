"""How pairs come to be: chosen, drafted, proposed by tags, read from files, rehearsed.

What a pair is told afterwards stands in `services/pairs`.
"""
