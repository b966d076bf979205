"""What finished swaps have cost: each outage, the middle of them, and the worst."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Floor, Greatest
from django.utils import timezone

from failover.models import AuditEntry, Job, Pair
from failover.models.jobs import ACTIVE_STATES
from failover.models.moments import PosixSeconds
from failover.services import queries, steps
from failover.services.views import JobView

NEWEST = 60
# A standby that nobody has swapped to for this long is a hope, not a standby.
PROVEN_FOR = timedelta(days=90)
QUARTER_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A finished swap; `outage_s` is None where it never went dark."""

    job_id: UUID
    state: str
    at: datetime
    to_instance_id: str
    outage_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of the succeeded among some swaps: seconds; None without any."""

    swaps: int
    succeeded: int
    median_s: float | None
    p95_s: float | None
    worst_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """When a swap to this instance last succeeded; `is_old` from never onwards."""

    instance_id: str
    at: datetime | None
    is_old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day's finished swaps, in the zone of who looks."""

    day: date
    swaps: int
    succeeded: int
    outage_s: float


def list_swaps(pair: Pair) -> list[Swap]:
    """The pair's newest finished swaps, the newest last."""
    rows = _finished().filter(pair_name=pair.name, pair=pair)
    return [
        _swap(row) for row in reversed(rows.order_by("-requested_at", "-id")[:NEWEST])
    ]


def figure(swaps: Iterable[Swap]) -> Figures:
    """Median, 95th percentile by nearest rank, and the longest."""
    found = list(swaps)
    spans = sorted(
        s.outage_s for s in found if s.state == "succeeded" and s.outage_s is not None
    )
    return Figures(
        swaps=len(found),
        succeeded=sum(s.state == "succeeded" for s in found),
        median_s=statistics.median(spans) if spans else None,
        p95_s=percentile(spans, 0.95),
        worst_s=spans[-1] if spans else None,
    )


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """By nearest rank, so that it is a value that was measured."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def list_proofs(pair: Pair, *, now: datetime) -> tuple[Proof, Proof]:
    """When each end last proved that it can hold the resource: primary, standby."""
    last = dict(
        _finished()
        .order_by()
        .filter(pair=pair, state="succeeded")
        .values_list("to_instance_id")
        .annotate(Max("finished_at"))
    )
    primary, standby = (
        Proof(
            instance_id=end,
            at=(at := last.get(end)),
            is_old=at is None or now - at > PROVEN_FOR,
        )
        for end in (pair.primary_instance_id, pair.standby_instance_id)
    )
    return primary, standby


def needs_eyes(job: JobView, pair: Pair) -> bool:
    """Whether the job ended as nobody wished, and nobody has acknowledged that."""
    if job.is_active or job.finished_at is None:
        return False
    is_odd = job.state == "reversed" or job.trigger in ("auto", "guard")
    if not is_odd:
        return False
    # `at` is indexed, and little was written since.
    since = AuditEntry.objects.filter(at__gte=job.finished_at)
    seen = since.filter(action="pair.acknowledge", object=f"pair/{pair.name}")
    return not seen.exists()


def list_days(*, days: int, now: datetime) -> list[Day]:
    """Every day until today, those without a swap too."""
    today = timezone.localtime(now).date()
    first = today - timedelta(days=days - 1)
    since = now - timedelta(days=days)
    zone = timezone.get_current_timezone()
    spans: dict[date, tuple[int, int, float]] = {}
    for quarter, swaps, succeeded, outage_s in _count_quarters(since):
        day = datetime.fromtimestamp(quarter * QUARTER_S, tz=zone).date()
        before = spans.get(day, (0, 0, 0.0))
        spans[day] = (
            before[0] + swaps,
            before[1] + succeeded,
            before[2] + (outage_s or 0.0),
        )
    return [
        Day(day=day, swaps=swaps, succeeded=succeeded, outage_s=round(outage_s, 3))
        for day in (first + timedelta(days=n) for n in range(days))
        for swaps, succeeded, outage_s in (spans.get(day, (0, 0, 0.0)),)
    ]


def _count_quarters(since: datetime) -> Iterable[tuple[int, int, int, float | None]]:
    """Of each quarter of an hour: its number, swaps, how many succeeded, outages.

    The database adds: of a busy house these are tens of thousands of rows. Days begin
    where a zone says; no zone's day begins within a quarter.
    """
    rows = _finished().filter(requested_at__gt=since).select_related(None).order_by()
    outage_s = PosixSeconds("restored_at") - PosixSeconds("outage_started_at")
    return (
        rows.values(quarter=Floor(PosixSeconds("finished_at") / QUARTER_S))
        .annotate(
            swaps=Count("pk"),
            succeeded=Count("pk", filter=Q(state="succeeded")),
            outage_s=Sum(Greatest(outage_s, 0.0)),
        )
        .values_list("quarter", "swaps", "succeeded", "outage_s")
    )


def _finished() -> QuerySet[Job]:
    rows = queries.list_jobs().filter(kind="swap")
    return rows.exclude(state__in=ACTIVE_STATES)


def _swap(job: Job) -> Swap:
    return Swap(
        job_id=job.id,
        state=job.state,
        at=job.finished_at or job.requested_at,
        to_instance_id=job.to_instance_id,
        outage_s=steps.seconds_between(job.outage_started_at, job.restored_at),
    )
