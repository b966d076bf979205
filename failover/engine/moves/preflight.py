"""Plan and checks of what moves in one call (protocol P5, P6; contract.md "plan").

The source is where the parts lie now, to the private address, so that a job that turns
restores exactly that; the target is the end that the pair names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from failover.engine.job import End, Moving, Part, Strategy
from failover.engine.moves import fitness
from failover.engine.moves.calls import make_move
from failover.engine.preflight import Check, Plan, check_state, hash_plan
from failover.engine.topology import (
    AllocationId,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
)

# Where a part lies: an interface and, for an Elastic IP, the address that it sits on.
Spot = tuple[InterfaceId | None, str]
FREE: Spot = (None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePlan:
    """A plan with where the resource lies; `moving` is what a job of it would pin.

    `holder` has all of it; None: it lies free (or on an interface that no instance
    has any more), is mixed between the ends, or is in foreign hands, then `foreign`
    names them. `missing` are parts that EC2 does not know. `riders` are Elastic IPs
    that move along with a private address.
    """

    plan: Plan
    moving: Moving
    holder: InstanceId | None
    is_there: bool
    is_free: bool
    is_mixed: bool
    foreign: str = ""
    missing: tuple[str, ...] = ()
    riders: tuple[tuple[AllocationId, str], ...] = ()


def plan_move(
    *,
    strategy: Strategy,
    parts: tuple[Part, ...],
    ends: Mapping[InstanceId, End | None],
    to: InstanceId,
    seen: Observation,
    frozen: bool,
) -> MovePlan:
    """The plan of a move to `to`, one of the pair's `ends`.

    `seen` must show the parts, the instances, the ends' interfaces and whatever
    interface a part is on; for a private address, who carries it.
    """
    spots = {part.key: find_spot(part, seen) for part in parts}
    known = {key: spot for key, spot in spots.items() if spot is not None}
    target = ends.get(to)
    dead = frozenset(
        s for p in parts if (s := known.get(p.key)) and _is_dead(p, s, seen)
    )
    live = [spot for spot in known.values() if spot not in dead]
    source = _find_source(live, ends, to, seen) or _dead_source(dead, ends, to)
    moving = Moving(parts=parts, source=source, target=target)
    calls = tuple(
        make_move(part, target, is_free=known[part.key] == FREE)
        for part in parts
        if target is not None
        and part.key in known
        and not _is_at(part, target, known[part.key])
    )
    checks = [
        Check(code="frozen", ok=not frozen),
        *check_state(to, seen.instances.get(to)),
        *fitness.check(strategy=strategy, moving=moving, to=to, seen=seen),
    ]
    plan = Plan(
        source=source.instance_id if source else None,
        target=to,
        calls=calls,
        checks=tuple(checks),
        plan_hash=hash_plan(strategy, to, _facts(spots, ends, seen), calls),
    )
    return _describe(plan, moving, spots, dead, ends, seen)


def find_spot(part: Part, seen: Observation) -> Spot | None:
    """Where the part lies; None: EC2 does not know it."""
    if part.allocation_id is not None:
        shown = seen.elastic_ips.get(part.allocation_id)
        if shown is None or not shown.association_id:
            return FREE if shown else None
        return (shown.interface_id or _elsewhere(shown.public_ip), shown.private_ip)
    if part.route_table_id is not None:
        table = seen.route_tables.get(part.route_table_id)
        route = table.find(part.destination_cidr) if table else None
        if table is None or route is None:
            return FREE if table else None
        return (route.interface_id or _elsewhere(table.id), "")
    carriers = fitness.find_carriers(part, seen)
    return (carriers[0].id, "") if carriers else FREE


def _elsewhere(name: str) -> InterfaceId:
    """A place that is no interface: a gateway, or what EC2 does not say."""
    return InterfaceId(f"the target of {name}")


def _is_dead(part: Part, spot: Spot, seen: Observation) -> bool:
    """Whether it lies where nobody can serve: on an interface without an instance.

    A terminated instance takes its interface along and leaves its routes behind,
    black holes that lead to what is no more; EC2 frees its addresses itself.
    """
    interface = seen.interfaces.get(spot[0]) if spot[0] is not None else None
    if interface is not None:
        return interface.attachment is None
    if part.route_table_id is None:
        return False
    table = seen.route_tables.get(part.route_table_id)
    route = table.find(part.destination_cidr) if table else None
    has_target = route is not None and route.interface_id is not None
    return has_target and route is not None and route.state == "blackhole"


def _dead_source(
    dead: Iterable[Spot], ends: Mapping[InstanceId, End | None], to: InstanceId
) -> End | None:
    """The place that the dead parts are taken from, as an end of the other instance.

    Nothing is ever moved back there: EC2 refuses it, or nobody would be served.
    """
    other = next((i for i in ends if i != to), None)
    interface_id, private_ip = min(dead, key=str, default=FREE)
    if interface_id is None or other is None:
        return None
    return End(instance_id=other, interface_id=interface_id, private_ip=private_ip)


def _is_at(part: Part, end: End, spot: Spot) -> bool:
    interface_id, private_ip = spot
    is_there = interface_id == end.interface_id
    return is_there and (part.allocation_id is None or private_ip == end.private_ip)


def _instance_at(spot: Spot, seen: Observation) -> InstanceId | None:
    """The instance whose interface the part lies at."""
    interface = seen.interfaces.get(spot[0]) if spot[0] is not None else None
    attachment = interface.attachment if interface else None
    return attachment.instance_id if attachment else None


def _find_source(
    spots: Iterable[Spot],
    ends: Mapping[InstanceId, End | None],
    to: InstanceId,
    seen: Observation,
) -> End | None:
    """Exactly where the parts lie at the other end; None: nothing lies there."""
    for interface_id, private_ip in spots:
        holder = _instance_at((interface_id, private_ip), seen)
        if interface_id is None or holder is None or holder == to:
            continue
        if holder in ends:
            own = ends[holder]
            address = private_ip or (own.private_ip if own else "")
            return End(
                instance_id=holder, interface_id=interface_id, private_ip=address
            )
    return None


def _describe(
    plan: Plan,
    moving: Moving,
    spots: Mapping[str, Spot | None],
    dead: frozenset[Spot],
    ends: Mapping[InstanceId, End | None],
    seen: Observation,
) -> MovePlan:
    known = [spot for spot in spots.values() if spot is not None]
    held = [spot for spot in known if spot != FREE and spot not in dead]
    holders = [_instance_at(spot, seen) for spot in held]
    strange = [spot for spot in held if not _is_ours(spot, moving, ends, seen)]
    is_whole = len(held) == len(spots) and len(set(holders)) == 1 and not strange
    holder = holders[0] if is_whole else None
    return MovePlan(
        plan=plan,
        moving=moving,
        holder=holder,
        is_there=holder is not None and holder == plan.target,
        is_free=not held and len(known) == len(spots),
        is_mixed=bool(held) and not is_whole and not strange,
        foreign=str(_instance_at(strange[0], seen) or strange[0][0]) if strange else "",
        missing=tuple(key for key, spot in spots.items() if spot is None),
        riders=_riders(moving.parts, seen),
    )


def _is_ours(
    spot: Spot,
    moving: Moving,
    ends: Mapping[InstanceId, End | None],
    seen: Observation,
) -> bool:
    """Whether a job can take it from there: the target, or the one source of all."""
    holder = _instance_at(spot, seen)
    if holder is None or holder not in ends:
        return False
    at = {end.interface_id for end in (moving.source, moving.target) if end}
    return spot[0] in at or len(moving.parts) == 1


def _riders(
    parts: Sequence[Part], seen: Observation
) -> tuple[tuple[AllocationId, str], ...]:
    """The Elastic IPs on a moving private address, which move along with it."""
    found = {
        (address.allocation_id, address.address)
        for part in parts
        if part.subnet_id
        for carrier in fitness.find_carriers(part, seen)
        for address in carrier.addresses
        if address.address == part.private_ip and address.allocation_id
    }
    return tuple(sorted(found))


def _facts(
    spots: Mapping[str, Spot | None],
    ends: Mapping[InstanceId, End | None],
    seen: Observation,
) -> list[object]:
    """What the plan rests on; never an age or a time."""
    return [
        sorted((key, list(spot) if spot else None) for key, spot in spots.items()),
        sorted((i.id, i.state) for i in seen.instances.values() if i.id in ends),
        [_end_facts(end, seen) for _, end in sorted(ends.items())],
    ]


def _end_facts(end: End | None, seen: Observation) -> list[object]:
    interface = seen.interfaces.get(end.interface_id) if end else None
    if end is None or interface is None:
        return []
    attachment = interface.attachment
    return [
        end.interface_id,
        end.private_ip,
        attachment.id if attachment else None,
        _associations(interface),
        interface.source_dest_check,
    ]


def _associations(interface: Interface) -> list[list[str]]:
    return sorted([allocation, ip] for allocation, ip in interface.associations)
