"""The places of a moving resource, and which of them one look shows.

A look is taken at its word here; `whereabouts` says what to believe of it. Its words
are "target", "source", "free" and "elsewhere HOLDER".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from failover.engine.job import End, Intent, Moving, Part
from failover.engine.steps import Need
from failover.engine.topology import (
    AllocationId,
    Interface,
    InterfaceId,
    Observation,
    RouteTableId,
)

NOTHING: frozenset[Need] = frozenset()
# Shown at both ends at once: one of the two reads is old.
BOTH = "both"
# At neither end, and nobody has asked who else may carry it.
UNSEARCHED = "unsearched"


class Place(Enum):
    """Where one part is believed to be."""

    TARGET = "target"
    SOURCE = "source"
    FREE = "free"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """One part and its place. `since`: when a look first showed it there."""

    part: Part
    place: Place
    since: float
    # Who has it, when it is elsewhere.
    holder: str = ""
    # What the next look must also show, for the place to become known.
    needs: frozenset[Need] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """What a job may believe after a look. Times are database seconds."""

    began_at: float
    ended_at: float
    parts: tuple[Lying, ...]
    # The interfaces of the ends, as far as EC2 showed them.
    interfaces: Mapping[InterfaceId, Interface] = field(default_factory=dict)
    # Elastic IPs of the snapshot by where they are seen: (interface, private address);
    # None while nobody has looked.
    riders: Mapping[AllocationId, tuple[InterfaceId | None, str]] | None = None

    def are_all(self, place: Place) -> bool:
        """Whether every part is believed to be there."""
        return all(lying.place is place for lying in self.parts)

    def is_confirmed(self, lying: Lying) -> bool:
        """Whether an earlier look showed it at the same place."""
        return lying.since < self.began_at


def end_of(moving: Moving, place: Place) -> End | None:
    """The end that a place means."""
    if place is Place.TARGET:
        return moving.target
    return moving.source if place is Place.SOURCE else None


def goes_to(intent: Intent, end: End) -> bool:
    """Whether this call moves its part to that very end."""
    call = intent.call
    is_there = call.interface_id == end.interface_id
    if call.allocation_id is not None:
        return is_there and call.private_ip == end.private_ip
    return is_there


def find(
    *,
    moving: Moving,
    part: Part,
    observation: Observation,
    favourite: InterfaceId | None = None,
) -> str | None:
    """The place that the look shows; None: EC2 left the part out.

    `favourite` is the interface that the last accepted call named: where two shown
    places contradict each other, that one is the newer.
    """
    if part.allocation_id is not None:
        return _find_elastic_ip(moving, part, observation)
    if part.route_table_id is not None:
        return _find_route(moving, part, part.route_table_id, observation)
    return _find_private_ip(moving, part, observation, favourite)


def _find_elastic_ip(
    moving: Moving, part: Part, observation: Observation
) -> str | None:
    allocation = part.allocation_id
    shown = observation.elastic_ips.get(allocation) if allocation else None
    if shown is None:
        return None
    if not shown.association_id and shown.interface_id is None:
        return Place.FREE.value
    for name, end in _ends(moving):
        if (shown.interface_id, shown.private_ip) == (end.interface_id, end.private_ip):
            return name
    return f"elsewhere {shown.interface_id or shown.association_id}"


def _find_route(
    moving: Moving, part: Part, table_id: RouteTableId, observation: Observation
) -> str | None:
    table = observation.route_tables.get(table_id)
    if table is None:
        return None
    route = table.find(part.destination_cidr)
    if route is None:
        return Place.FREE.value
    for name, end in _ends(moving):
        if route.interface_id == end.interface_id:
            return name
    return f"elsewhere {route.interface_id or table_id}"


def _find_private_ip(
    moving: Moving,
    part: Part,
    observation: Observation,
    favourite: InterfaceId | None,
) -> str:
    carriers = {
        i.id
        for i in observation.interfaces.values()
        if i.subnet_id == part.subnet_id
        and any(a.address == part.private_ip for a in i.addresses)
    }
    shown = {name: e for name, e in _ends(moving) if e.interface_id in carriers}
    if len(shown) > 1:
        newer = (name for name, e in shown.items() if e.interface_id == favourite)
        return next(newer, BOTH)
    if shown:
        return next(iter(shown))
    if carriers:
        return f"elsewhere {min(carriers)}"
    asked = (part.subnet_id, part.private_ip) in observation.scope.private_ips
    return Place.FREE.value if asked else UNSEARCHED


def _ends(moving: Moving) -> list[tuple[str, End]]:
    ends = ((Place.TARGET, moving.target), (Place.SOURCE, moving.source))
    return [(place.value, end) for place, end in ends if end is not None]
