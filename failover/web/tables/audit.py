"""The audit log."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from failover.models import AuditEntry
from failover.services import filters, queries
from failover.web.presenters import audit as audit_words
from failover.web.presenters import cells
from failover.web.presenters.cells import Cell
from failover.web.tables import columns as c
from failover.web.tables.columns import Column, Shown
from failover.web.tables.table import Tab, Table


def dress(_request: HttpRequest, seen: Sequence[AuditEntry]) -> list[Any]:
    """Rows are shown as they were written."""
    return list(seen)


def _page(entry: AuditEntry) -> str:
    return reverse("audit-row", args=[entry.seq])


def _job(entry: AuditEntry) -> Cell:
    if entry.job_id is None:
        return Cell()
    href = reverse("job", args=[entry.job_id])
    return cells.link(str(entry.job_id)[:8], href, is_code=True)


COLUMNS = (
    Column(
        id="seq",
        label="Number",
        value=c.of("seq"),
        show=lambda x: cells.link(str(x.seen.seq), _page(x.seen), css="numbers"),
        ordering="seq",
        is_key=True,
    ),
    c.moment("at", "Time", ordering="at", is_exact=True),
    Column(
        id="actor",
        label="Actor",
        value=c.of("actor"),
        show=lambda x: Cell(
            text=x.seen.actor,
            href=audit_words.rows_href(person=x.seen.actor),
            hint=f"token {x.seen.token}" if x.seen.token else "",
        ),
        ordering="actor",
    ),
    c.text("token", "Token", is_default=False),
    c.term("action", "Action", ordering="action"),
    c.term("object", "Object", ordering="object"),
    Column(
        id="outcome",
        label="Outcome",
        value=c.of("outcome"),
        show=lambda x: Cell(badge=audit_words.outcome(x.seen)),
        ordering="outcome",
    ),
    c.code("source_ip", "Source IP"),
    Column(id="job", label="Job", value=c.of("job_id"), show=lambda x: _job(x.seen)),
    c.text("reason", "Reason", css="text"),
    c.code("aws_request_id", "AWS request ID", is_default=False),
    c.code("plan_hash", "Plan hash", is_default=False),
    c.text("before", "Before", is_default=False, css="text"),
    c.text("after", "After", is_default=False, css="text"),
    c.code("hash", "Hash", is_default=False),
)


def tabs(_request: HttpRequest, shown: Shown) -> list[Tab]:
    """What was before, and what after; what differs comes first."""
    return [
        Tab(
            id="change",
            label="Before and after",
            heads=("Field", "Before", "After"),
            lines=[
                (
                    Cell(text=change.name, hint="changed" if change.is_changed else ""),
                    Cell(text=change.before, is_code=True),
                    Cell(text=change.after, is_code=True),
                )
                for change in audit_words.changes(shown.seen)
            ],
            empty="Nothing of the object was changed.",
        )
    ]


TABLE = Table(
    id=filters.AuditFilter.table_id,
    path="audit",
    template="failover/audit.html",
    title="Audit log",
    noun="entry",
    nouns="entries",
    hint="Actor, action, object, reason",
    rows=queries.list_audit,
    filters=filters.AuditFilter,
    columns=COLUMNS,
    view=list,
    dress=dress,
    key=lambda seen: str(seen.seq),
    named=lambda shown: f"{shown.seen.seq}: {shown.seen.action}",
    known_by=lambda shown: shown.seen.object,
    key_column="seq",
    page=_page,
    tabs=tabs,
    empty_title="Nothing has been done yet",
    empty_text="Every action and every refusal will stand here.",
    has_ages=False,
)
