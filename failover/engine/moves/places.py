"""Where one look shows one part, taken at its word; `whereabouts` says what to believe.

A place is a word: "target", "source", "free", "elsewhere HOLDER".
"""

from failover.engine.job import End, Moving, Part
from failover.engine.topology import InterfaceId, Observation, RouteTableId

FREE = "free"
# Shown at both ends at once: one of the two reads is old.
BOTH = "both"
# At neither end, and nobody has asked who else may carry it.
UNSEARCHED = "unsearched"


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
        return FREE
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
        return FREE
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
    return FREE if asked else UNSEARCHED


def _ends(moving: Moving) -> list[tuple[str, End]]:
    ends = (("target", moving.target), ("source", moving.source))
    return [(name, end) for name, end in ends if end is not None]
