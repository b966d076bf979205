"""The instances."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from failover.models import Instance, Role
from failover.services import filters, queries
from failover.services.views import InstanceView
from failover.web.presenters import cells, inventory
from failover.web.presenters.cells import Cell
from failover.web.presenters.hrefs import page_of
from failover.web.tables import columns as c
from failover.web.tables import history
from failover.web.tables.columns import Column, Shown
from failover.web.tables.table import Bulk, Tab, Table, tags


def dress(_request: HttpRequest, seen: Sequence[InstanceView]) -> list[Any]:
    """As the page shows them."""
    return [inventory.instance_row(view) for view in seen]


COLUMNS = (
    c.text("name", "Name", ordering="name"),
    Column(
        id="id",
        label="Instance ID",
        value=c.of("id"),
        show=lambda x: cells.code(x.row.id, x.row.href),
        ordering="id",
        is_key=True,
    ),
    Column(
        id="state",
        label="State",
        value=c.of("state"),
        show=lambda x: Cell(badge=x.row.state, css="nowrap"),
        ordering="state",
    ),
    Column(
        id="status_checks",
        label="Status check",
        value=lambda seen: dict(seen.status_checks),
        show=lambda x: Cell(badge=x.row.checks, css="nowrap"),
    ),
    c.text("availability_zone", "Zone", ordering="availability_zone", css="nowrap"),
    Column(
        id="pairs",
        label="Pairs",
        value=lambda seen: list(seen.pairs),
        show=lambda x: Cell(
            items=[cells.link(name, page_of("pair", name)) for name in x.row.pairs]
        ),
    ),
    Column(
        id="interfaces",
        label="Interfaces",
        value=lambda seen: [slot["id"] for slot in seen.interfaces],
        show=lambda x: Cell(text=x.row.slots, css="numbers"),
    ),
    c.code("public_ip", "Public IPv4", ordering="public_ip"),
    c.code("private_ip", "Private IPv4", lambda seen: list(seen.private_ips[:1])),
    c.code("private_ips", "Private IPv4 addresses", is_default=False),
    c.text("type", "Type", ordering="type", css="nowrap"),
    c.moment("launch_time", "Launched", ordering="launch_time", is_exact=True),
    c.code("vpc_id", "VPC ID", ordering="vpc_id", is_default=False, network="vpc"),
    c.code(
        "subnet_id",
        "Subnet ID",
        ordering="subnet_id",
        is_default=False,
        network="subnet",
    ),
    c.text("account", "Account", ordering="account", is_default=False),
    c.text("region", "Region", ordering="region", is_default=False, css="nowrap"),
    c.text("tags", "Tags", lambda s: dict(s.tags), is_default=False, css="text"),
    c.moment("observed_at", "Last seen", ordering="observed_at", is_default=False),
)


def tabs(_request: HttpRequest, shown: Shown) -> list[Tab]:
    """Its interfaces, the jobs to and from it, its tags."""
    seen: InstanceView = shown.seen
    moved = Q(from_instance_id=seen.id) | Q(to_instance_id=seen.id)
    return [
        Tab(
            id="interfaces",
            label="Network interfaces",
            heads=("Network interface ID", "Device index"),
            lines=[
                (
                    cells.code(slot["id"], page_of("interface", slot["id"])),
                    Cell(text=str(slot["device_index"])),
                )
                for slot in sorted(seen.interfaces, key=lambda s: s["device_index"])
            ],
            empty="No interfaces are known.",
        ),
        history.tab(moved),
        tags(seen),
    ]


TABLE = Table(
    id=filters.InstanceFilter.table_id,
    path="instances",
    template="failover/instances.html",
    title="Instances",
    noun="instance",
    nouns="instances",
    hint="ID, address, name or tag",
    rows=queries.list_instances,
    read=(Instance,),
    filters=filters.InstanceFilter,
    columns=COLUMNS,
    view=queries.view_instances,
    dress=dress,
    key=lambda seen: seen.id,
    key_column="instance_id",
    known_by=lambda shown: shown.seen.id,
    page=lambda seen: page_of("instance", seen.id),
    tabs=tabs,
    bulk=(
        Bulk(
            label="Create pair",
            path="pair-from-selection",
            role=Role.ADMIN,
            icon="plus",
        ),
    ),
    empty_title="No instances",
    empty_text="EC2 showed none in the managed regions, or none has been read yet.",
)
