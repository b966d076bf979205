"""Changes in EC2 that nothing of ours has made."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from failover.models import ElasticIp, Instance, NetworkInterface
from failover.services import changes, filters
from failover.services.changes import DriftEventView
from failover.web.presenters import cells
from failover.web.tables import columns as c
from failover.web.tables.columns import Column
from failover.web.tables.table import Table

# Which resources have a page of their own.
PAGES = {
    "network-interface": "interface",
    "instance": "instance",
    "elastic-ip": "elastic-ip",
    "route-table": "route-table",
}


def dress(_request: HttpRequest, seen: Sequence[DriftEventView]) -> list[Any]:
    """The views have their words already."""
    return list(seen)


def page_of(view: DriftEventView) -> str:
    """Where what has changed stands; else what is known to have changed of it."""
    page = PAGES.get(view.resource_type)
    if page is None or view.change == "vanished":
        return f"{reverse('drift')}?resource_id={view.resource_id}"
    return reverse(page, args=[view.resource_id])


COLUMNS = (
    c.moment("seen_at", "Seen", ordering="seen_at"),
    Column(
        id="resource_id",
        label="Resource",
        value=c.of("resource_id"),
        show=lambda x: cells.code(
            x.seen.resource_id, page_of(x.seen), hint=x.seen.noun
        ),
        ordering="resource_id",
        is_key=True,
    ),
    c.text("name", "Name", ordering="name", css="text"),
    Column(
        id="change",
        label="Change",
        value=c.of("change"),
        show=lambda x: cells.Cell(text=x.seen.title),
        ordering="change",
    ),
    Column(
        id="before",
        label="Before",
        value=c.of("before"),
        show=lambda x: cells.Cell(text=x.seen.was, css="text"),
    ),
    Column(
        id="after",
        label="Now",
        value=c.of("after"),
        show=lambda x: cells.Cell(text=x.seen.is_now, css="text"),
    ),
    c.moment("not_before", "Not before", is_default=False),
    c.term("resource_type", "Type", ordering="resource_type", is_default=False),
    c.text("account", "Account", ordering="account", is_default=False),
    c.term("region", "Region", ordering="region"),
    c.term("id", "Number", is_default=False),
)


TABLE = Table(
    id="drift",
    path="drift",
    template="failover/drift.html",
    title="Changes",
    noun="change",
    nouns="changes",
    hint="IDs and names",
    rows=changes.list_drift_events,
    read=(ElasticIp, Instance, NetworkInterface),
    filters=filters.DriftEventFilter,
    columns=COLUMNS,
    view=changes.view_drift_events,
    dress=dress,
    key=lambda seen: str(seen.id),
    key_column="id",
    named=lambda shown: shown.seen.title,
    known_by=lambda shown: shown.seen.resource_id,
    page=page_of,
    empty_title="No changes found",
    empty_text=(
        "What somebody changes in EC2 without Swapboard will stand here, with what "
        "was before."
    ),
)
