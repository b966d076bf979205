"""The network interfaces: the console's columns, and the pair with its Swap."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from failover.models import NetworkInterface, Role
from failover.services import filters, queries
from failover.services.views import InterfaceView
from failover.web import access, naming
from failover.web.presenters import cells, inventory
from failover.web.presenters.cells import Cell
from failover.web.presenters.hrefs import network_page, page_of
from failover.web.tables import columns as c
from failover.web.tables import history
from failover.web.tables.columns import Column, Shown
from failover.web.tables.table import Bulk, Tab, Table, tags


def dress(request: HttpRequest, seen: Sequence[InterfaceView]) -> list[Any]:
    """With the pairs that move them."""
    pairs = naming.pairs({v.pair for v in seen if v.pair})
    mine = access.pairs_with(request, Role.OPERATOR, pairs)
    return [
        inventory.interface_row(
            view, pair=pairs.get(view.pair or ""), may_operate=view.pair in mine
        )
        for view in seen
    ]


def _addresses(name: str, *, primary: bool | None = None) -> Any:
    """A field of the private addresses: of all, of the primary, or of the others."""
    return lambda seen: [
        str(address[name])
        for address in seen.private_ips
        if address.get(name) and primary in (None, address.get("primary"))
    ]


def _groups(name: str) -> Any:
    return lambda seen: [str(group.get(name, "")) for group in seen.security_groups]


def _group_links(seen: InterfaceView) -> Cell:
    """The groups by their names, each leading to its page."""
    return Cell(
        items=[
            cells.link(
                str(group.get("name") or group["id"]),
                network_page("security-group", str(group["id"])),
            )
            for group in seen.security_groups
        ],
        css="text",
    )


COLUMNS = (
    c.text("name", "Name", ordering="name"),
    Column(
        id="id",
        label="Network interface ID",
        short="Interface ID",
        value=c.of("id"),
        show=lambda x: cells.code(x.row.id, x.row.href),
        ordering="id",
        is_key=True,
    ),
    c.code("subnet_id", "Subnet ID", ordering="subnet_id", network="subnet"),
    c.code("vpc_id", "VPC ID", ordering="vpc_id", network="vpc"),
    c.text("availability_zone", "Zone", ordering="availability_zone", css="nowrap"),
    Column(
        id="security_groups",
        label="Security groups",
        value=_groups("name"),
        show=lambda x: _group_links(x.seen),
    ),
    c.text(
        "interface_type", "Interface type", ordering="interface_type", is_default=False
    ),
    c.text("description", "Description", ordering="description", css="text"),
    Column(
        id="instance_id",
        label="Instance ID",
        value=c.of("attachment.instance_id"),
        show=lambda x: cells.holder(x.row.instance),
        ordering="instance_id",
    ),
    Column(
        id="status",
        label="Status",
        value=c.of("status"),
        show=lambda x: Cell(badge=x.row.status, css="nowrap"),
        ordering="status",
    ),
    c.code("public_ip", "Public IPv4", ordering="public_ip"),
    c.code("private_ip", "Private IPv4", ordering="private_ip"),
    c.code(
        "secondary_ips",
        "Secondary private IPv4",
        _addresses("address", primary=False),
        is_default=False,
    ),
    c.code("ipv6_addresses", "IPv6 addresses", is_default=False),
    c.code(
        "security_group_ids",
        "Security group IDs",
        _groups("id"),
        is_default=False,
        network="security-group",
    ),
    c.code(
        "attachment_id",
        "Attachment ID",
        "attachment.id",
        ordering="attachment_id",
        is_default=False,
    ),
    c.text(
        "attachment_status",
        "Attachment status",
        "attachment.status",
        ordering="attachment_status",
        is_default=False,
    ),
    c.text(
        "device_index",
        "Device index",
        "attachment.device_index",
        ordering="device_index",
        is_default=False,
        css="numbers",
    ),
    c.moment(
        "attach_time",
        "Attach time",
        "attachment.attach_time",
        ordering="attach_time",
        is_default=False,
        is_exact=True,
    ),
    c.flag(
        "delete_on_termination",
        "Delete on termination",
        "attachment.delete_on_termination",
        ordering="delete_on_termination",
        is_default=False,
    ),
    c.code("mac_address", "MAC address", ordering="mac_address", is_default=False),
    c.flag(
        "source_dest_check",
        "Source/dest. check",
        ordering="source_dest_check",
        is_default=False,
    ),
    c.flag(
        "requester_managed",
        "Requester-managed",
        ordering="requester_managed",
        is_default=False,
    ),
    c.code(
        "allocation_ids", "Allocation ID", _addresses("allocation_id"), is_default=False
    ),
    c.code(
        "association_ids",
        "Association ID",
        _addresses("association_id"),
        is_default=False,
    ),
    c.text("subnet_name", "Subnet name", is_default=False),
    c.text("account", "Account", ordering="account", is_default=False),
    c.text("region", "Region", ordering="region", is_default=False, css="nowrap"),
    c.text(
        "tags",
        "Tags",
        lambda seen: dict(seen.tags),
        is_default=False,
        css="text",
    ),
    c.moment("observed_at", "Last seen", ordering="observed_at", is_default=False),
    Column(
        id="pair",
        label="Pair",
        value=c.of("pair"),
        show=lambda x: cells.link(
            x.row.pair,
            page_of("pair", x.row.pair) if x.row.pair else "",
            css="nowrap",
        ),
    ),
    Column(
        id="role",
        label="Role",
        value=None,
        show=lambda x: Cell(text=x.row.role),
        is_default=False,
    ),
    c.swap(),
)


def tabs(_request: HttpRequest, shown: Shown) -> list[Tab]:
    """Its addresses, what moved it, its tags."""
    seen: InterfaceView = shown.seen
    about = Q(network_interface_id=seen.id)
    return [
        Tab(
            id="addresses",
            label="IP addresses",
            heads=("Private IPv4", "", "Public IPv4", "Allocation ID"),
            lines=[
                (
                    cells.code(a["address"]),
                    Cell(text="primary" if a.get("primary") else "secondary"),
                    cells.code(a.get("public_ip") or ""),
                    cells.code(a.get("allocation_id") or ""),
                )
                for a in seen.private_ips
            ],
            empty="No private addresses are known.",
        ),
        history.tab(
            about | Q(pair_name=seen.pair) if seen.pair else about,
            label="Pair and history",
        ),
        tags(seen),
    ]


TABLE = Table(
    id=filters.InterfaceFilter.table_id,
    path="interfaces",
    template="failover/interfaces.html",
    title="Network interfaces",
    noun="network interface",
    nouns="network interfaces",
    hint="ID, address, name or tag",
    rows=queries.list_interfaces,
    read=(NetworkInterface,),
    filters=filters.InterfaceFilter,
    columns=COLUMNS,
    view=queries.view_interfaces,
    dress=dress,
    key=lambda seen: seen.id,
    key_column="interface_id",
    known_by=lambda shown: shown.seen.id,
    page=lambda seen: page_of("interface", seen.id),
    tabs=tabs,
    bulk=(
        Bulk(label="Swap", path="swaps", role=Role.OPERATOR, icon="arrows-right-left"),
        Bulk(
            label="Create pair",
            path="pair-from-selection",
            role=Role.ADMIN,
            icon="plus",
        ),
    ),
    empty_title="No network interfaces",
    empty_text="EC2 showed none in the managed regions, or none has been read yet.",
)
