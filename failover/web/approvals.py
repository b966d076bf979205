"""Swaps that wait for a second person: the list, the plan to weigh, the word."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Approval, Role
from failover.services import approvals, refusals
from failover.web import access, listing, naming
from failover.web.people.forms_of_access import DecisionForm
from failover.web.presenters import approvals as words
from failover.web.presenters import refusals as refusal_words


@require_safe
@access.requires(Role.VIEWER)
def show_list(request: HttpRequest) -> HttpResponse:
    """Every request, newest first; `?state=pending` those that wait."""
    is_pending = request.GET.get("state") == "pending"
    found = approvals.list_pending() if is_pending else approvals.list_approvals()
    page = Paginator(found, listing.ROWS_PER_PAGE).get_page(request.GET.get("page"))
    now = wiring.now()
    context = {
        "page": page,
        "rows": [words.row(approval, now=now) for approval in page.object_list],
        "is_pending": is_pending,
        "poll_s": listing.poll_s(request),
    }
    return listing.respond(request, "failover/approvals.html", context)


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """One request: its plan, and what may be done with it."""
    return _page(request, approvals.get(approval_id))


@require_POST
@access.requires(Role.APPROVER)
def decide(request: HttpRequest, approval_id: UUID, verb: str) -> HttpResponse:
    """Approve, deny, or take note of a broken glass."""
    row, actor = approvals.get(approval_id), access.get_actor(request)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    comment = form.cleaned_data["comment"]
    try:
        match verb:
            case "approve":
                approvals.approve(approval=row, actor=actor, comment=comment)
                said = f"Approved: {row.requested_by} can swap {row.pair_name} now."
            case "deny":
                approvals.deny(approval=row, actor=actor, comment=comment)
                said = "Denied."
            case "acknowledge":
                approvals.acknowledge(approval=row, actor=actor)
                said = "Noted."
            case _:
                raise Http404
    except refusals.Refusal as refusal:
        row.refresh_from_db()
        return _page(request, row, form=form, refusal=refusal)
    messages.success(request, said)
    return redirect("approval", approval_id)


def _page(
    request: HttpRequest,
    row: Approval,
    *,
    form: DecisionForm | None = None,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = access.get_actor(request)
    names = naming.of_instances({row.from_instance_id, row.to_instance_id} - {""})
    shown = words.detail(
        row, actor=actor, names=names, now=wiring.now(), key=wiring.new_uuid()
    )
    context = {
        "approval": shown,
        "form": form or DecisionForm(),
        "refusal": refusal_words.view(refusal) if refusal else None,
    }
    return listing.respond(
        request,
        "failover/approval.html",
        context,
        status=refusal.status if refusal else status,
    )
