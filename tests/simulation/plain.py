"""Frozen dataclasses as plain JSON and back; what equals its default is left out."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """Numbers, strings, lists and dicts that say the same."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) != _default(field)
        }
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in sorted(value.items())}
    if isinstance(value, (frozenset, set)):
        return sorted(to_plain(v) for v in value)
    if isinstance(value, (list, tuple)):
        return [to_plain(v) for v in value]
    return str(value) if isinstance(value, UUID) else value


def from_plain(kind: type[T], plain: Any) -> T:
    """The value of that type again."""
    made: T = _read(kind, plain)
    return made


def _default(field: "dataclasses.Field[Any]") -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _read(kind: Any, plain: Any) -> Any:
    # Ids are strings with a name of their own.
    kind = getattr(kind, "__supertype__", kind)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(kind, plain)
    if origin is tuple:
        return _read_tuple(get_args(kind), plain)
    if origin is frozenset:
        return frozenset(_read(get_args(kind)[0], v) for v in plain)
    if origin is not None:
        _, of_values = get_args(kind)
        return {k: _read(of_values, v) for k, v in plain.items()}
    return _read_one(kind, plain)


def _read_one(kind: Any, plain: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        fields = {name: _read(hints[name], v) for name, v in plain.items()}
        return typing.cast("Any", kind)(**fields)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind[plain]
    return UUID(plain) if kind is UUID else plain


def _read_union(kind: Any, plain: Any) -> Any:
    kinds = [k for k in get_args(kind) if k is not type(None)]
    return None if plain is None else _read(kinds[0], plain)


def _read_tuple(kinds: tuple[Any, ...], plain: Any) -> Any:
    if kinds[-1] is Ellipsis:
        return tuple(_read(kinds[0], v) for v in plain)
    return tuple(_read(k, v) for k, v in zip(kinds, plain, strict=True))
