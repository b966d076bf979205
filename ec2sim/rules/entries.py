"""Describes of what no table holds: zones, regions, types and offerings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing
from ec2sim.rules.actions import Params
from ec2sim.state.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing as EC2 shows it; `id` is unique and orders the pages."""

    id: str
    shown: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)


Fields = filters.Fields[Entry]


def member(*path: str) -> Callable[[Entry], Iterable[str | None]]:
    """A filter that reads one member of what is shown."""

    def read(entry: Entry) -> Iterable[str | None]:
        value: Any = entry.shown
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        return (None if value is None else filters.text(value),)

    return read


def never(_entry: Entry) -> Iterable[str | None]:
    """A filter on what ec2sim has nothing of: it finds nothing."""
    return ()


def chosen(
    found: Iterable[Entry], params: Params, fields: Fields, *, tagged: bool = False
) -> list[Entry]:
    """What the call's filters leave. Raises Ec2Error for a filter not in `fields`.

    Filters by tag are known only where these things can be `tagged`.
    """
    given = params.get("Filters") or ()
    for asked in given:
        name = asked.get("Name") or ""
        if name.startswith("tag") and not tagged:
            raise Ec2Error("InvalidParameterValue", f"The filter '{name}' is invalid")
    wanted = filters.parse(given, fields)
    return list(filter(filters.matcher(wanted, fields), found))


def page(
    region: Region,
    found: Iterable[Entry],
    params: Params,
    *,
    action: str,
    member: str,
    most: int = 1000,
) -> dict[str, Any]:
    """The reply of a Describe: one page under `member`, and the next one's token."""
    rows, token = listing.cut(
        region, found, params, action=action, key=lambda entry: entry.id, most=most
    )
    return listing.page(member, [entry.shown for entry in rows], token=token)
