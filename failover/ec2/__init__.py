"""The only room that knows boto3: sessions, the gateway and its table of errors.

What leaves this room is `engine.topology`, `engine.job` and the error families of
`engine.ports`; no botocore exception and no untyped reply gets past it.
"""
