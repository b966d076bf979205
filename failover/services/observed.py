"""Where the pairs' resources were last seen, as the mirror has it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from failover.models import ElasticIp, NetworkInterface, Pair, RouteTable
from failover.models.pairs import Strategy

# Holders that are no instance: several at once, or something else in EC2.
MIXED = "mixed"
ELSEWHERE = "elsewhere"

# An attachment in these statuses serves nobody.
NOT_SERVING = frozenset({"attaching", "detaching", "detached"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Where one pair's resource was last seen.

    `holder` is an instance id, "" while nobody holds it, or one of the words above.
    Times are of the oldest look that this rests on, `began_at` in database seconds.
    """

    holder: str
    began_at: float
    at: datetime
    is_serving: bool = True
    is_gone: bool = False
    # What pages show beside it.
    name: str = ""
    public_ip: str = ""
    private_ip: str = ""
    interface_id: str = ""

    @property
    def is_free(self) -> bool:
        """Whether it exists and lies at no instance."""
        return not self.holder and not self.is_gone


Interfaces = Mapping[tuple[int, str], NetworkInterface]


def list_observed(pairs: Iterable[Pair]) -> dict[int, Observed]:
    """By the pair's primary key; pairs of which nothing was seen yet are left out."""
    by_strategy: dict[str, list[Pair]] = {s: [] for s in Strategy.values}
    for pair in pairs:
        by_strategy[pair.strategy].append(pair)
    readers = {
        Strategy.ENI: _interfaces,
        Strategy.EIP: _elastic_ips,
        Strategy.PRIVATE_IP: _private_ips,
        Strategy.ROUTE: _routes,
    }
    found: dict[int, Observed] = {}
    for strategy, read in readers.items():
        if by_strategy[strategy]:
            found |= read(by_strategy[strategy])
    return found


def _interfaces(pairs: Sequence[Pair]) -> dict[int, Observed]:
    rows = _by_id(pairs, (p.network_interface_id for p in pairs))
    found = {}
    for pair in pairs:
        row = rows.get((pair.region_id, pair.network_interface_id))
        if row is not None:
            found[pair.pk] = Observed(
                holder="" if row.vanished_at is not None else row.instance_id,
                began_at=row.seen_began_at,
                at=row.seen_at,
                is_serving=row.attachment_status not in NOT_SERVING,
                is_gone=row.vanished_at is not None,
                name=row.name,
                public_ip=row.public_ip,
                private_ip=row.private_ip,
                interface_id=row.interface_id,
            )
    return found


def _elastic_ips(pairs: Sequence[Pair]) -> dict[int, Observed]:
    addresses = {
        (a.region_id, a.allocation_id): a
        for a in ElasticIp.objects.filter(
            region_id__in={p.region_id for p in pairs},
            allocation_id__in={p.allocation_id for p in pairs},
        ).select_related("region")
    }
    rows = _by_id(pairs, (a.network_interface_id for a in addresses.values()))
    found = {}
    for pair in pairs:
        address = addresses.get((pair.region_id, pair.allocation_id))
        if address is None:
            continue
        is_gone = address.vanished_at is not None
        row = rows.get((pair.region_id, address.network_interface_id))
        is_bound = bool(address.network_interface_id or address.association_id)
        holder = address.instance_id or (_holder(row) if is_bound else "")
        found[pair.pk] = Observed(
            holder="" if is_gone else holder,
            began_at=address.seen_began_at,
            at=address.seen_at,
            is_serving=row is None or row.attachment_status not in NOT_SERVING,
            is_gone=is_gone,
            name=address.name,
            public_ip=address.public_ip,
            private_ip=address.private_ip,
            interface_id=address.network_interface_id,
        )
    return found


def _private_ips(pairs: Sequence[Pair]) -> dict[int, Observed]:
    ends = {i for p in pairs for i in (p.primary_instance_id, p.standby_instance_id)}
    # Not by region too: SQLite would then read all of the region's interfaces.
    rows = list(
        NetworkInterface.objects.filter(
            instance_id__in=ends, vanished_at=None
        ).select_related("region")
    )
    at_ends = _by_instance(rows)
    found = {p.pk: _private_ip(p, at_ends, ()) for p in pairs}
    # Only what lies at neither end is searched for, by its text.
    astray = [p for p in pairs if (seen := found[p.pk]) and not seen.interface_id]
    if astray:
        others = _list_carriers(astray, rows)
        found |= {p.pk: _private_ip(p, at_ends, others) for p in astray}
    return {key: seen for key, seen in found.items() if seen is not None}


