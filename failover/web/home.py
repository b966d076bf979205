"""Home: what needs attention, running jobs, pairs. And the refresh from EC2."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Pair, Role
from failover.services import inventory, queries, refusals
from failover.web import access, jobs, listing
from failover.web.presenters import jobs as job_words
from failover.web.presenters import pairs as pair_words
from failover.web.presenters import timing
from failover.web.presenters.badges import Badge, make

MOST_PAIRS, LAST_JOBS = 200, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One line of what needs attention."""

    badge: Badge
    name: str
    href: str
    text: str


@require_safe
@access.requires(Role.VIEWER)
def home(request: HttpRequest) -> HttpResponse:
    """The first page."""
    now = wiring.now()
    views = queries.view_pairs(_first_pairs())
    may_operate = access.has_role(request, Role.OPERATOR)
    pairs = [pair_words.row(v, may_operate=may_operate, now=now) for v in views]
    last = jobs.present(queries.view_jobs(queries.list_jobs()[:LAST_JOBS]))
    # Those that wait for humans: parked, or with a service that does not answer.
    is_overdue = Q(state="running", probe_overdue_at__isnull=False)
    parked = queries.list_jobs().filter(Q(state="parked") | is_overdue)
    ages = listing.ages()
    context = {
        "attention": [
            *_parked(jobs.present(queries.view_jobs(parked))),
            *_troubled(pairs),
            *_unread(ages),
        ],
        "pairs": pairs[:20],
        "jobs": last,
        "ages": ages,
        "has_regions": bool(ages),
        "poll_s": listing.poll_s(),
    }
    return listing.respond(request, "failover/home.html", context)


@require_POST
@access.requires(Role.OPERATOR)
def refresh(request: HttpRequest) -> HttpResponse:
    """Ask for a fresh read of every region; it begins within a second."""
    actor = access.get_actor(request)
    for region in queries.list_regions():
        try:
            inventory.request_sync(region, actor)
        except refusals.Refusal as refusal:
            messages.error(request, f"{region.name}: {refusal.detail}")
    messages.success(request, "EC2 is being read again.")
    return redirect(safe_next(request))


def safe_next(request: HttpRequest) -> str:
    """Where to go back to; never to another host."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "/"


def _first_pairs() -> list[Pair]:
    """The first ones by name, and wherever in the list those that are not ready."""
    pairs = queries.list_pairs().order_by("name")
    first = list(pairs[:MOST_PAIRS])
    unready = pairs.filter(readiness_news__is_ready=False)
    others = unready.exclude(id__in=[p.pk for p in first])
    return [*first, *others[:MOST_PAIRS]]


def _parked(rows: list[job_words.JobRow]) -> list[Concern]:
    return [
        Concern(badge=r.state, name=r.title, href=r.href, text=r.message) for r in rows
    ]


def _troubled(rows: list[pair_words.PairRow]) -> list[Concern]:
    return [
        Concern(
            badge=row.sync if row.drift else row.health,
            name=row.name,
            href=row.href,
            text=pair_words.trouble(row),
        )
        for row in rows
        if row.is_troubled
    ]


def _unread(ages: list[timing.Age]) -> list[Concern]:
    return [
        Concern(
            badge=make("Stale", "warning"),
            name="Network interfaces",
            href="/interfaces/",
            text=f"{age.text}. {age.error}".strip(),
        )
        for age in ages
        if age.is_stale
    ]
