"""One observation: the parts of a scope read side by side, then put together."""

import functools
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

from failover.ec2 import looks
from failover.ec2.looks import Looks, Part
from failover.ec2.replies import Reply, StatusChecks
from failover.engine import ports
from failover.engine.ports import Clock
from failover.engine.topology import (
    AllocationId,
    ElasticIp,
    Interface,
    Observation,
    RouteTable,
    RouteTableId,
    Scope,
)


@dataclass(slots=True, kw_only=True)
class Found:
    """What the parts brought; every part adds to one of these."""

    interfaces: list[Interface] = field(default_factory=list)
    raw_instances: list[Reply] = field(default_factory=list)
    checks: dict[str, StatusChecks] = field(default_factory=dict)
    elastic_ips: list[ElasticIp] = field(default_factory=list)
    route_tables: list[RouteTable] = field(default_factory=list)
    not_found: set[str] = field(default_factory=set)
    # Instances that EC2 did not show because of the zone they are in.
    hidden: set[str] = field(default_factory=set)


def observe(*, read: Looks, scope: Scope, pool: Executor, clock: Clock) -> Observation:
    """Look at everything in `scope` in one parallel round trip.

    While a zone fails, describes that name its instances fail, and others do not: so
    instances are asked for by zone, and those that were not shown are left out of the
    observation's own scope. Raises Ec2Refused, Ec2Busy or Ec2OutcomeUnknown where
    anything else fails: then nothing is known.
    """
    found = Found()
    parts = _parts(read, scope, found)
    began_at = clock.now()
    looks.run_beside(pool, parts)
    ended_at = clock.now()
    shown = frozenset(i for i in scope.instance_ids if i not in found.hidden)
    raw = [row for row in found.raw_instances if row["InstanceId"] in shown]
    return Observation(
        scope=replace(scope, instance_ids=shown),
        began_at=began_at,
        ended_at=ended_at,
        interfaces={i.id: i for i in found.interfaces},
        instances=read.join(raw, found.checks),
        elastic_ips={e.allocation_id: e for e in found.elastic_ips},
        route_tables={t.id: t for t in found.route_tables},
        not_found=frozenset(found.not_found),
    )


def _parts(read: Looks, scope: Scope, found: Found) -> list[Part[Any]]:
    """The interfaces last: that part runs in the caller's own thread."""
    by = functools.partial
    zones = read.by_zone(scope.instance_ids)
    return [
        *(by(_elastic_ips, read, found, ids) for ids in _cut(scope.allocation_ids)),
        *(by(_route_tables, read, found, ids) for ids in _cut(scope.route_table_ids)),
        *(
            by(_checks, read, found, ids)
            for zone in zones
            for ids in looks.chunk(zone, looks.STATUS_IDS)
        ),
        *(by(_instances, read, found, ids) for zone in zones for ids in _cut(zone)),
        *(
            by(_confirm_elastic_ip, read, found, one)
            for one in sorted(scope.confirm_allocation_ids)
        ),
        *(
            by(_confirm_route_table, read, found, one)
            for one in sorted(scope.confirm_route_table_ids)
        ),
        *(by(_confirm, read, found, one) for one in sorted(scope.confirm_ids)),
        *(
            by(_carriers, read, found, places)
            for places in looks.chunk(scope.private_ips, looks.FILTER_VALUES)
        ),
        *(by(_interfaces, read, found, ids) for ids in _cut(scope.interface_ids)),
    ]


def _cut(ids: frozenset[Any]) -> list[list[str]]:
    return looks.chunk(ids, looks.FILTER_VALUES)


# Each runs in a thread of its own; extend, update and add are atomic.


def _interfaces(read: Looks, found: Found, ids: Sequence[str]) -> None:
    found.interfaces.extend(read.read_interfaces(ids))


def _carriers(read: Looks, found: Found, places: Sequence[tuple[str, str]]) -> None:
    found.interfaces.extend(read.read_carriers(places))


def _instances(read: Looks, found: Found, ids: Sequence[str]) -> None:
    try:
        found.raw_instances.extend(read.read_raw_instances(ids))
    except ports.Ec2OutcomeUnknown:
        found.hidden.update(ids)


def _checks(read: Looks, found: Found, ids: Sequence[str]) -> None:
    try:
        found.checks.update(read.read_checks(ids))
    except ports.Ec2OutcomeUnknown:
        found.hidden.update(ids)


def _elastic_ips(read: Looks, found: Found, ids: Sequence[str]) -> None:
    found.elastic_ips.extend(read.read_elastic_ips(ids))


def _route_tables(read: Looks, found: Found, ids: Sequence[str]) -> None:
    found.route_tables.extend(read.read_route_tables(ids))


def _confirm(read: Looks, found: Found, id: Any) -> None:
    interface = read.confirm_interface(id)
    if interface is None:
        found.not_found.add(id)
    else:
        found.interfaces.append(interface)


def _confirm_elastic_ip(read: Looks, found: Found, id: AllocationId) -> None:
    address = read.confirm_elastic_ip(id)
    if address is None:
        found.not_found.add(id)
    else:
        found.elastic_ips.append(address)


def _confirm_route_table(read: Looks, found: Found, id: RouteTableId) -> None:
    table = read.confirm_route_table(id)
    if table is None:
        found.not_found.add(id)
    else:
        found.route_tables.append(table)