def _by_instance(
    rows: Iterable[NetworkInterface],
) -> Mapping[tuple[int, str], Sequence[NetworkInterface]]:
    found: dict[tuple[int, str], list[NetworkInterface]] = {}
    for row in rows:
        found.setdefault((row.region_id, row.instance_id), []).append(row)
    return found


def _list_carriers(
    pairs: Sequence[Pair], rows: Sequence[NetworkInterface]
) -> list[NetworkInterface]:
    carried = Q()
    for address in {p.private_ip for p in pairs}:
        carried |= Q(private_ips__icontains=f'"{address}"')
    subnets = {r.subnet_id for r in rows}
    return list(
        NetworkInterface.objects.filter(
            carried, subnet_id__in=subnets, vanished_at=None
        ).select_related("region")
    )


def _private_ip(
    pair: Pair,
    at_ends: Mapping[tuple[int, str], Sequence[NetworkInterface]],
    others: Sequence[NetworkInterface],
) -> Observed | None:
    here = [
        row
        for end in (pair.primary_instance_id, pair.standby_instance_id)
        for row in at_ends.get((pair.region_id, end), ())
    ]
    subnets = {r.subnet_id for r in here if r.device_index == pair.device_index}
    if not subnets:
        return None
    carriers = [
        (row, entry)
        for row in (*here, *others)
        for entry in row.private_ips
        if row.subnet_id in subnets and entry["address"] == pair.private_ip
    ]
    # At one place only: a row that shows it elsewhere has not been read since.
    carriers.sort(key=lambda carrier: -carrier[0].seen_began_at)
    row, entry = carriers[0] if carriers else (None, {})
    oldest = min(here, key=lambda r: r.seen_began_at)
    return Observed(
        holder=_holder(row),
        began_at=oldest.seen_began_at,
        at=oldest.seen_at,
        public_ip=str(entry.get("public_ip") or ""),
        private_ip=pair.private_ip,
        interface_id=row.interface_id if row else "",
    )


def _routes(pairs: Sequence[Pair]) -> dict[int, Observed]:
    tables = {
        (t.region_id, t.route_table_id): t
        for t in RouteTable.objects.filter(
            region_id__in={p.region_id for p in pairs},
            route_table_id__in={i for p in pairs for i in p.route_table_ids},
        ).select_related("region")
    }
    routes = [r for t in tables.values() for r in t.routes]
    rows = _by_id(pairs, (str(r["network_interface_id"]) for r in routes))
    found = {}
    for pair in pairs:
        own = [tables.get((pair.region_id, i)) for i in pair.route_table_ids]
        seen = [t for t in own if t is not None]
        if not seen or len(seen) < len(own):
            continue
        led = [_led(pair, table, rows) for table in seen]
        oldest = min(seen, key=lambda t: t.seen_began_at)
        interfaces = {interface_id for _, interface_id in led}
        found[pair.pk] = Observed(
            holder=_one_of({holder for holder, _ in led}),
            began_at=oldest.seen_began_at,
            at=oldest.seen_at,
            is_gone=all(t.vanished_at is not None for t in seen),
            interface_id=interfaces.pop() if len(interfaces) == 1 else "",
        )
    return found


def _led(pair: Pair, table: RouteTable, rows: Interfaces) -> tuple[str, str]:
    """Where the table's route leads: the instance, and the interface."""
    route = _find_route(table, pair.destination_cidr)
    if route is None or table.vanished_at is not None:
        return "", ""
    interface_id = str(route["network_interface_id"])
    if not interface_id:
        return ELSEWHERE, ""
    return _holder(rows.get((pair.region_id, interface_id))), interface_id


def _find_route(table: RouteTable, destination: str) -> Mapping[str, Any] | None:
    same = (r for r in table.routes if r["destination_cidr"] == destination)
    return next(same, None)


def _one_of(holders: set[str]) -> str:
    if len(holders) > 1:
        return MIXED
    return holders.pop() if holders else ""


def _holder(row: NetworkInterface | None) -> str:
    """The instance of an interface that something lies on; "" while it has none."""
    if row is None or row.vanished_at is not None:
        return ""
    if row.attachment_id and not row.instance_id:
        # An AWS service holds it.
        return ELSEWHERE
    return row.instance_id


def _by_id(pairs: Sequence[Pair], ids: Iterable[str]) -> Interfaces:
    """Interfaces of the pairs' regions; an index finds them by region and id."""
    rows = NetworkInterface.objects.filter(
        region_id__in={p.region_id for p in pairs},
        interface_id__in={i for i in ids if i},
    ).select_related("region")
    return {(row.region_id, row.interface_id): row for row in rows}
