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
MOST_FILTERS = 50
MOST_VALUES = 200


def parse(given: Iterable[Mapping[str, Any]], fields: Fields[R]) -> dict[str, set[str]]:
    """The wanted values by filter name. Raises Ec2Error for an unknown name."""
    wanted: dict[str, set[str]] = {}
    listed = list(given)
    if len(listed) > MOST_FILTERS:
        raise Ec2Error(
            "FilterLimitExceeded",
            f"The maximum number of filters on a single call is {MOST_FILTERS}",
        )
    for entry in listed:
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


def matcher(wanted: Mapping[str, set[str]], fields: Fields[R]) -> Callable[[R], bool]:
    """Whether a row has, for every filter, one of the wanted values."""
    tests = [(_reader(name, fields), _Wanted(found)) for name, found in wanted.items()]

    def matches(row: R) -> bool:
        return all(test.takes(read(row)) for read, test in tests)

    return matches


def matches(row: R, wanted: Mapping[str, set[str]], fields: Fields[R]) -> bool:
    """Whether one row has, for every filter, one of the wanted values."""
    return matcher(wanted, fields)(row)


class _Wanted:
    """The values of one filter: some mean themselves, some are patterns."""

    __slots__ = ("_patterns", "_plain")

    def __init__(self, values: Iterable[str]) -> None:
        self._plain = frozenset(value for value in values if is_plain(value))
        self._patterns = [_regex(value) for value in values if not is_plain(value)]

    def takes(self, found: Iterable[str | None]) -> bool:
        for value in found:
            if value is None:
                continue
            if value in self._plain:
                return True
            for pattern in self._patterns:
                if pattern.fullmatch(value):
                    return True
        return False


def are_plain(values: Iterable[str]) -> bool:
    """Whether all of the values mean just themselves."""
    return all(is_plain(value) for value in values)


def is_plain(value: str) -> bool:
    """Whether a value means just itself, without wildcards."""
    return not ("*" in value or "?" in value or "\\" in value)


def text(value: object) -> str:
    """A value as filters write it: booleans and numbers in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reader(name: str, fields: Fields[R]) -> Values[R]:
    if name.startswith("tag:"):
        key = name.removeprefix("tag:")
        return lambda row: (row.tags.get(key),)
    if name == "tag-key":
        return lambda row: row.tags.keys()
    if name == "tag-value":
        return lambda row: row.tags.values()
    return fields[name]


def any_matches(found: Iterable[str | None], wanted: set[str]) -> bool:
    """Whether one of the values is wanted, wildcards considered."""
    return _Wanted(wanted).takes(found)


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
