"""The audit log as a table."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import AuditEntry, Role
from failover.services import filters, queries
from failover.web import access, listing
from failover.web.presenters import timing


def _present(_request: HttpRequest, page: Page[AuditEntry]) -> list[Any]:
    now = wiring.now()
    return [
        {
            "seq": entry.seq,
            "at": timing.moment(entry.at, now),
            "actor": entry.actor,
            "token": entry.token,
            "action": entry.action,
            "object": entry.object,
            "outcome": entry.outcome,
            "source_ip": entry.source_ip,
            "reason": entry.reason,
            "short_job": str(entry.job_id)[:8],
            "job_href": reverse("job", args=[entry.job_id]) if entry.job_id else "",
        }
        for entry in page.object_list
    ]


TABLE = listing.Table(
    template="failover/audit.html",
    rows=queries.list_audit,
    filters=filters.AuditFilter,
    heads=(
        ("seq", "Number"),
        ("at", "Time"),
        ("actor", "Actor"),
        ("", "Action"),
        ("", "Object"),
        ("", "Outcome"),
        ("", "Source IP"),
        ("", "Job"),
        ("", "Reason"),
    ),
    present=_present,
    labels={"actor": "Actor", "action": "Action", "object": "Object", "job": "Job"},
    empty_title="Nothing has been done yet",
    empty_text="Every action and every refusal will stand here.",
    has_ages=False,
)


@require_safe
@access.requires(Role.VIEWER)
def show_list(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    return listing.show(request, TABLE)
