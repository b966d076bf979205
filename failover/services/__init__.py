"""The verbs, and the read side. Pages, API, commands and reconciler join here.

A verb checks the actor's role itself, refuses with a `refusals.Refusal` that carries
fields, and leaves the sentence to `words`. Nothing here says boto3 or HTTP.
"""
