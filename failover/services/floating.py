"""The floating resource of a pair in the engine's words: parts, ends, what to see."""

from collections.abc import Iterable, Mapping

from failover.engine import preflight, strategies
from failover.engine.job import End, Part
from failover.engine.topology import (
    AllocationId,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    RouteTableId,
    Scope,
)
from failover.models import NetworkInterface, Pair
from failover.models.pairs import Strategy

Ends = Mapping[InstanceId, End | None]


def instances_of(pair: Pair) -> tuple[InstanceId, InstanceId]:
    """The primary and the standby."""
    return InstanceId(pair.primary_instance_id), InstanceId(pair.standby_instance_id)


def scope(pairs: Iterable[Pair]) -> Scope:
    """What a look for these pairs asks, as far as it is known before the look.

    The interfaces of the ends are those that the mirror knows; `missing` says after
    the look which ones it had wrong.
    """
    found = list(pairs)
    ends = frozenset(i for p in found for i in instances_of(p))
    return strategies.join([resources(found), Scope(instance_ids=ends)])


def resources(pairs: Iterable[Pair]) -> Scope:
    """What shows where the pairs' resources are, the instances themselves left out."""
    found = list(pairs)
    return strategies.join([*(_moved(p) for p in found), *_known_ends(found)])


def missing(pairs: Iterable[Pair], seen: Observation) -> Scope:
    """What the look must show besides, now that the ends' own interfaces are known."""
    wanted: set[InterfaceId] = set()
    addresses: set[tuple[str, str]] = set()
    for pair in pairs:
        if pair.strategy == Strategy.ENI:
            continue
        slots = [interface_id(pair, seen.instances.get(i)) for i in instances_of(pair)]
        wanted |= {i for i in slots if i is not None}
        wanted |= set(_pointed_at(pair, seen))
        if pair.strategy == Strategy.PRIVATE_IP:
            addresses |= {
                (interface.subnet_id, pair.private_ip)
                for i in slots
                if i is not None and (interface := seen.interfaces.get(i)) is not None
            }
    return Scope(
        interface_ids=frozenset(wanted - seen.scope.interface_ids),
        private_ips=frozenset(addresses - seen.scope.private_ips),
    )


def cut(pair: Pair, seen: Observation) -> Observation:
    """The part of a look that one pair's plan rests on, so that hashes agree."""
    ends = set(instances_of(pair))
    if pair.strategy == Strategy.ENI:
        interfaces = {InterfaceId(pair.network_interface_id)}
    else:
        slots = (interface_id(pair, seen.instances.get(i)) for i in ends)
        interfaces = {i for i in slots if i is not None} | set(_pointed_at(pair, seen))
        interfaces |= {
            i.id
            for i in seen.interfaces.values()
            if pair.private_ip and _carries(i, pair.private_ip)
        }
    return Observation(
        scope=seen.scope,
        began_at=seen.began_at,
        ended_at=seen.ended_at,
        # By id: a burst's look shows thousands, and each of its pairs is cut from it.
        interfaces={i: seen.interfaces[i] for i in interfaces if i in seen.interfaces},
        instances={i: seen.instances[i] for i in ends if i in seen.instances},
        elastic_ips=seen.elastic_ips,
        route_tables=seen.route_tables,
        not_found=seen.not_found,
    )


def interface_id(pair: Pair, instance: Instance | None) -> InterfaceId | None:
    """The interface that the instance has at the pair's device index."""
    if instance is None:
        return None
    return next(
        (
            slot.interface_id
            for slot in instance.slots
            if slot.device_index == pair.device_index
        ),
        None,
    )


def ends(pair: Pair, seen: Observation) -> Ends:
    """Where the resource would lie at each instance; None: no interface there."""
    return {i: _end(pair, i, seen) for i in instances_of(pair)}


