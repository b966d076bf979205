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
        show=lambda x: cells.link(x.row.title, x.row.href, css="nowrap"),
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
        show=lambda x: cells.code(x.row.about.id, x.row.about.href),
        ordering="resource",
    ),
    Column(
        id="made",
        label="Made",
        value=c.of("made"),
        show=lambda x: Cell(items=[cells.code(t.id, t.href) for t in x.row.made]),
    ),
    c.moment("requested_at", "Requested", ordering="requested_at"),
    c.moment("finished_at", "Finished", ordering="finished_at", is_default=False),
    c.text("requested_by", "By", ordering="requested_by"),
    Column(
        id="trigger",
        label="Trigger",
        value=c.of("trigger"),
        show=lambda x: Cell(text=x.row.trigger),
        is_default=False,
    ),
    c.term("operation", "Call", is_default=False),
    c.term("ec2_code", "EC2 code"),
    c.code("aws_request_id", "AWS request ID", is_default=False),
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
    named=lambda shown: shown.row.title,
    known_by=lambda shown: shown.row.about.id,
    page=lambda seen: reverse("action", args=[seen.id]),
    empty_title="No actions yet",
    empty_text=(
        "What you create, change, start or release in EC2 from here stands here, with"
        " EC2's answer. What moves a floating resource is a job."
    ),
    has_ages=False,
)
