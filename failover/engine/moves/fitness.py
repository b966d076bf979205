"""What the ends of a move must be like: the checks of each strategy (protocol P5).

Each check has a code of contract.md where that has one; `target_interface` and
`public_ip` are ours. `args` are for the sentence.
"""

from failover.engine.job import End, Moving, Part, Strategy
from failover.engine.moves import verdicts
from failover.engine.preflight import Check
from failover.engine.topology import (
    InstanceId,
    Interface,
    Observation,
    PrivateAddress,
)


def check(
    *, strategy: Strategy, moving: Moving, to: InstanceId, seen: Observation
) -> list[Check]:
    """Whether the target can carry the parts, and the source give them back."""
    target = moving.target
    interface = seen.interfaces.get(target.interface_id) if target else None
    name = ("instance", to)
    if target is None or interface is None or not verdicts.is_on(interface, to):
        return [Check(code="target_interface", ok=False, args=(name,))]
    found = [Check(code="target_interface", ok=True, args=(name,))]
    match strategy:
        case Strategy.EIP:
            return found + _check_elastic_ip(moving.parts, target, interface)
        case Strategy.ROUTE:
            return found + _check_routes(moving, target, interface, seen)
        case _:
            return found + _check_private_ip(moving.parts, target, interface, seen)


def find_carriers(part: Part, seen: Observation) -> list[Interface]:
    """The interfaces of its subnet that carry a private address."""
    return [
        interface
        for _, interface in sorted(seen.interfaces.items())
        if interface.subnet_id == part.subnet_id and _find(interface, part.private_ip)
    ]


def _find(interface: Interface, address: str) -> PrivateAddress | None:
    same = (a for a in interface.addresses if a.address == address)
    return next(same, None)


def _check_elastic_ip(
    parts: tuple[Part, ...], target: End, interface: Interface
) -> list[Check]:
    own = _find(interface, target.private_ip)
    riders = (verdicts.find_other_rider(p, target, interface) for p in parts)
    rider = next((r for r in riders if r is not None), "")
    lent = own.public_ip if own and not own.allocation_id else ""
    name = ("instance", target.instance_id)
    return [
        Check(
            code="addresses",
            ok=own is not None and not rider,
            args=(name, ("private_ip", target.private_ip), ("rider", rider)),
        ),
        # EC2 takes it away, and gives another one only at the next start.
        Check(
            code="public_ip",
            ok=not lent,
            severity="warning",
            args=(name, ("public_ip", lent)),
        ),
    ]


def _check_routes(
    moving: Moving, target: End, interface: Interface, seen: Observation
) -> list[Check]:
    ends = [end for end in (target, moving.source) if end is not None]
    interfaces = [seen.interfaces.get(end.interface_id) for end in ends]
    checking = [i.id for i in interfaces if i is not None and i.source_dest_check]
    tables = [
        seen.route_tables.get(part.route_table_id)
        for part in moving.parts
        if part.route_table_id is not None
    ]
    others = [t.id for t in tables if t is not None and t.vpc_id != interface.vpc_id]
    name = ("instance", target.instance_id)
    return [
        Check(
            code="same_vpc",
            ok=not others,
            args=(name, ("route_tables", ", ".join(others))),
        ),
        Check(
            code="source_dest_check",
            ok=not checking,
            args=(name, ("interfaces", ", ".join(checking))),
        ),
    ]


def _check_private_ip(
    parts: tuple[Part, ...], target: End, interface: Interface, seen: Observation
) -> list[Check]:
    (part,) = parts[:1] or (Part(),)
    carriers = find_carriers(part, seen)
    carried = [_find(carrier, part.private_ip) for carrier in carriers]
    is_primary = any(a.primary for a in carried if a is not None)
    name = ("instance", target.instance_id)
    zones = (
        ("interface_zone", carriers[0].availability_zone if carriers else ""),
        ("instance_zone", interface.availability_zone),
    )
    return [
        Check(
            code="same_zone",
            ok=not carriers or zones[0][1] == zones[1][1],
            args=(name, *zones),
        ),
        Check(
            code="same_subnet",
            ok=interface.subnet_id == part.subnet_id,
            args=(name, ("subnet", part.subnet_id)),
        ),
        # EC2 moves only secondary addresses: the primary one is its interface's name.
        Check(
            code="addresses",
            ok=not is_primary,
            args=(name, ("private_ip", part.private_ip)),
        ),
    ]
