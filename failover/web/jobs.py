"""Jobs: the live job, and calling one off."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Role
from failover.services import queries, refusals, scoping, swaps
from failover.services.views import JobView
from failover.web import access, listing, naming
from failover.web.presenters import jobs as job_words


def present(found: list[JobView]) -> list[job_words.JobRow]:
    """Rows of jobs, with the instances' names."""
    names = naming.of_ends(found)
    now = wiring.now()
    return [job_words.row(view, names=names, now=now) for view in found]


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One job, live; a poll with `?rev=` gets 204 while nothing changes."""
    return _page(request, job_id)


@require_POST
@access.requires(Role.OPERATOR)
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Call the job off, or turn it round when calls were sent already."""
    try:
        swaps.cancel(job_id=job_id, actor=access.get_actor(request))
    except refusals.NotFound:
        raise
    except refusals.Refusal as refusal:
        messages.error(request, refusal.detail)
    return redirect("job", job_id)


def _page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = queries.get_job(job_id)
    view = queries.view_job(job)
    live = job_words.live(
        view,
        names=naming.of_ends([view]),
        has_pair=bool(view.pair and queries.get_pairs([view.pair])),
        now=wiring.now(),
    )
    if request.GET.get("rev") == live.rev and live.is_active:
        return HttpResponse(status=204)
    may_operate = scoping.is_allowed(job, Role.OPERATOR.value)
    context = {"job": live, "row": live.row, "may_operate": may_operate}
    return listing.respond(request, "failover/job.html", context)