def parts(pair: Pair, ends: Ends, seen: Observation) -> tuple[Part, ...]:
    """What moves, each thing for itself; nothing for an interface."""
    match pair.strategy:
        case Strategy.EIP:
            return (Part(allocation_id=AllocationId(pair.allocation_id)),)
        case Strategy.PRIVATE_IP:
            subnets = _subnets(ends, seen)
            subnet_id = subnets[0] if subnets else ""
            return (Part(subnet_id=subnet_id, private_ip=pair.private_ip),)
        case Strategy.ROUTE:
            return tuple(
                Part(
                    route_table_id=RouteTableId(table_id),
                    destination_cidr=pair.destination_cidr,
                )
                for table_id in pair.route_table_ids
            )
        case _:
            return ()


def lock_keys(
    *,
    account: str,
    region: str,
    parts: Iterable[Part],
    riders: Iterable[tuple[str, str]] = (),
) -> frozenset[str]:
    """What a job that moves these parts holds alone (protocol P7).

    `riders` are Elastic IPs that come along, each with its private address.
    """
    keys = {_lock(part) for part in parts}
    keys |= {preflight.lock_of_allocation(a) for a, _ in riders}
    return frozenset(f"{account}:{region}:{key}" for key in keys)


def _lock(part: Part) -> str:
    if part.allocation_id is not None:
        return preflight.lock_of_allocation(part.allocation_id)
    if part.route_table_id is not None:
        return f"route:{part.route_table_id}:{part.destination_cidr}"
    return preflight.lock_of_address(subnet_id=part.subnet_id, address=part.private_ip)


def _moved(pair: Pair) -> Scope:
    match pair.strategy:
        case Strategy.EIP:
            return Scope(allocation_ids=frozenset({AllocationId(pair.allocation_id)}))
        case Strategy.ROUTE:
            tables = frozenset(RouteTableId(i) for i in pair.route_table_ids)
            return Scope(route_table_ids=tables)
        case Strategy.ENI:
            floating = InterfaceId(pair.network_interface_id)
            return Scope(interface_ids=frozenset({floating}))
        case _:
            return Scope()


def _known_ends(pairs: Iterable[Pair]) -> list[Scope]:
    """The interfaces at the ends, and who else carries an address of their subnets."""
    moving = [p for p in pairs if p.strategy != Strategy.ENI]
    ends = {i for p in moving for i in instances_of(p)}
    if not ends:
        return []
    rows = NetworkInterface.objects.filter(instance_id__in=ends, vanished_at=None)
    known = {(r.region_id, r.instance_id, r.device_index): r for r in rows}
    scopes = []
    for pair in moving:
        for instance_id in instances_of(pair):
            row = known.get((pair.region_id, instance_id, pair.device_index))
            if row is None:
                continue
            address = {(row.subnet_id, pair.private_ip)} if pair.private_ip else set()
            scopes.append(
                Scope(
                    interface_ids=frozenset({InterfaceId(row.interface_id)}),
                    private_ips=frozenset(address),
                )
            )
    return scopes


def _pointed_at(pair: Pair, seen: Observation) -> Iterable[InterfaceId]:
    """The interfaces where the resource lies now, whosever they are."""
    address = seen.elastic_ips.get(AllocationId(pair.allocation_id))
    if address is not None and address.interface_id is not None:
        yield address.interface_id
    for table_id in pair.route_table_ids:
        table = seen.route_tables.get(RouteTableId(table_id))
        route = table.find(pair.destination_cidr) if table else None
        if route is not None and route.interface_id is not None:
            yield route.interface_id


def _end(pair: Pair, instance_id: InstanceId, seen: Observation) -> End | None:
    slot = interface_id(pair, seen.instances.get(instance_id))
    interface = seen.interfaces.get(slot) if slot is not None else None
    if slot is None or interface is None:
        return None
    primary = next((a.address for a in interface.addresses if a.primary), "")
    return End(instance_id=instance_id, interface_id=slot, private_ip=primary)


def _subnets(ends: Ends, seen: Observation) -> list[str]:
    """The subnets of the ends' interfaces, the primary's first."""
    found = [seen.interfaces[e.interface_id].subnet_id for e in ends.values() if e]
    return list(dict.fromkeys(found))


def _carries(interface: Interface, address: str) -> bool:
    return any(a.address == address for a in interface.addresses)
