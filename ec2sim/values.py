"""Reading what a control was sent: texts, numbers and choices, or BadControl."""

from collections.abc import Collection, Mapping
from typing import Any

MOST_S = 1e9


class BadControl(ValueError):
    """A control was sent something it cannot use; the text says what."""


class NoSuch(BadControl):
    """A control was asked about something that does not exist."""


def only(values: Mapping[str, Any], *names: str) -> None:
    """Refuse what is not known. Raises BadControl."""
    for name in values:
        if name not in names:
            raise BadControl(f"{name}: unknown; known are {sorted(names)}")


def text(values: Mapping[str, Any], name: str) -> str:
    """A text that must be there. Raises BadControl."""
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise BadControl(f"{name}: expected a text")
    return value


def text_or_none(values: Mapping[str, Any], name: str) -> str | None:
    """A text, or None where it is left out, null or empty. Raises BadControl."""
    return text(values, name) if values.get(name) not in (None, "") else None


def flag(values: Mapping[str, Any], name: str) -> bool:
    """True or false. Raises BadControl."""
    value = values.get(name)
    if not isinstance(value, bool):
        raise BadControl(f"{name}: expected true or false")
    return value


def choice(value: object, name: str, among: Collection[str]) -> str:
    """One of some texts. Raises BadControl."""
    if not isinstance(value, str) or value not in among:
        raise BadControl(f"{name}: expected one of {', '.join(among)}")
    return value


def count(values: Mapping[str, Any], name: str) -> int | None:
    """A whole number of 1 or more, or None. Raises BadControl."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadControl(f"{name}: expected a whole number of 1 or more")
    return value


def number(
    values: Mapping[str, Any], name: str, *, at_most: float = MOST_S
) -> float | None:
    """A number from 0 to `at_most`, or None. Raises BadControl."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadControl(f"{name}: expected a number")
    if not 0 <= value <= at_most:
        raise BadControl(f"{name}: expected a number from 0 to {at_most:g}")
    return float(value)
