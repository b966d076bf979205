"""`dataclasses.replace` for the engine's values: it is what a tick does most.

The values are frozen dataclasses with slots and without __post_init__, so a copy is
their fields and nothing else. Most ticks set what is there already: then there is no
copy at all.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Value = TypeVar("Value")
Setter = Callable[[Any, Any], None]


def replace(value: Value, **changes: Any) -> Value:
    """The same value with these fields; the very same object where none differs.

    Raises AttributeError for a field that the value does not have.
    """
    for name, new in changes.items():
        old = getattr(value, name)
        if old is not new and old != new:
            break
    else:
        return value
    kind: Any = type(value)
    setters, read = _of(kind)
    copy: Value = object.__new__(kind)
    for put, old in zip(setters, read(value), strict=True):
        put(copy, old)
    for name, new in changes.items():
        getattr(kind, name).__set__(copy, new)
    return copy


@cache
def _of(kind: type) -> tuple[list[Setter], Callable[[Any], tuple[Any, ...]]]:
    """How the fields of such values are set, in order, and how all are read."""
    names = [f.name for f in fields(kind)]
    setters = [getattr(kind, name).__set__ for name in names]
    if len(names) == 1:
        return setters, lambda value: (getattr(value, names[0]),)
    return setters, attrgetter(*names)
