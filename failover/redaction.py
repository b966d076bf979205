"""What is secret, by its name or by its shape, and a mask over it.

Logs and audit share it. No Django here: the settings use it before there is any.
"""

import re
from typing import Any

MASK = "[redacted]"
SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|secret|token$|authorization|cookie|credential|session"
    r"|api_?key|access_key|private_key|broker_url|database_url",
    re.IGNORECASE,
)
# `fence_token` is a number that counts claims and opens nothing.
PLAIN_NAMES = frozenset({"fence_token"})
SECRET_SHAPES = re.compile(
    r"\bsb_[A-Za-z0-9]+_[A-Za-z0-9_-]{16,}"  # our API tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS access keys
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password in a URL
    r"|(?<=Bearer )\S+"
)


def mask(value: Any) -> Any:
    """The value with every secret shape in its strings replaced."""
    if isinstance(value, str):
        return SECRET_SHAPES.sub(MASK, value)
    if isinstance(value, dict):
        return {name: mask_named(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return SECRET_SHAPES.sub(MASK, str(value))


def mask_named(name: str, value: Any) -> Any:
    """The value, or the mask alone where its name says that it is secret."""
    if name not in PLAIN_NAMES and SECRET_NAMES.search(name):
        return MASK
    return mask(value)
