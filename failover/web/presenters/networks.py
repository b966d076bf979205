"""The pages of VPCs, subnets, security groups and route tables: facts and lists.

All four are one page: what it is called, what is known of it, and what belongs to it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.urls import reverse
from django.utils.http import urlencode

from failover.services import networks as services
from failover.services.network_contents import (
    SHOWN,
    Few,
    OfGroup,
    OfRouteTable,
    OfSubnet,
    OfVpc,
    Route,
)
from failover.services.networks import (
    RouteTableView,
    SecurityGroupView,
    SubnetView,
    VpcView,
)
from failover.services.views import InstanceView, InterfaceView
from failover.web.presenters import badges, cells, drawing, inventory
from failover.web.presenters.cells import Cell
from failover.web.presenters.hrefs import network_page, page_of

T = TypeVar("T")
Placed = VpcView | SubnetView | SecurityGroupView | RouteTableView
Fact = tuple[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Where all of them are; of a page it is offered also where all are shown."""

    label: str
    href: str
    is_of_page: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list of what belongs to it: the first of them, drawn, and where the rest is."""

    id: str
    title: str
    count: str
    heads: Sequence[str]
    lines: Sequence[str]
    empty: str
    more: More | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One of them. `note` is what a reader has to know first."""

    kind: str
    seen: Placed
    facts: Sequence[Fact]
    sections: Sequence[Section]
    note: str = ""
    # The VPC that it is of; empty for a VPC.
    vpc_id: str = ""

    @property
    def vpc_href(self) -> str:
        return network_page("vpc", self.vpc_id)


def of_vpc(seen: VpcView, inside: OfVpc, *, is_read: bool) -> Page:
    """A VPC. What is not read of it, its subnets do not say either."""
    all_of_it = {"vpc_id": seen.id}
    facts = [
        ("IPv4 range", cells.code(seen.cidr_block)),
        ("Default VPC", Cell(text="Yes" if seen.is_default else "No")),
    ]
    return Page(
        kind="VPC",
        seen=seen,
        note=""
        if is_read
        else "The role may not read VPCs: name and range are unknown."
        f" With {services.READ_OF_VPCS} they are read too.",
        facts=[
            *(facts if is_read else ()),
            (
                "Network interfaces",
                cells.link(_number(inside.interfaces), _table("interfaces", seen.id)),
            ),
            (
                "Instances",
                cells.link(_number(inside.instances), _table("instances", seen.id)),
            ),
        ],
        sections=(
            _subnets(inside.subnets, more=_api("subnets", **all_of_it)),
            _section(
                inside.route_tables,
                title="Route tables",
                heads=("Route table ID", "Name", "Subnets"),
                line=lambda x: (
                    cells.code(x.id, network_page("route-table", x.id)),
                    Cell(text=x.name, css="text"),
                    Cell(text=_number(len(x.subnet_ids)), css="numbers"),
                ),
                empty="None is known. Only pairs that move routes need them read.",
                more=_api("route-tables", **all_of_it),
            ),
            _section(
                inside.groups,
                title="Security groups",
                heads=("Security group ID", "Name", "Description"),
                line=lambda x: (
                    cells.code(x.id, network_page("security-group", x.id)),
                    Cell(text=x.name, css="text"),
                    Cell(text=x.description, css="text"),
                ),
                empty="None is known.",
                more=_api("security-groups", **all_of_it),
            ),
        ),
    )


def of_subnet(seen: SubnetView, inside: OfSubnet) -> Page:
    """A subnet."""
    table = inside.route_table
    named = Cell(text="None of its own: the VPC's main one decides")
    if table:
        href = network_page("route-table", table.id)
        named = cells.code(table.id, href, hint=table.name)
    return Page(
        kind="Subnet",
        seen=seen,
        vpc_id=seen.vpc_id,
        facts=(
            ("IPv4 range", cells.code(seen.cidr_block)),
            ("Zone", Cell(text=seen.availability_zone)),
            _vpc(seen.vpc_id, inside.vpc_name),
            ("Route table", named),
        ),
        sections=(
            _interfaces(inside.interfaces, f"subnet_id={seen.id}"),
            _section(
                inside.instances,
                title="Instances",
                heads=("Instance ID", "Name", "State", "Private IPv4", "Pairs"),
                line=_instance,
                empty="No instance stands in it.",
                more=More(
                    label="Filter them in the table",
                    href=f"{reverse('instances')}?f=subnet_id={seen.id}",
                ),
            ),
        ),
    )


def of_group(seen: SecurityGroupView, inside: OfGroup) -> Page:
    """A security group. Its rules are not read."""
    return Page(
        kind="Security group",
        seen=seen,
        vpc_id=seen.vpc_id,
        facts=(
            ("Description", Cell(text=seen.description, css="text")),
            _vpc(seen.vpc_id, inside.vpc_name),
        ),
        sections=(_interfaces(inside.interfaces, f"security_group={seen.id}"),),
    )


