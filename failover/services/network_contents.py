"""What stands in a VPC and a subnet, who has a security group, where routes lead.

Of many the first, and how many there are: an index gives both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from failover.models import (
    NetworkInterface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from failover.models.pairs import Strategy
from failover.services import filters, networks, paging, queries
from failover.services.networks import SecurityGroupView, SubnetView
from failover.services.views import InstanceView, InterfaceView

# How many of each a page shows; the others are in the table, or in the API.
SHOWN = 50
OF_A_TABLE = ("route_table_id", "name", "subnet_ids")
# As the indexes of the mirror have what is alike.
IN_ORDER = ("name", "pk")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Few(Generic[T]):
    """The first of them, and how many there are; `has_more`: at least so many."""

    rows: Sequence[T]
    count: int
    has_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefTable:
    """A route table without its routes, of which there may be a thousand."""

    id: str
    name: str
    subnet_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfVpc:
    """What stands in a VPC."""

    subnets: Few[SubnetView]
    route_tables: Few[BriefTable]
    groups: Few[SecurityGroupView]
    interfaces: int
    instances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSubnet:
    """What stands in a subnet, and the route table that names it, if one does."""

    vpc_name: str
    route_table: BriefTable | None
    interfaces: Few[InterfaceView]
    instances: Few[InstanceView]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfGroup:
    """Which interfaces have a security group."""

    vpc_name: str
    interfaces: Few[InterfaceView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route; without an interface it leads to what is not read: a gateway, a peer.

    `instance_id` holds that interface; `is_known`: it has a page. `pair` moves it.
    """

    destination_cidr: str
    state: str
    interface_id: str
    interface_name: str
    is_known: bool
    instance_id: str
    instance_name: str
    pair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRouteTable:
    """Where a table's routes lead, and which subnets use it."""

    vpc_name: str
    routes: Few[Route]
    subnets: Few[SubnetView]
    # Subnets of the table that were never read, or are not to be seen.
    unknown_subnets: Sequence[str]


def of_vpc(row: Vpc) -> OfVpc:
    """In a fixed number of queries."""
    inside = {"vpc_id": row.vpc_id}
    subnets = networks.list_subnets().filter(**inside)
    tables = networks.list_route_tables().filter(**inside)
    groups = networks.list_security_groups().filter(**inside)
    return OfVpc(
        subnets=_few(
            subnets.order_by("availability_zone", "name", "subnet_id"),
            networks.view_subnets,
        ),
        route_tables=_few(
            tables.order_by("name", "route_table_id").values_list(*OF_A_TABLE),
            _tables,
        ),
        groups=_few(groups.order_by("name", "group_id"), networks.view_security_groups),
        interfaces=queries.list_interfaces().filter(**inside).order_by().count(),
        instances=queries.list_instances().filter(**inside).order_by().count(),
    )


def of_subnet(row: Subnet) -> OfSubnet:
    """In a fixed number of queries."""
    inside = {"subnet_id": row.subnet_id}
    tables = networks.list_route_tables().filter(
        region_id=row.region_id, vpc_id=row.vpc_id
    )
    named = _tables(tables.order_by("name", "pk").values_list(*OF_A_TABLE))
    # In the order of the index by subnet, which has them: nothing is sorted.
    interfaces = queries.list_interfaces().filter(**inside).order_by(*IN_ORDER)
    instances = queries.list_instances().filter(**inside).order_by(*IN_ORDER)
    return OfSubnet(
        vpc_name=_vpc_name(row),
        route_table=next((t for t in named if row.subnet_id in t.subnet_ids), None),
        interfaces=_few(interfaces, queries.view_interfaces),
        instances=_few(instances, queries.view_instances),
    )


def of_group(row: SecurityGroup) -> OfGroup:
    """The same interfaces as the table has when it is asked for the group."""
    every = queries.list_interfaces()
    asked = {"security_group": row.group_id}
    chosen = filters.InterfaceFilter(asked, queryset=every)
    cut = paging.cut(
        every=every,
        found=chosen.qs,
        order=IN_ORDER,
        offset=0,
        size=SHOWN,
        texts=chosen.texts,
        for_reader=True,
    )
    return OfGroup(
        vpc_name=_vpc_name(row),
        interfaces=Few(
            rows=queries.view_interfaces(cut.rows),
            count=cut.count,
            has_more=cut.has_more,
        ),
    )


def of_route_table(row: RouteTable) -> OfRouteTable:
    """What moves and what leads to an interface comes first."""
    movers = _movers(row)
    first = sorted(
        row.routes,
        key=lambda r: (
            r["destination_cidr"] not in movers,
            not r["network_interface_id"],
        ),
    )[:SHOWN]
    subnets = networks.list_subnets().filter(
        region_id=row.region_id, subnet_id__in=row.subnet_ids
    )
    known = {s.subnet_id: s for s in subnets}
    seen = networks.view_subnets(known[i] for i in row.subnet_ids if i in known)
    return OfRouteTable(
        vpc_name=_vpc_name(row),
        routes=Few(rows=_routes(row, first, movers), count=len(row.routes)),
        subnets=Few(rows=seen[:SHOWN], count=len(seen)),
        unknown_subnets=[i for i in row.subnet_ids if i not in known],
    )


def _few(
    rows: QuerySet[Any], view: Callable[[Iterable[Any]], Sequence[Any]]
) -> Few[Any]:
    first = list(rows[: SHOWN + 1])
    is_all = len(first) <= SHOWN
    return Few(
        rows=view(first[:SHOWN]),
        count=len(first) if is_all else rows.order_by().count(),
    )


def _tables(rows: Iterable[Any]) -> list[BriefTable]:
    return [BriefTable(id=i, name=name, subnet_ids=ids) for i, name, ids in rows]


def _vpc_name(row: Subnet | SecurityGroup | RouteTable) -> str:
    names = networks.list_vpcs().filter(vpc_id=row.vpc_id).values_list("name")
    return str(next(iter(names[:1]), ("",))[0])


def _movers(row: RouteTable) -> Mapping[str, str]:
    """Destination -> the pair that moves its route in this table."""
    pairs = queries.list_pairs().filter(
        region_id=row.region_id,
        strategy=Strategy.ROUTE,
        destination_cidr__in={r["destination_cidr"] for r in row.routes},
    )
    return {
        p.destination_cidr: p.name
        for p in pairs.order_by("-name")
        if row.route_table_id in p.route_table_ids
    }


def _routes(
    row: RouteTable, routes: Iterable[Mapping[str, Any]], movers: Mapping[str, str]
) -> list[Route]:
    found = list(routes)
    ids = {r["network_interface_id"] for r in found if r["network_interface_id"]}
    interfaces: dict[str, NetworkInterface] = {
        i.interface_id: i
        for i in queries.list_interfaces().filter(
            region_id=row.region_id, interface_id__in=ids
        )
    }
    names = queries.name_instances(
        i.instance_id for i in interfaces.values() if i.instance_id
    )
    made = []
    for route in found:
        interface = interfaces.get(route["network_interface_id"] or "")
        instance_id = interface.instance_id if interface else ""
        made.append(
            Route(
                destination_cidr=route["destination_cidr"],
                state=route["state"],
                interface_id=route["network_interface_id"] or "",
                interface_name=interface.name if interface else "",
                is_known=interface is not None,
                instance_id=instance_id,
                instance_name=names.get(instance_id, ""),
                pair=movers.get(route["destination_cidr"], ""),
            )
        )
    return made
