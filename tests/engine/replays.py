"""The engine's values as plain JSON and back, so that a decision can be kept and asked.

Types tell how to read: dataclasses are objects, mappings are lists of pairs, sets are
sorted lists, enumerations are their names.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


def dump(value: object) -> str:
    """The value as one line of JSON; the same value gives the same line."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))


def load(kind: type[T], line: str) -> T:
    """What `dump` wrote, as a value of this type."""
    read: T = _read(kind, json.loads(line))
    return read


def _plain(value: object) -> Any:
    if isinstance(value, Enum | UUID):
        return value.name if isinstance(value, Enum) else str(value)
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        pairs = [[_plain(k), _plain(v)] for k, v in value.items()]
        return sorted(pairs, key=lambda pair: str(pair[0]))
    if isinstance(value, frozenset | set):
        return sorted((_plain(v) for v in value), key=str)
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, plain: Any) -> Any:
    if isinstance(kind, NewType):
        return _read(kind.__supertype__, plain)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _read_union(get_args(kind), plain)
    if origin is not None:
        return _read_many(origin, get_args(kind), plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind[plain]
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], v) for name, v in plain.items()})
    return UUID(plain) if kind is UUID else plain


def _read_union(kinds: tuple[Any, ...], plain: Any) -> Any:
    if plain is None:
        return None
    (kind,) = (k for k in kinds if k is not type(None))
    return _read(kind, plain)


def _read_many(origin: Any, kinds: tuple[Any, ...], plain: Any) -> Any:
    if issubclass(origin, Mapping):
        key, value = kinds
        return {_read(key, k): _read(value, v) for k, v in plain}
    if origin is frozenset:
        return frozenset(_read(kinds[0], v) for v in plain)
    if origin is tuple and Ellipsis not in kinds:
        return tuple(_read(k, v) for k, v in zip(kinds, plain, strict=True))
    return tuple(_read(kinds[0], v) for v in plain)
