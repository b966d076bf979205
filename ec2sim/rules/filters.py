"""Filters: names, values with wildcards, and the rows that match."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from ec2sim.errors import Ec2Error
from ec2sim.state.table import Row

R = TypeVar("R", bound=Row)
Values = Callable[[R], Iterable[str | None]]
Fields = Mapping[str, Values[R]]
MOST_VALUES = 200


def parse(given: Iterable[Mapping[str, Any]], fields: Fields[R]) -> dict[str, set[str]]:
    """The wanted values by filter name. Raises Ec2Error for an unknown name."""
    wanted: dict[str, set[str]] = {}
    for entry in given:
        name = entry.get("Name") or ""
        values = list(entry.get("Values") or ())
        is_tag = name.startswith("tag:") and len(name) > len("tag:")
        if name not in fields and not is_tag and name not in ("tag-key", "tag-value"):
            raise Ec2Error("InvalidParameterValue", f"The filter '{name}' is invalid")
        if not values:
            raise Ec2Error(
                "InvalidParameterValue", f"The filter '{name}' has no values"
            )
        if len(values) > MOST_VALUES:
            raise Ec2Error(
                "FilterLimitExceeded",
                "The maximum number of filter values specified on a single call is "
                f"{MOST_VALUES}",
            )
        wanted[name] = wanted.get(name, set()) | set(values)
    return wanted


def matches(row: R, wanted: Mapping[str, set[str]], fields: Fields[R]) -> bool:
    """Whether a row has, for every filter, one of the wanted values."""
    return all(
        any_matches(_values(row, name, fields), values)
        for name, values in wanted.items()
    )


def is_plain(value: str) -> bool:
    """Whether a value means just itself, without wildcards."""
    return not ("*" in value or "?" in value or "\\" in value)


def text(value: object) -> str:
    """A value as filters write it: booleans and numbers in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(row: R, name: str, fields: Fields[R]) -> Iterable[str | None]:
    if name.startswith("tag:"):
        return (row.tags.get(name.removeprefix("tag:")),)
    if name == "tag-key":
        return row.tags.keys()
    if name == "tag-value":
        return row.tags.values()
    return fields[name](row)


def any_matches(found: Iterable[str | None], wanted: set[str]) -> bool:
    """Whether one of the values is wanted, wildcards considered."""
    for value in found:
        if value is None:
            continue
        if value in wanted:
            return True
        for pattern in wanted:
            if not is_plain(pattern) and _regex(pattern).fullmatch(value):
                return True
    return False


@lru_cache(maxsize=512)
def _regex(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":
            parts.append(re.escape(next(letters, "\\")))
        else:
            parts.append({"*": ".*", "?": "."}.get(letter, re.escape(letter)))
    return re.compile("".join(parts), re.DOTALL)
