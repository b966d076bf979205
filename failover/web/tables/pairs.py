"""The failover pairs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from failover import wiring
from failover.models import Role
from failover.services import filters, queries
from failover.services.views import PairView
from failover.web import access
from failover.web.presenters import cells
from failover.web.presenters import pairs as pair_words
from failover.web.presenters.cells import Cell
from failover.web.presenters.hrefs import page_of
from failover.web.presenters.resources import Resource
from failover.web.tables import columns as c
from failover.web.tables import history
from failover.web.tables.columns import Column, Shown
from failover.web.tables.table import Bulk, Tab, Table


def dress(request: HttpRequest, seen: Sequence[PairView]) -> list[Any]:
    """As the page shows them."""
    mine = access.pairs_with(request, Role.OPERATOR, [view.name for view in seen])
    now = wiring.now()
    return [
        pair_words.row(view, may_operate=view.name in mine, now=now) for view in seen
    ]


def _health(row: pair_words.PairRow) -> Cell:
    hint = "checked" if row.checked else ""
    return Cell(badge=row.health, hint=hint, hint_at=row.checked, css="nowrap")


def _moves(moved: Resource) -> Cell:
    return cells.code(moved.id, moved.href, hint=", ".join(moved.beside))


COLUMNS = (
    Column(
        id="name",
        label="Name",
        value=c.of("name"),
        show=lambda x: cells.link(x.row.name, x.row.href),
        ordering="name",
        is_key=True,
    ),
    Column(
        id="health",
        label="Health",
        value=lambda seen: "ready" if seen.readiness.ready else "not ready",
        show=lambda x: _health(x.row),
        ordering="ready",
    ),
    Column(
        id="sync",
        label="Sync",
        value=c.of("sync"),
        show=lambda x: Cell(badge=x.row.sync, css="nowrap"),
    ),
    Column(
        id="active_instance_id",
        label="Active",
        value=c.of("active_instance_id"),
        show=lambda x: cells.holder(x.row.active),
    ),
    Column(
        id="passive_instance_id",
        label="Passive",
        value=c.of("passive_instance_id"),
        show=lambda x: cells.holder(x.row.passive),
    ),
    Column(
        id="moves",
        label="Moves",
        value=lambda seen: (
            seen.network_interface_id
            or seen.allocation_id
            or seen.private_ip
            or seen.destination_cidr
        ),
        show=lambda x: _moves(x.row.brief),
        ordering="network_interface_id",
    ),
    c.code("public_ip", "Elastic IP"),
    c.text("strategy", "Strategy", ordering="strategy", is_default=False),
    c.text("account", "Account", ordering="account", is_default=False),
    c.text("region", "Region", ordering="region", css="nowrap"),
    Column(
        id="primary_instance_id",
        label="Primary",
        value=c.of("primary_instance_id"),
        show=lambda x: cells.holder(x.row.primary),
        ordering="primary_instance_id",
        is_default=False,
    ),
    Column(
        id="standby_instance_id",
        label="Standby",
        value=c.of("standby_instance_id"),
        show=lambda x: cells.holder(x.row.standby),
        ordering="standby_instance_id",
        is_default=False,
    ),
    Column(
        id="frozen",
        label="Frozen",
        value=lambda seen: seen.frozen is not None,
        show=lambda x: Cell(
            text=x.seen.frozen.reason or "Yes" if x.seen.frozen else ""
        ),
        is_default=False,
    ),
    c.swap(),
)


def tabs(_request: HttpRequest, shown: Shown) -> list[Tab]:
    """The checks of its readiness, and its jobs."""
    checks = shown.row.checks
    return [
        Tab(
            id="readiness",
            label="Readiness",
            heads=("Check", "Result"),
            lines=[(Cell(text=x.detail), Cell(badge=x.badge)) for x in checks],
            empty="It has not been checked yet.",
        ),
        history.tab(Q(pair_name=shown.seen.name)),
    ]


TABLE = Table(
    id=filters.PairFilter.table_id,
    path="pairs",
    template="failover/pairs.html",
    title="Failover pairs",
    noun="pair",
    nouns="pairs",
    hint="Name, instance, what moves",
    rows=queries.list_pairs,
    filters=filters.PairFilter,
    columns=COLUMNS,
    view=queries.view_pairs,
    dress=dress,
    key=lambda seen: seen.name,
    key_column="name",
    page=lambda seen: page_of("pair", seen.name),
    tabs=tabs,
    bulk=(
        Bulk(label="Swap", path="swaps", role=Role.OPERATOR, icon="arrows-right-left"),
    ),
    empty_title="No pairs",
    empty_text="A pair is two instances and what moves between them.",
)
