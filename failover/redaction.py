"""What is secret, by its name, by its shape or because we hold it; a mask over it.

Logs and audit share it. No Django here: the settings use it before there is any.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

MASK = "[redacted]"
SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|secret|token$|authorization|cookie|credential|session"
    r"|api_?key|access_key|private_key|broker_url|database_url|user_?data|csrf",
    re.IGNORECASE,
)
# `fence_token` is a number that counts claims and opens nothing.
PLAIN_NAMES = frozenset({"fence_token"})
SECRET_SHAPES = re.compile(
    r"\bsb_[A-Za-z0-9]+_[A-Za-z0-9_-]{16,}"  # our API tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS access keys
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password in a URL
    r"|(?<=Bearer )\S+"
    # AWS repeats a request that was signed wrongly, with its session token.
    r"|(?<=security-token:)[^\s,'\"]+"
    r"|\b(?:FwoG|IQoJ|FQoG)[A-Za-z0-9+/=%]{32,}",  # session tokens of STS
    re.IGNORECASE,
)
# Anything shorter is no secret, and a mask over it would tear texts apart.
LEAST = 8
# Sessions of AWS end and others follow: those of an hour, of many regions.
MOST_LENT = 200

List = Callable[[], Iterable[str]]
_held: set[str] = set()
# In the order in which they came.
_lent: dict[str, None] = {}
_asked: ContextVar[List | None] = ContextVar("secrets of the request", default=None)


def hide(*secrets: str) -> None:
    """Mask these wherever they occur from now on: they are secrets that we hold."""
    _held.update(secret for secret in secrets if len(secret) >= LEAST)


def hide_lent(*secrets: str) -> None:
    """The same for keys that end within the hour; the oldest are forgotten."""
    for secret in secrets:
        if len(secret) >= LEAST and secret not in _lent:
            while len(_lent) >= MOST_LENT:
                _lent.pop(next(iter(_lent)), None)
            _lent[secret] = None


@contextmanager
def hiding(list_secrets: List) -> Iterator[None]:
    """Let `mask_said` mask what the function lists, until this request is answered."""
    before = _asked.set(list_secrets)
    try:
        yield
    finally:
        _asked.reset(before)


def mask_said(text: str) -> str:
    """A free text of a log line, also without what the one who asks sent as secret.

    Not for fields that say who did what: whoever sends his own name as a password
    must not vanish from them.
    """
    list_secrets = _asked.get()
    return _mask_all(text, [*_held, *_lent, *(list_secrets() if list_secrets else ())])


def mask(value: Any) -> Any:
    """The value with every secret in its strings replaced."""
    if isinstance(value, str):
        return _mask_text(value)
    if isinstance(value, dict):
        return {name: mask_named(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _mask_text(str(value))


def mask_named(name: str, value: Any) -> Any:
    """The value, or the mask alone where its name says that it is secret."""
    if is_secret_name(name):
        return MASK
    return mask(value)


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret."""
    return name not in PLAIN_NAMES and SECRET_NAMES.search(name) is not None


def _mask_text(text: str) -> str:
    return _mask_all(text, [*_held, *_lent])


def _mask_all(text: str, secrets: Iterable[str]) -> str:
    # The longest first: one may be a part of another.
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= LEAST:
            text = text.replace(secret, MASK)
    return SECRET_SHAPES.sub(MASK, text)
