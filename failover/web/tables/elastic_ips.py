"""The Elastic IPs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from failover.models import ElasticIp
from failover.services import filters, queries
from failover.services.views import ElasticIpView
from failover.web import naming
from failover.web.presenters import cells, inventory
from failover.web.presenters.hrefs import page_of
from failover.web.tables import columns as c
from failover.web.tables import history
from failover.web.tables.columns import Column, Shown
from failover.web.tables.table import Tab, Table, tags


def dress(_request: HttpRequest, seen: Sequence[ElasticIpView]) -> list[Any]:
    """With the names of the instances that they lead to."""
    names = naming.of_instances({v.instance_id for v in seen if v.instance_id})
    return [inventory.elastic_ip_row(view, names=names) for view in seen]


COLUMNS = (
    c.text("name", "Name", ordering="name"),
    Column(
        id="public_ip",
        label="Allocated IPv4 address",
        short="IPv4 address",
        value=c.of("public_ip"),
        show=lambda x: cells.code(x.row.public_ip, x.row.href),
        ordering="public_ip",
        is_key=True,
    ),
    c.code("allocation_id", "Allocation ID", ordering="allocation_id"),
    Column(
        id="instance_id",
        label="Instance ID",
        value=c.of("instance_id"),
        show=lambda x: cells.holder(x.row.instance),
        ordering="instance_id",
    ),
    c.code("private_ip", "Private IPv4", ordering="private_ip"),
    Column(
        id="network_interface_id",
        label="Network interface ID",
        short="Interface ID",
        value=c.of("network_interface_id"),
        show=lambda x: cells.code(x.row.interface_id, x.row.interface_href),
        ordering="network_interface_id",
    ),
    c.code("association_id", "Association ID", ordering="association_id"),
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
    c.text("account", "Account", ordering="account", is_default=False),
    c.text("region", "Region", ordering="region", is_default=False, css="nowrap"),
    c.text("tags", "Tags", lambda s: dict(s.tags), is_default=False, css="text"),
    c.moment("observed_at", "Last seen", ordering="observed_at", is_default=False),
)


def tabs(_request: HttpRequest, shown: Shown) -> list[Tab]:
    """What moved it, and its tags."""
    pair = shown.seen.pair
    return [history.tab(Q(pair_name=pair) if pair else Q(pk=None)), tags(shown.seen)]


TABLE = Table(
    id=filters.ElasticIpFilter.table_id,
    path="elastic-ips",
    template="failover/elastic_ips.html",
    title="Elastic IPs",
    noun="Elastic IP",
    nouns="Elastic IPs",
    hint="Address, ID, name or tag",
    rows=queries.list_elastic_ips,
    read=(ElasticIp,),
    filters=filters.ElasticIpFilter,
    columns=COLUMNS,
    view=queries.view_elastic_ips,
    dress=dress,
    key=lambda seen: seen.allocation_id,
    key_column="allocation_id",
    known_by=lambda shown: shown.seen.public_ip,
    page=lambda seen: page_of("elastic-ip", seen.allocation_id),
    tabs=tabs,
    empty_title="No Elastic IPs",
    empty_text="EC2 showed none in the managed regions, or none has been read yet.",
)
