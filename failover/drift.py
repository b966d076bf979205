"""What counts as drift between two looks at one resource: before, after, in facts.

Found here by the way, and judged later (`services.drift`): only what nothing of ours
has made stays. What merely follows from other changes does not count.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from failover import columns, models
from failover.columns import Columns, Table
from failover.models.inventory import Mirrored

# How many changes of a region are kept, the newest.
KEPT = 10_000
# Changes that hold somebody's words, which are no ids.
IN_WORDS = ("description", "tags")
ID = re.compile(r"\b(?:eni|i|eipalloc|rtb|sg|subnet|vpc)-[0-9a-f]+\b")

Value = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was."""

    change: str
    before: Value
    after: Value


def find(
    table: Table,
    *,
    region_id: int,
    rows: Mapping[str, tuple[Mirrored | None, Columns]],
    began_at: float,
    read_began_at: float,
) -> list[models.DriftEvent]:
    """The changes that a look shows, by (row before or None, columns now) of each id.

    None while the table has never been read completely: then all is news.
    """
    kind = KINDS.get(table.model)
    if kind is None or not read_began_at:
        return []
    events = []
    for id, (row, seen) in rows.items():
        if row is None or row.vanished_at is not None:
            changes = _appeared(kind, seen)
            before_at = read_began_at
        else:
            changes = list(kind.compare(row, seen))
            before_at = max(row.observed_began_at, read_began_at)
        events += [
            _event(region_id, kind, id, str(seen["name"]), c, before_at, began_at)
            for c in changes
        ]
    return events


def find_vanished(
    table: Table, *, rows: Iterable[Mirrored], began_at: float, read_began_at: float
) -> list[models.DriftEvent]:
    """The same for rows that a complete read has not shown any more."""
    kind = KINDS.get(table.model)
    if kind is None or not kind.comes_and_goes:
        return []
    return [
        _event(
            row.region_id,
            kind,
            str(getattr(row, table.key)),
            row.name,
            Change(change="vanished", before=kind.portrait(vars(row)), after=None),
            max(row.observed_began_at, read_began_at),
            began_at,
        )
        for row in rows
    ]


# What is compared, by the kind of resource.


def _compare_interface(row: Any, seen: Columns) -> Iterator[Change]:
    before, after = _attachment(vars(row)), _attachment(seen)
    if before != after:
        yield Change(change="attachment", before=before, after=after)
    elif row.delete_on_termination != seen["delete_on_termination"]:
        # A new attachment begins with its own; that is no change of it.
        yield from _plain(row, seen, "delete_on_termination")
    yield from _plain(row, seen, "source_dest_check", "description")
    yield from _lists(row, seen, "security_groups", _group_ids)
    yield from _lists(row, seen, "private_ips", _addresses)
    yield from _tags(row, seen)


def _compare_elastic_ip(row: Any, seen: Columns) -> Iterator[Change]:
    before, after = _association(vars(row)), _association(seen)
    if before != after:
        yield Change(change="association", before=before, after=after)
    yield from _tags(row, seen)


def _compare_instance(row: Any, seen: Columns) -> Iterator[Change]:
    yield from _plain(row, seen, "state", "type")
    if seen["state"] != "terminated":
        # EC2 takes the tags off what is no more.
        yield from _tags(row, seen)


def _compare_routes(row: Any, seen: Columns) -> Iterator[Change]:
    """By destination; only routes that lead to an interface, or did."""
    before, after = _targets(row.routes), _targets(seen["routes"])
    for destination in sorted({**before, **after}):
        was, now = before.get(destination), after.get(destination)
        if was != now and (was or now):
            yield Change(
                change="route",
                before=_route(destination, was),
                after=_route(destination, now),
            )
    yield from _tags(row, seen)


def _tags(row: Any, seen: Columns) -> Iterator[Change]:
    """Only the tags that differ, on both sides; None where there is no such tag.

    Those that AWS's services set of their own accord are no news.
    """
    before, after = row.tags, seen["tags"]
    keys = sorted(
        key
        for key in {**before, **after}
        if before.get(key) != after.get(key)
        and not key.lower().startswith(columns.AWS_OWN)
    )
    if keys:
        yield Change(
            change="tags",
            before={key: before.get(key) for key in keys},
            after={key: after.get(key) for key in keys},
        )


