"""The actions: calls to EC2 that people asked for outside of jobs."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from failover import wiring
from failover.services.acts import showing
from failover.services.acts.showing import ActionView
from failover.web.presenters import actions as words
from failover.web.presenters import cells
from failover.web.presenters.cells import Cell
from failover.web.tables import columns as c
from failover.web.tables.columns import Column
from failover.web.tables.table import Table


def dress(_request: HttpRequest, seen: Sequence[ActionView]) -> list[Any]:
    """With their words."""
    now = wiring.now()
    return [words.row(view, now=now) for view in seen]


COLUMNS = (
    Column(
        id="kind",
        label="Action",
        value=c.of("kind"),
        show=lambda x: cells.link(x.row.title, x.row.href),
        ordering="kind",
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
        id="resource",
        label="About",
        value=c.of("resource"),
        show=lambda x: cells.link(x.row.about.id, x.row.about.href, is_code=True),
        ordering="resource",
    ),
    Column(
        id="made",
        label="Made",
        value=c.of("made"),
        show=lambda x: Cell(
            items=[Cell(text=t.id, href=t.href) for t in x.row.made], is_code=True
        ),
    ),
    c.moment("requested_at", "Requested", ordering="requested_at"),
    c.moment("finished_at", "Finished", ordering="finished_at", is_default=False),
    c.text("requested_by", "By", ordering="requested_by"),
    c.text("trigger", "Trigger", is_default=False),
    c.code("operation", "Call", is_default=False),
    c.code("ec2_code", "EC2 code"),
    c.code("aws_request_id", "AWS request ID", copies=True, is_default=False),
    c.text("message", "Message", css="text"),
    c.text("account", "Account", is_default=False),
    c.text("region", "Region", is_default=False),
    c.code("id", "Action ID", is_default=False),
)


TABLE = Table(
    id="actions",
    path="actions",
    template="failover/actions.html",
    title="Actions",
    noun="action",
    nouns="actions",
    hint="Kind, ID, user, EC2 code",
    rows=showing.list_actions,
    filters=showing.ActionFilter,
    columns=COLUMNS,
    view=showing.view_actions,
    dress=dress,
    key=lambda seen: str(seen.id),
    key_column="id",
    page=lambda seen: reverse("action", args=[seen.id]),
    empty_title="No actions yet",
    empty_text=(
        "What you create, change, start or release in EC2 from here stands here, with"
        " EC2's answer. What moves a floating resource is a job."
    ),
    has_ages=False,
)
