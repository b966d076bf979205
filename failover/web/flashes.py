"""Messages of the jobs that somebody started: on every page, until they are closed.

What went well goes by itself after ten minutes; what did not stays.

They are kept nowhere: a job's row is its message. A session only remembers which of
them were closed.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Role, User
from failover.models.jobs import IS_ACTIVE
from failover.services import queries
from failover.web import access, naming
from failover.web.presenters import flashes as words

MOST = 3
# How long the end of a job is told; of a failure until it is closed, but for old news.
TOLD_FOR = timedelta(minutes=10)
FAILURE_TOLD_FOR = timedelta(days=1)
# Ends that nobody has asked for.
FAILED = Q(state="reversed") | Q(state="cancelled", cancel_requested_at=None)
# How many closed ones a session remembers.
MOST_CLOSED = 100
CLOSED = "closed_flashes"
# A page that shows a job, or a pair, itself: its filter and the argument of its path.
SHOWN = {"job": "job_id", "pair": "name"}


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest) -> HttpResponse:
    """The messages as they are now; 204 while nothing has changed."""
    query = {name: request.GET.get(name, "") for name in SHOWN}
    found = list_flashes(request, **query)
    if found.items and request.GET.get("rev") == found.rev:
        return HttpResponse(status=204)
    context = {"flashes": found}
    return render(request, "failover/parts/job_flashes.html", context)


@require_POST
@access.requires(Role.VIEWER)
def close(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Do not show this one again."""
    closed = [*request.session.get(CLOSED, []), str(job_id)]
    request.session[CLOSED] = closed[-MOST_CLOSED:]
    if getattr(request, "htmx", None):
        return HttpResponse(status=200)
    return redirect("home")


def of_page(request: HttpRequest) -> words.JobFlashes:
    """The messages on the page of this request."""
    match = request.resolver_match
    arguments = match.kwargs if match else {}
    is_new = match is not None and match.url_name == "pair-new"
    query = {
        name: "" if is_new else str(arguments.get(argument, ""))
        for name, argument in SHOWN.items()
    }
    return list_flashes(request, **query)


def list_flashes(request: HttpRequest, *, job: str, pair: str) -> words.JobFlashes:
    """Jobs of the user, newest first, but for the one that the page is about."""
    if not isinstance(request.user, User):
        return words.JobFlashes()
    now, user = wiring.now(), request.user.get_username()
    rows = queries.list_jobs().filter(
        IS_ACTIVE
        | Q(finished_at__gt=now - TOLD_FOR)
        | (FAILED & Q(finished_at__gt=now - FAILURE_TOLD_FOR)),
        requested_by=user,
        trigger="ui",
    )
    if pair:
        rows = rows.exclude(pair_name=pair)
    hidden = {*request.session.get(CLOSED, []), job}
    # Mostly there are none: the keys are asked for first, they cost little.
    keys = rows.values_list("pk", flat=True)[: MOST_CLOSED + MOST]
    found = [key for key in keys if str(key) not in hidden]
    told = rows.filter(pk__in=found[:MOST]) if found else ()
    views = queries.view_jobs(told)
    return words.flashes(
        views,
        names=naming.of_ends(views),
        more=max(0, len(found) - MOST),
        more_href=f"{reverse('jobs')}?{urlencode({'f': f'requested_by={user}'})}",
        query=urlencode({"job": job, "pair": pair}),
        now=now,
    )