def of_route_table(seen: RouteTableView, inside: OfRouteTable) -> Page:
    """A route table."""
    unknown = [(cells.code(i),) for i in inside.unknown_subnets[:SHOWN]]
    in_api = _api("route-tables", id=seen.id)
    routes = _section(
        inside.routes,
        title="Routes",
        heads=("Destination", "Target", "Instance", "Pair", "State"),
        line=_route,
        empty="It has no routes that are known.",
        more=in_api,
    )
    subnets = _subnets(
        inside.subnets,
        title="Subnets that use it",
        empty="No subnet names it. If it is the VPC's main table, it decides for each"
        " subnet that names no other.",
        more=in_api,
    )
    sections = [routes, subnets]
    if unknown:
        sections.append(
            _drawn(
                title="Subnets that are not known",
                count=_number(len(inside.unknown_subnets)),
                heads=("Subnet ID",),
                lines=unknown,
                more=in_api if len(inside.unknown_subnets) > SHOWN else None,
            )
        )
    return Page(
        kind="Route table",
        seen=seen,
        vpc_id=seen.vpc_id,
        facts=(_vpc(seen.vpc_id, inside.vpc_name),),
        sections=sections,
    )


def _vpc(vpc_id: str, name: str) -> Fact:
    return "VPC", cells.code(vpc_id, network_page("vpc", vpc_id), hint=name)


def _subnets(
    few: Few[SubnetView],
    *,
    more: More,
    title: str = "Subnets",
    empty: str = "None is known.",
) -> Section:
    return _section(
        few,
        title=title,
        heads=("Subnet ID", "Name", "Zone", "IPv4 range"),
        line=lambda x: (
            cells.code(x.id, network_page("subnet", x.id)),
            Cell(text=x.name, css="text"),
            Cell(text=x.availability_zone, css="nowrap"),
            cells.code(x.cidr_block),
        ),
        empty=empty,
        more=more,
    )


def _interfaces(few: Few[InterfaceView], token: str) -> Section:
    """`token` asks the table for the same."""
    return _section(
        few,
        title="Network interfaces",
        heads=("Interface ID", "Name", "Status", "Instance", "Private IPv4", "Pair"),
        line=_interface,
        empty="No network interface.",
        more=More(
            label="Filter them in the table", href=f"{reverse('interfaces')}?f={token}"
        ),
    )


def _interface(seen: InterfaceView) -> Sequence[Cell]:
    row = inventory.interface_row(seen, pair=None, may_operate=False)
    return (
        cells.code(row.id, row.href),
        Cell(text=row.name, css="text"),
        Cell(badge=row.status, css="nowrap"),
        cells.holder(row.instance),
        cells.code(row.private_ip),
        _pairs([row.pair] if row.pair else []),
    )


def _instance(seen: InstanceView) -> Sequence[Cell]:
    row = inventory.instance_row(seen)
    return (
        cells.code(row.id, row.href),
        Cell(text=row.name, css="text"),
        Cell(badge=row.state, css="nowrap"),
        cells.code(row.private_ip),
        _pairs(row.pairs),
    )


def _route(seen: Route) -> Sequence[Cell]:
    target = Cell(text="Not an interface", hint="a gateway, a peering, or local")
    if seen.interface_id:
        href = page_of("interface", seen.interface_id) if seen.is_known else ""
        target = cells.code(seen.interface_id, href, hint=seen.interface_name)
    is_active = seen.state == "active"
    return (
        cells.code(seen.destination_cidr),
        target,
        cells.holder(
            inventory.holder(seen.instance_id, {seen.instance_id: seen.instance_name})
        ),
        _pairs([seen.pair] if seen.pair else []),
        Cell(
            badge=badges.make(
                seen.state.capitalize() or "Unknown",
                "success" if is_active else "warning",
            )
        ),
    )


def _pairs(names: Iterable[str]) -> Cell:
    return Cell(items=[cells.link(name, page_of("pair", name)) for name in names])


def _section(
    few: Few[T],
    *,
    title: str,
    heads: Sequence[str],
    line: Callable[[T], Sequence[Cell]],
    empty: str,
    more: More,
) -> Section:
    is_all = len(few.rows) == few.count and not few.has_more
    count = _number(few.count)
    if not is_all:
        about = f"more than {count}" if few.has_more else count
        count = f"the first {len(few.rows)} of {about}"
    return _drawn(
        title=title,
        count=count,
        heads=heads,
        lines=[line(row) for row in few.rows],
        empty=empty,
        more=more if few.rows and (not is_all or more.is_of_page) else None,
    )


def _drawn(
    *,
    title: str,
    count: str,
    heads: Sequence[str],
    lines: Iterable[Sequence[Cell]],
    more: More | None,
    empty: str = "",
) -> Section:
    return Section(
        id=title.lower().replace(" ", "-"),
        title=title,
        count=count,
        heads=heads,
        lines=[_draw(heads, line) for line in lines],
        empty=empty,
        more=more,
    )


def _draw(heads: Sequence[str], line: Sequence[Cell]) -> str:
    return drawing.join(
        drawing.draw_cell(name, cell, is_key=not number)
        for number, (name, cell) in enumerate(zip(heads, line, strict=True))
    )


def _table(path: str, vpc_id: str) -> str:
    return f"{reverse(path)}?f=vpc_id={vpc_id}"


def _api(name: str, **asked: Any) -> More:
    return More(
        label="All of them, over the API",
        href=f"{reverse(f'api-{name}')}?{urlencode(asked)}",
        is_of_page=False,
    )


def _number(count: int) -> str:
    return f"{count:,}"
