"""Views as plain values: what contract.md writes, ready for JSON."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID


def as_fields(view: Any) -> dict[str, Any]:
    """A view's fields by their names, without those that only pages need."""
    return {
        f.name: plain(getattr(view, f.name))
        for f in dataclasses.fields(view)
        if not f.metadata.get("page")
    }


def plain(value: Any) -> Any:
    """The value as JSON has it: ids as strings, times RFC 3339, views as objects."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, UUID):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return as_fields(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(v) for v in value]
    return value


def uuid_of(kind: str, number: int) -> UUID:
    """The id by which a numbered row of ours is known outside: always the same.

    An UUID of version 8: the kind's digest in front, the number at the end.
    """
    front = int.from_bytes(hashlib.sha256(kind.encode()).digest()[:8])
    bits = front << 64 | number
    bits = bits & ~(0xF << 76) | 8 << 76
    return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


def number_of(kind: str, text: str) -> int | None:
    """The number in such an id; None for anything that is no id of this kind."""
    try:
        number = UUID(text).int & (1 << 62) - 1
    except ValueError:
        return None
    return number if text.lower() == str(uuid_of(kind, number)) else None


def rfc3339(at: datetime | None) -> str | None:
    """A UTC stamp as the API writes it."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")