def _plain(row: Any, seen: Columns, *names: str) -> Iterator[Change]:
    for name in names:
        was = getattr(row, name)
        if was != seen[name]:
            yield Change(change=name, before=was, after=seen[name])


def _lists(
    row: Any, seen: Columns, name: str, read: Callable[[Any], list[str]]
) -> Iterator[Change]:
    was, now = read(getattr(row, name)), read(seen[name])
    if was != now:
        yield Change(change=name, before=was, after=now)


def _group_ids(groups: Sequence[Mapping[str, str]]) -> list[str]:
    return sorted(group["id"] for group in groups)


def _addresses(private_ips: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(str(entry["address"]) for entry in private_ips)


def _attachment(of: Columns) -> dict[str, Any] | None:
    if not of["attachment_id"]:
        return None
    return {
        "attachment_id": of["attachment_id"],
        "instance_id": of["instance_id"],
        "device_index": of["device_index"],
    }


def _association(of: Columns) -> dict[str, Any] | None:
    if not of["network_interface_id"] and not of["association_id"]:
        return None
    return {
        "network_interface_id": of["network_interface_id"],
        "private_ip": of["private_ip"],
        "instance_id": of["instance_id"] if not of["network_interface_id"] else "",
    }


def _targets(routes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {str(r["destination_cidr"]): str(r["network_interface_id"]) for r in routes}


def _route(destination: str, interface_id: str | None) -> dict[str, Any]:
    """A route; its target is None where there is none, "" for something else."""
    return {"destination_cidr": destination, "network_interface_id": interface_id}


def _appeared(kind: "Kind", seen: Columns) -> list[Change]:
    if not kind.comes_and_goes:
        return []
    return [Change(change="appeared", before=None, after=kind.portrait(seen))]


def _interface_portrait(of: Columns) -> dict[str, Any]:
    attachment = _attachment(of) or {}
    return {
        "private_ip": of["private_ip"],
        "subnet_id": of["subnet_id"],
        "instance_id": attachment.get("instance_id", ""),
    }


def _elastic_ip_portrait(of: Columns) -> dict[str, Any]:
    return {
        "public_ip": of["public_ip"],
        "network_interface_id": of["network_interface_id"],
    }


def _no_portrait(of: Columns) -> dict[str, Any]:
    del of
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of resource: its word, what is compared, and what is told of it."""

    word: str
    compare: Callable[[Any, Columns], Iterator[Change]]
    portrait: Callable[[Columns], dict[str, Any]] = _no_portrait
    # Whether it is told when one appears or vanishes.
    comes_and_goes: bool = False


KINDS: Mapping[type[Mirrored], Kind] = {
    columns.INTERFACES.model: Kind(
        word="network-interface",
        compare=_compare_interface,
        portrait=_interface_portrait,
        comes_and_goes=True,
    ),
    columns.ELASTIC_IPS.model: Kind(
        word="elastic-ip",
        compare=_compare_elastic_ip,
        portrait=_elastic_ip_portrait,
        comes_and_goes=True,
    ),
    columns.INSTANCES.model: Kind(word="instance", compare=_compare_instance),
    columns.ROUTE_TABLES.model: Kind(word="route-table", compare=_compare_routes),
}


def _event(  # noqa: PLR0913 - what an event is, in the order of its columns
    region_id: int,
    kind: Kind,
    id: str,
    name: str,
    change: Change,
    before_at: float,
    began_at: float,
) -> models.DriftEvent:
    return models.DriftEvent(
        region_id=region_id,
        seen_at=_utc(began_at),
        before_at=_utc(before_at),
        resource_type=kind.word,
        resource_id=id,
        name=name,
        change=change.change,
        before=change.before,
        after=change.after,
        related=_related(id, change),
    )


def _related(id: str, change: Change) -> str:
    """The ids that before and after name, with a space around each."""
    text = f"{change.before} {change.after}"
    if change.change in IN_WORDS:
        return ""
    others = dict.fromkeys(i for i in ID.findall(text) if i != id)
    return f" {' '.join(others)} " if others else ""


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, tz=UTC)
