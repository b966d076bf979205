"""One row of the audit: who, what, before and after, and its place in the chain."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from failover import audit, wiring
from failover.models import AuditEntry, Role
from failover.services import attesting, queries
from failover.web import access
from failover.web.presenters import audit as audit_words
from failover.web.presenters import timing

# More than any chain has, and what a database still takes for a number.
MOST_SEQ = 2**63 - 1


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, seq: int) -> HttpResponse:
    """The row of that number."""
    rows = queries.list_audit()
    entry = rows.filter(seq=seq).first() if seq <= MOST_SEQ else None
    if entry is None:
        raise Http404(f"There is no row {seq}.")
    now = wiring.now()
    context = {
        "entry": entry,
        "at": timing.moment(entry.at, now),
        "outcome": audit_words.outcome(entry),
        "changes": audit_words.changes(entry),
        "has_before": entry.before is not None,
        "object_href": audit_words.object_href(entry),
        "object_rows_href": audit_words.rows_href(object=entry.object),
        "actor_rows_href": audit_words.rows_href(person=entry.actor),
        "token_rows_href": audit_words.rows_href(token=entry.token),
        "job_rows_href": audit_words.rows_href(job=str(entry.job_id or "")),
        "fits": audit.digest(entry) == entry.hash and _follows(entry),
        "state": audit_words.state(attesting.last_check(), now),
        "older": rows.filter(seq__lt=seq).values_list("seq", flat=True).first(),
        "newer": rows.filter(seq__gt=seq)
        .order_by("seq")
        .values_list("seq", flat=True)
        .first(),
    }
    return render(request, "failover/audit_row.html", context)


def _follows(entry: AuditEntry) -> bool:
    """Whether it names the hash of the row before it, whoever may see that one."""
    before = AuditEntry.objects.filter(seq=entry.seq - 1).values_list("hash", flat=True)
    return entry.prev_hash == (before.first() or audit.GENESIS)
