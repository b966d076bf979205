"""Home: what needs a human now, running jobs, pairs, outages. And the refresh."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Pair, Role
from failover.services import (
    inventory,
    notices,
    outages,
    overview,
    queries,
    refusals,
)
from failover.services.views import JobView
from failover.web import access, jobs, listing, naming
from failover.web.presenters import concerns, history, timing
from failover.web.presenters import jobs as job_words
from failover.web.presenters import pairs as pair_words
from failover.web.presenters.concerns import Concern

MOST_CONCERNS, MOST_PAIRS, MOST_RUNNING, LAST_JOBS = 25, 12, 10, 5
SPANS = (30, 90)


@require_safe
@access.requires(Role.VIEWER)
def home(request: HttpRequest) -> HttpResponse:
    """The first page."""
    now = wiring.now()
    ages = listing.ages(request)
    counts = overview.count_standings(now)
    attention = _attention(request, ages, now)
    context = {
        "attention": attention[:MOST_CONCERNS],
        "more_attention": max(0, len(attention) - MOST_CONCERNS),
        "parts": concerns.parts(counts),
        "total_pairs": sum(counts.values()),
        "pairs": _rows(
            request, list(queries.list_pairs().order_by("name")[:MOST_PAIRS]), now
        ),
        "running": _running(now),
        "jobs": jobs.present(_ended()),
        "ages": timing.few(ages),
        "steps": concerns.first_steps(
            has_region=bool(ages),
            is_read=any(r.synced_at for r in queries.list_regions()),
            has_pair=bool(sum(counts.values())),
            is_admin=access.has_role(request, Role.ADMIN),
        ),
        "poll_s": listing.poll_s(request),
    }
    if not getattr(request, "htmx", None):
        context |= _trend(request, now)
    return listing.respond(request, "failover/home.html", context)


@require_POST
@access.requires(Role.OPERATOR)
def refresh(request: HttpRequest) -> HttpResponse:
    """Ask for a fresh read of every region of one's own; it begins within a second."""
    actor = access.get_actor(request)
    regions = queries.list_permitted_regions()
    if not regions:
        messages.warning(request, "There is no region that your role may read anew.")
        return _told(request)
    for region in regions:
        try:
            inventory.request_sync(region, actor)
        except refusals.Refusal as refusal:
            messages.error(request, f"{region.name}: {refusal.detail}")
    messages.success(request, "EC2 is being read again.")
    return _told(request)


def _told(request: HttpRequest) -> HttpResponse:
    """The messages: beside a table, which keeps its ticks; without htmx on the page."""
    if listing.is_part(request):
        return render(request, "failover/messages_beside.html")
    return redirect(safe_next(request))


def safe_next(request: HttpRequest) -> str:
    """Where to go back to; never to another host."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "/"


def _attention(
    request: HttpRequest, ages: Sequence[timing.Age], now: datetime
) -> list[Concern]:
    """Everything that waits for somebody, the worst first."""
    # Those that wait for humans: parked, or with a service that does not answer.
    is_overdue = Q(state="running", probe_overdue_at__isnull=False)
    waiting = queries.list_jobs().filter(Q(state="parked") | is_overdue)
    parked = queries.view_jobs(waiting)
    found = list(overview.list_troubled(now)[: 2 * MOST_CONCERNS])
    views = queries.view_pairs(found)
    rows = [pair_words.row(v, may_operate=False, now=now) for v in views]
    freezes = [
        (row, code, frozen)
        for pair, view, row in zip(found, views, rows, strict=True)
        if (code := overview.freeze_asks(pair, now))
        and (frozen := pair_words.frozen(view, now))
    ]
    return [
        *concerns.parked(jobs.present(parked)),
        *concerns.silent(notices.get_silence(now), now),
        *concerns.unread(ages),
        # Whoever froze a pair knows that it is not ready, not that somebody moved it.
        *concerns.troubled(
            [r for r, v in zip(rows, views, strict=True) if r.drift or not v.frozen]
        ),
        *concerns.freezes(freezes),
    ]


def _rows(
    request: HttpRequest, found: Sequence[Pair], now: datetime
) -> list[pair_words.PairRow]:
    mine = access.pairs_with(request, Role.OPERATOR, [pair.name for pair in found])
    return [
        pair_words.row(view, may_operate=view.name in mine, now=now)
        for view in queries.view_pairs(found)
    ]


def _running(now: datetime) -> list[job_words.LiveJob]:
    active = queries.list_jobs().filter(state__in=("queued", "running"))
    views = queries.view_jobs(active[:MOST_RUNNING])
    names = naming.of_ends(views)
    return [job_words.live(v, names=names, has_pair=True, now=now) for v in views]


def _ended() -> list[JobView]:
    over = queries.list_jobs().filter(finished_at__isnull=False)
    return queries.view_jobs(over[:LAST_JOBS])


def _trend(request: HttpRequest, now: datetime) -> dict[str, object]:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]
    return {
        "trend": history.trend(outages.list_days(days=days, now=now)),
        "spans": [(span, span == days) for span in SPANS],
    }
