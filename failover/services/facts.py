"""The mirror's rows as the engine's facts: judged without asking EC2 anything."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from failover import models
from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    PrivateAddress,
    Route,
    RouteTable,
    RouteTableId,
    Scope,
    Slot,
)
from failover.models import Pair, Region
from failover.models.inventory import Mirrored
from failover.models.pairs import Strategy
from failover.services import floating

# Addresses looked for in one query by their text: each is a condition of its own.
ADDRESSES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the mirror has of some pairs of one region.

    `at` is when each thing was last looked at, by EC2's id, also if it was gone then.
    """

    seen: Observation
    at: Mapping[str, datetime]


def read(*, region: Region, pairs: Sequence[Pair], now: datetime) -> Facts:
    """All that the plans of these pairs rest on, as far as it was ever seen."""
    rows = _Rows(region)
    ends = {i for p in pairs for i in floating.instances_of(p)}
    instances = rows.keep(models.Instance, Q(instance_id__in=ends))
    elastic_ips = rows.keep(
        models.ElasticIp,
        Q(allocation_id__in={p.allocation_id for p in pairs if p.allocation_id}),
    )
    tables = rows.keep(
        models.RouteTable,
        Q(route_table_id__in={i for p in pairs for i in p.route_table_ids}),
    )
    interfaces: dict[int, models.NetworkInterface] = {}
    for which in _interfaces_of(pairs, elastic_ips, tables):
        interfaces |= {r.pk: r for r in rows.keep(models.NetworkInterface, which)}
    stamp = now.timestamp()
    shown = [interface(row) for row in interfaces.values()]
    seen = Observation(
        scope=Scope(),
        began_at=stamp,
        ended_at=stamp,
        interfaces={i.id: i for i in shown},
        instances={i.id: i for i in map(instance, instances)},
        elastic_ips={e.allocation_id: e for e in map(elastic_ip, elastic_ips)},
        route_tables={t.id: t for t in map(route_table, tables)},
    )
    return Facts(seen=seen, at=rows.at)


def rests_on(pair: Pair, facts: Facts) -> datetime | None:
    """When the oldest fact of the pair was seen; None where one never was."""
    own = floating.cut(pair, facts.seen)
    ids: set[str] = {*floating.instances_of(pair), *own.interfaces}
    ids |= set(pair.route_table_ids)
    ids |= {i for i in (pair.network_interface_id, pair.allocation_id) if i}
    if pair.strategy != Strategy.ENI:
        slots = (floating.interface_id(pair, i) for i in own.instances.values())
        ids |= {i for i in slots if i is not None}
    looked = [facts.at.get(i) for i in ids]
    known = [at for at in looked if at is not None]
    return min(known) if len(known) == len(looked) else None


