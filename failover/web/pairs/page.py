"""The page of one pair: its picture and readiness, and on another tab its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import Pair, Role
from failover.services import (
    advising,
    outages,
    queries,
    refusals,
    scoping,
    surroundings,
)
from failover.services.views import JobView, PairView
from failover.web import access, forms, jobs, listing, naming
from failover.web.presenters import advice as advice_words
from failover.web.presenters import history as history_words
from failover.web.presenters import jobs as job_words
from failover.web.presenters import pairs as pair_words
from failover.web.presenters import refusals as refusal_words
from failover.web.presenters.topology import topology

LAST_JOBS, JOBS_PER_PAGE = 5, 25
# A page with a job at work looks each second. Without one it looks more often than
# tables do: a swap that somebody else starts is over in a few seconds.
POLL_BUSY_S, POLL_CALM_S = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a form on the page has to say: what was wrong with it, or a refusal."""

    freeze: forms.FreezeForm | None = None
    acknowledge: forms.AcknowledgeForm | None = None
    refusal: refusals.Refusal | None = None

    @property
    def status(self) -> int:
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.freeze or self.acknowledge else 200


NOTHING = Said()


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """The pair as it is now."""
    return overview(request, queries.get_pair(name))


@require_safe
@access.requires(Role.VIEWER)
def show_history(request: HttpRequest, name: str) -> HttpResponse:
    """Every swap of the pair, and what each has cost."""
    pair = queries.get_pair(name)
    now = wiring.now()
    rows = queries.list_jobs().filter(pair_name=pair.name)
    page = Paginator(rows, JOBS_PER_PAGE).get_page(request.GET.get("page"))
    view = queries.view_pair(pair)
    context = {
        **head(request, pair, view),
        "page": page,
        "jobs": jobs.present(queries.view_jobs(page.object_list)),
        "history": _history(pair, view),
        "now": now,
    }
    return listing.respond(request, "failover/pair_history.html", context)


def overview(request: HttpRequest, pair: Pair, said: Said = NOTHING) -> HttpResponse:
    """The first tab; posted forms come back to it with what they have to say."""
    view = queries.view_pair(pair)
    now = wiring.now()
    last = queries.view_jobs(
        queries.list_jobs().filter(pair_name=pair.name)[:LAST_JOBS]
    )
    job = next((j for j in last if j.id == view.job), None)
    context = {
        **head(request, pair, view),
        "topology": topology(view, surroundings.get_surroundings(pair), job=job),
        "live": _live(job, now),
        "jobs": jobs.present(last),
        "history": _history(pair, view),
        "unread": _unread(last, pair, now),
        "freeze_form": said.freeze or forms.FreezeForm(),
        "acknowledge_form": said.acknowledge or forms.AcknowledgeForm(),
        "poll_s": POLL_BUSY_S if view.job else POLL_CALM_S,
        "advice": _advice(pair),
        "refusal": refusal_words.view(said.refusal) if said.refusal else None,
    }
    return listing.respond(request, "failover/pair.html", context, status=said.status)


def head(request: HttpRequest, pair: Pair, view: PairView) -> dict[str, Any]:
    """What all tabs of a pair show above themselves."""
    now = wiring.now()
    may_operate = scoping.is_allowed(pair, Role.OPERATOR.value)
    return {
        "may_operate": may_operate,
        "may_admin": scoping.is_allowed(pair, Role.ADMIN.value),
        "row": pair_words.row(view, may_operate=may_operate, now=now),
        "frozen": pair_words.frozen(view, now),
        "probe": view.probe,
        "pair_tabs": pair_words.tabs(pair.name, request.path),
    }


def _history(pair: Pair, view: PairView) -> history_words.History:
    now = wiring.now()
    return history_words.history(
        outages.list_swaps(pair),
        proofs=outages.list_proofs(pair, now=now),
        names=pair_words.names_of(view),
        now=now,
    )


def _live(job: JobView | None, now: datetime) -> job_words.LiveJob | None:
    if job is None:
        return None
    names = naming.of_ends([job])
    return job_words.live(job, names=names, has_pair=True, now=now)


def _unread(
    last: list[JobView], pair: Pair, now: datetime
) -> history_words.Unread | None:
    """The last end that somebody should have seen, until somebody has."""
    if not last or not outages.needs_eyes(last[0], pair):
        return None
    names = naming.of_ends(last[:1])
    return history_words.unread(job_words.row(last[0], names=names, now=now))


def _advice(pair: Pair) -> advice_words.Advice | None:
    """None while the instances are not seen yet."""
    try:
        return advice_words.advice(advising.advise_pair(pair))
    except refusals.NotFound:
        return None
