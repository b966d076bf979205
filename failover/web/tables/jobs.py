"""The jobs."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from failover import wiring
from failover.services import filters, queries
from failover.services.views import JobView
from failover.web import naming
from failover.web.presenters import cells
from failover.web.presenters import jobs as job_words
from failover.web.presenters.cells import Cell
from failover.web.presenters.hrefs import page_of
from failover.web.tables import columns as c
from failover.web.tables.columns import Column, Shown
from failover.web.tables.table import Tab, Table


def dress(_request: HttpRequest, seen: Sequence[JobView]) -> list[Any]:
    """With the names of their instances."""
    names, now = naming.of_ends(seen), wiring.now()
    return [job_words.row(view, names=names, now=now) for view in seen]


COLUMNS = (
    Column(
        id="id",
        label="Job",
        value=c.of("id"),
        show=lambda x: cells.link(
            x.row.short_id, x.row.href, is_code=True, copy=x.row.id
        ),
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
        id="pair",
        label="What",
        value=c.of("pair"),
        show=lambda x: Cell(text=x.row.title, css="nowrap"),
        ordering="pair",
    ),
    c.text("kind", "Kind", ordering="kind", is_default=False),
    c.text("strategy", "Strategy", ordering="strategy", is_default=False),
    c.code("network_interface_id", "Network interface ID", is_default=False),
    Column(
        id="from_instance_id",
        label="From",
        value=c.of("from_instance_id"),
        show=lambda x: cells.holder(x.row.source),
        ordering="from_instance_id",
    ),
    Column(
        id="to_instance_id",
        label="To",
        value=c.of("to_instance_id"),
        show=lambda x: cells.holder(x.row.target),
        ordering="to_instance_id",
    ),
    c.moment("requested_at", "Requested", ordering="requested_at"),
    c.moment("finished_at", "Finished", ordering="finished_at", is_default=False),
    Column(
        id="duration_s",
        label="Duration",
        value=c.of("duration_s"),
        show=lambda x: Cell(text=x.row.duration, css="nowrap numbers"),
    ),
    Column(
        id="outage_s",
        label="Outage",
        value=c.of("outage_s"),
        show=lambda x: Cell(text=x.row.outage or "none", css="nowrap numbers"),
    ),
    c.text("requested_by", "By", ordering="requested_by"),
    Column(
        id="trigger",
        label="Trigger",
        value=c.of("trigger"),
        show=lambda x: Cell(text=x.row.trigger),
        ordering="trigger",
    ),
    c.text("reason", "Reason", css="text"),
    c.text("message", "Message", is_default=False, css="text"),
)


def tabs(_request: HttpRequest, shown: Shown) -> list[Tab]:
    """Its calls to EC2."""
    return [
        Tab(
            id="calls",
            label="Calls",
            heads=("Action", "Outcome", "Error", "AWS request ID"),
            lines=[
                (
                    Cell(text=call.action, is_code=True),
                    Cell(text=call.outcome),
                    Cell(text=call.error_code or "", is_code=True),
                    cells.code(call.aws_request_id or ""),
                )
                for call in shown.seen.calls
            ],
            empty="It has called EC2 for nothing yet.",
        )
    ]


TABLE = Table(
    id=filters.JobFilter.table_id,
    path="jobs",
    template="failover/jobs.html",
    title="Jobs",
    noun="job",
    nouns="jobs",
    hint="Pair, interface, user, reason",
    rows=queries.list_jobs,
    filters=filters.JobFilter,
    columns=COLUMNS,
    view=queries.view_jobs,
    dress=dress,
    key=lambda seen: str(seen.id),
    key_column="id",
    named=lambda shown: shown.row.title,
    known_by=lambda shown: str(shown.seen.id),
    page=lambda seen: page_of("job", seen.id),
    tabs=tabs,
    empty_title="No jobs yet",
    empty_text="A swap, an attach or a detach starts one.",
    has_ages=False,
)