class _Rows:
    """Reads rows, and remembers when each was looked at."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self.at: dict[str, datetime] = {}

    def keep(self, model: type[Any], which: Q) -> list[Any]:
        """The rows that EC2 still shows."""
        found: QuerySet[Any] = model.objects.filter(which, region=self._region)
        shown = []
        for row in found.select_related("region"):
            self.at[_id(row)] = self._looked_at(row)
            if row.vanished_at is None:
                shown.append(row)
        return shown

    def _looked_at(self, row: Mirrored) -> datetime:
        if row.vanished_at is None:
            return row.seen_at
        # Each whole read since has confirmed that it is gone.
        return max(row.vanished_at, self._region.synced_at or row.vanished_at)


def _id(row: Mirrored) -> str:
    return str(row) if not isinstance(row, models.ElasticIp) else row.allocation_id


def _interfaces_of(
    pairs: Iterable[Pair],
    elastic_ips: Iterable[models.ElasticIp],
    tables: Iterable[models.RouteTable],
) -> Iterator[Q]:
    """What moves, what stands at the ends, and whatever carries something of them."""
    moving = [p for p in pairs if p.strategy != Strategy.ENI]
    floats = {p.network_interface_id for p in pairs if p.network_interface_id}
    carrying = {a.network_interface_id for a in elastic_ips}
    carrying |= {str(r["network_interface_id"]) for t in tables for r in t.routes}
    yield Q(interface_id__in=(floats | carrying) - {""})
    yield Q(instance_id__in={i for p in moving for i in floating.instances_of(p)})
    addresses = sorted({p.private_ip for p in moving if p.private_ip})
    for start in range(0, len(addresses), ADDRESSES):
        carried = Q()
        for address in addresses[start : start + ADDRESSES]:
            carried |= Q(private_ips__icontains=f'"{address}"')
        yield carried


# One row, one fact.


def instance(row: models.Instance) -> Instance:
    """An instance with the places that its interfaces take."""
    return Instance(
        id=InstanceId(row.instance_id),
        state=row.state,
        availability_zone=row.availability_zone,
        vpc_id=row.vpc_id,
        subnet_id=row.subnet_id,
        type=row.type,
        slots=tuple(
            Slot(interface_id=InterfaceId(s["id"]), device_index=s["device_index"])
            for s in row.interfaces
        ),
        private_ips=tuple(row.private_ips),
        public_ip=row.public_ip,
        system_status=row.system_status,
        instance_status=row.instance_status,
        interface_limit=row.interface_limit,
        launch_time=row.launch_time,
        tags=row.tags,
    )


def interface(row: models.NetworkInterface) -> Interface:
    """A network interface with its attachment and its addresses."""
    attachment = None
    if row.attachment_id:
        attachment = Attachment(
            id=AttachmentId(row.attachment_id),
            instance_id=InstanceId(row.instance_id),
            device_index=row.device_index or 0,
            status=row.attachment_status,
            delete_on_termination=row.delete_on_termination,
            attach_time=row.attach_time,
        )
    return Interface(
        id=InterfaceId(row.interface_id),
        status=row.status,
        availability_zone=row.availability_zone,
        vpc_id=row.vpc_id,
        subnet_id=row.subnet_id,
        description=row.description,
        interface_type=row.interface_type,
        mac_address=row.mac_address,
        addresses=tuple(_address(a) for a in row.private_ips),
        ipv6_addresses=tuple(row.ipv6_addresses),
        security_groups=tuple((g["id"], g["name"]) for g in row.security_groups),
        source_dest_check=row.source_dest_check,
        requester_managed=row.requester_managed,
        attachment=attachment,
        tags=row.tags,
    )


def _address(kept: Mapping[str, Any]) -> PrivateAddress:
    allocation_id = kept.get("allocation_id")
    return PrivateAddress(
        address=kept["address"],
        primary=kept["primary"],
        public_ip=kept.get("public_ip") or "",
        allocation_id=AllocationId(allocation_id) if allocation_id else None,
        association_id=kept.get("association_id") or "",
    )


def elastic_ip(row: models.ElasticIp) -> ElasticIp:
    """An Elastic IP with where it lies."""
    return ElasticIp(
        allocation_id=AllocationId(row.allocation_id),
        public_ip=row.public_ip,
        association_id=row.association_id,
        interface_id=InterfaceId(row.network_interface_id) or None,
        private_ip=row.private_ip,
        instance_id=InstanceId(row.instance_id) or None,
        tags=row.tags,
    )


def route_table(row: models.RouteTable) -> RouteTable:
    """A route table with where its routes lead."""
    return RouteTable(
        id=RouteTableId(row.route_table_id),
        vpc_id=row.vpc_id,
        routes=tuple(
            Route(
                destination_cidr=r["destination_cidr"],
                interface_id=InterfaceId(r["network_interface_id"]) or None,
                state=r["state"],
            )
            for r in row.routes
        ),
        subnet_ids=tuple(row.subnet_ids),
        tags=row.tags,
    )
