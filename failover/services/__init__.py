"""The verbs, and the read side. Pages, API, commands and reconciler join here.

Every verb refuses with a `refusals.Refusal` that carries fields, and leaves the
sentence to `words`. Nothing here says boto3, Celery or HTTP. Where one reason fills
several files it has a room of its own; what all of them need lies here.
"""
