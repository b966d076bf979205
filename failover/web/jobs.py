"""Jobs: the table, the live job, and calling one off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Job, Role
from failover.services import filters, queries, refusals, swaps
from failover.services.views import JobView
from failover.web import access, instances, listing
from failover.web.presenters import jobs as job_words

STATES = ("queued", "running", "parked", "succeeded", "reversed", "cancelled")


def present(found: list[JobView]) -> list[job_words.JobRow]:
    """Rows of jobs, with the instances' names."""
    names = names_of_ends(found)
    now = wiring.now()
    return [job_words.row(view, names=names, now=now) for view in found]


def _present(_request: HttpRequest, page: Page[Job]) -> list[Any]:
    return present(queries.view_jobs(page.object_list))


TABLE = listing.Table(
    template="failover/jobs.html",
    rows=queries.list_jobs,
    filters=filters.JobFilter,
    heads=(
        ("", "Job"),
        ("state", "State"),
        ("pair", "What"),
        ("", "From"),
        ("", "To"),
        ("requested_at", "Requested"),
        ("", "Duration"),
        ("", "Outage"),
        ("requested_by", "By"),
        ("", "Trigger"),
        ("", "Reason"),
    ),
    present=_present,
    selects=(
        listing.Select(field="state", label="State", all="Any", values=lambda: STATES),
        listing.Select(
            field="pair",
            label="Pair",
            all="Any",
            values=lambda: list(queries.list_pairs().values_list("name", flat=True)),
        ),
    ),
    labels={"kind": "Kind", "requested_by": "By"},
    empty_title="No jobs yet",
    empty_text="A swap, an attach or a detach starts one.",
    has_ages=False,
)


@require_safe
@access.requires(Role.VIEWER)
def show_list(request: HttpRequest) -> HttpResponse:
    """Every job, newest first."""
    return listing.show(request, TABLE)


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
    except refusals.NotFound as error:
        raise Http404(str(error)) from error
    except refusals.Refusal as refusal:
        messages.error(request, refusal.detail)
    return redirect("job", job_id)


def _page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    try:
        view = queries.view_job(queries.get_job(job_id))
    except refusals.NotFound as error:
        raise Http404(str(error)) from error
    live = job_words.live(
        view,
        names=names_of_ends([view]),
        has_pair=bool(view.pair and queries.get_pairs([view.pair])),
        now=wiring.now(),
    )
    if request.GET.get("rev") == live.rev and live.is_active:
        return HttpResponse(status=204)
    context = {"job": live, "row": live.row}
    return listing.respond(request, "failover/job.html", context)


def names_of_ends(found: list[JobView]) -> dict[str, str]:
    """The Name tags of the instances that jobs move something between."""
    ends = {end for v in found for end in (v.from_instance_id, v.to_instance_id)}
    return instances.names_of({end for end in ends if end})
