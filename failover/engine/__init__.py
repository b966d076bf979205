"""The engine: what must be true of a move of a floating resource.

Pure Python. No Django, boto3, Celery, clock, randomness or I/O ever comes in here:
time and chance are arguments, the world is behind `ports`.
"""
