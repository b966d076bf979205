"""What a new pair can be made of, and why the rest cannot: read from the mirror.

So many are offered as a field can hold; what is typed instead is judged the same way.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from failover.models import ElasticIp, Instance, NetworkInterface, Pair
from failover.models.pairs import Strategy
from failover.services import queries, scoping

MOST_OFFERED, MOST_EXCLUDED = 500, 25
USABLE_STATES = frozenset({"running", "pending", "stopped", "stopping"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that was seen. `why_not` empty: it can be used."""

    id: str
    label: str
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Those that can be used, and those that cannot, each with its reason."""

    usable: tuple[Choice, ...]
    excluded: tuple[Choice, ...]


def list_interfaces(region_id: int | None) -> Choices:
    """Interfaces that a pair could move."""
    rows = queries.list_interfaces()
    if region_id is not None:
        rows = rows.filter(region_id=region_id)
    free = rows.exclude(device_index=0).order_by("interface_id")[:MOST_OFFERED]
    first = rows.filter(device_index=0).order_by("interface_id")[:MOST_EXCLUDED]
    return _sorted(_judge_interfaces([*free, *first]))


def list_elastic_ips(region_id: int | None) -> Choices:
    """Elastic IPs that a pair could move."""
    rows = queries.list_elastic_ips()
    if region_id is not None:
        rows = rows.filter(region_id=region_id)
    return _sorted(_judge_elastic_ips(list(rows.order_by("public_ip")[:MOST_OFFERED])))


def list_route_tables(region_id: int | None) -> Choices:
    """Tables whose routes a pair could move; several pairs may share one."""
    rows = queries.list_route_tables()
    if region_id is not None:
        rows = rows.filter(region_id=region_id)
    found = rows.order_by("route_table_id")[:MOST_OFFERED]
    return _sorted(
        [Choice(id=r.route_table_id, label=_join(r.name, r.vpc_id)) for r in found]
    )


def list_instances(*, region_id: int, strategy: str, interface_id: str) -> Choices:
    """Instances that could hold it: for an interface those of its zone and VPC."""
    rows = queries.list_instances().filter(region_id=region_id)
    floating = _floating(region_id, strategy, interface_id)
    found = rows.order_by("name", "instance_id")
    if floating is None:
        return _sorted([_judge_instance(r, None) for r in found[:MOST_OFFERED]])
    near = found.filter(
        availability_zone=floating.availability_zone, vpc_id=floating.vpc_id
    )
    far = found.exclude(pk__in=near.values("pk"))
    seen = [*near[:MOST_OFFERED], *far[:MOST_EXCLUDED]]
    return _sorted([_judge_instance(row, floating) for row in seen])


def find_objection(
    *, region_id: int, field: str, id: str, strategy: str, interface_id: str
) -> str:
    """Why the thing cannot be used; empty where it can, or was never seen."""
    found: list[Choice] = []
    if field == "network_interface_id":
        found = _judge_interfaces(
            list(queries.list_interfaces().filter(region_id=region_id, interface_id=id))
        )
    elif field == "allocation_id":
        found = _judge_elastic_ips(
            list(
                queries.list_elastic_ips().filter(region_id=region_id, allocation_id=id)
            )
        )
    elif field in ("primary_instance_id", "standby_instance_id"):
        rows = queries.list_instances().filter(region_id=region_id, instance_id=id)
        floating = _floating(region_id, strategy, interface_id)
        found = [_judge_instance(row, floating) for row in rows]
    return found[0].why_not if found else ""


def _floating(
    region_id: int, strategy: str, interface_id: str
) -> NetworkInterface | None:
    if strategy != Strategy.ENI:
        return None
    rows = queries.list_interfaces().filter(region_id=region_id)
    return rows.filter(interface_id=interface_id).first()


def _judge_interfaces(rows: list[NetworkInterface]) -> list[Choice]:
    pairs = _pairs("network_interface_id", [r.interface_id for r in rows])
    return [
        Choice(
            id=row.interface_id,
            label=_join(
                row.name or row.description,
                row.private_ip,
                f"Elastic IP {row.public_ip}" if row.public_ip else "no Elastic IP",
                row.availability_zone,
                row.region.name,
            ),
            why_not=_against_interface(
                row, pairs.get((row.region_id, row.interface_id))
            ),
        )
        for row in rows
    ]


def _against_interface(row: NetworkInterface, pair: str | None) -> str:
    if row.device_index == 0:
        return f"EC2 never moves the primary interface of {row.instance_id}."
    if row.requester_managed:
        return "An AWS service made it and manages it."
    return f"{pair} moves it already." if pair else ""


def _judge_elastic_ips(rows: list[ElasticIp]) -> list[Choice]:
    pairs = _pairs("allocation_id", [r.allocation_id for r in rows])
    along = _pairs("network_interface_id", [r.network_interface_id for r in rows])
    found = []
    for row in rows:
        own = pairs.get((row.region_id, row.allocation_id))
        rides = along.get((row.region_id, row.network_interface_id))
        why_not = f"{own} moves it already." if own else ""
        if rides and not own:
            why_not = f"It moves along with an interface: {rides} moves that."
        label = _join(row.public_ip, row.name, row.region.name)
        found.append(Choice(id=row.allocation_id, label=label, why_not=why_not))
    return found


def _judge_instance(row: Instance, floating: NetworkInterface | None) -> Choice:
    label = _join(row.name, row.state, row.availability_zone, row.vpc_id)
    why_not = ""
    if row.state not in USABLE_STATES:
        why_not = f"It is {row.state}."
    elif floating is not None and row.vpc_id != floating.vpc_id:
        why_not = f"It is in {row.vpc_id}, the interface in {floating.vpc_id}."
    elif floating is not None and row.availability_zone != floating.availability_zone:
        why_not = (
            f"It is in zone {row.availability_zone}, the interface in"
            f" {floating.availability_zone}."
        )
    return Choice(id=row.instance_id, label=label, why_not=why_not)


def _pairs(column: str, ids: Iterable[str]) -> dict[tuple[int, str], str]:
    """The pairs that move them, by name where the asker may see them."""
    wanted = {i for i in ids if i}
    rows = Pair.objects.filter(**{f"{column}__in": wanted})
    seen = set(scoping.visible(rows).values_list("name", flat=True))
    return {
        (region_id, id): f"Pair {name}" if name in seen else "Another pair"
        for region_id, id, name in rows.values_list("region_id", column, "name")
    }


def _join(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _sorted(found: list[Choice]) -> Choices:
    return Choices(
        usable=tuple(c for c in found if not c.why_not),
        excluded=tuple(c for c in found if c.why_not)[:MOST_EXCLUDED],
    )
