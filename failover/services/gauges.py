"""What a monitoring system wants to know, counted in the database when it asks.

Nothing is counted in a process: so all processes say the same, and a restart loses
nothing. Rows outside the asker's sight are not counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Sum,
)

from failover import wiring
from failover.models import Intent, ReconcilerBeat, WorkerBeat
from failover.models.jobs import ACTIVE_STATES
from failover.services import queries

OUTAGE_BUCKETS_S = (0.25, 0.5, 1.0, 2.5, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0)
DURATION_BUCKETS_S = (1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0)
ENDED = ("succeeded", "reversed", "cancelled")
# The names of AWS's outcomes as contract.md has them; an open call has none yet.
OPEN = "unknown"

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How many took at most so long, seconds; all of them together; and in sum."""

    labels: Labels
    buckets: Sequence[tuple[float, int]]
    count: int
    sum_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairGauge:
    """One pair's state now."""

    labels: Labels
    is_ready: bool
    is_drifted: bool
    is_frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionGauge:
    """How old what is known of a region is; None: it was never seen."""

    labels: Labels
    age_s: float | None
    has_error: bool


def count_ended_jobs() -> Mapping[Labels, int]:
    """Jobs that have ended, by kind, strategy and state."""
    return _count(_jobs().filter(state__in=ENDED), "kind", "strategy", "state")


def count_active_jobs() -> Mapping[Labels, int]:
    """Jobs at work, by state; a state without any is 0."""
    found: Counter[Labels] = Counter({(state,): 0 for state in ACTIVE_STATES})
    found.update(_count(_jobs().filter(state__in=ACTIVE_STATES), "state"))
    return found


def measure_outages() -> list[Histogram]:
    """From the begin of the outage until it was restored, by strategy."""
    dark = _jobs().filter(outage_started_at__isnull=False, restored_at__isnull=False)
    return _measure(
        dark, "strategy", "outage_started_at", "restored_at", OUTAGE_BUCKETS_S
    )


def measure_durations() -> list[Histogram]:
    """From the request of a job until its end, by kind."""
    ended = _jobs().filter(finished_at__isnull=False)
    return _measure(ended, "kind", "requested_at", "finished_at", DURATION_BUCKETS_S)


def count_calls() -> Mapping[Labels, int]:
    """Mutating calls of jobs, by EC2's action and by outcome."""
    sent = Intent.objects.filter(job__in=_jobs().values("id"))
    found: Counter[Labels] = Counter()
    for (action, outcome), count in _count(sent, "action", "outcome").items():
        found[(action, outcome or OPEN)] += count
    return found


def list_regions() -> list[RegionGauge]:
    """Every region, by account and name."""
    now = wiring.now()
    return [
        RegionGauge(
            labels=(region.account.name, region.name),
            age_s=_age_s(region.observed_at, now),
            has_error=bool(region.sync_error),
        )
        for region in queries.list_regions()
    ]


def list_pairs() -> list[PairGauge]:
    """Every pair, by name."""
    return [
        PairGauge(
            labels=(pair.name, pair.account, pair.region, pair.strategy),
            is_ready=pair.readiness.ready,
            is_drifted=pair.sync == "drifted",
            is_frozen=pair.frozen is not None,
        )
        for pair in queries.view_pairs(queries.list_pairs().order_by("name"))
    ]


def list_beats() -> Mapping[str, float]:
    """Seconds since any reconciler, and any worker, was last seen; never: left out."""
    now = wiring.now()
    seen = {
        "reconciler": ReconcilerBeat.objects.aggregate(at=Max("seen_at"))["at"],
        "worker": WorkerBeat.objects.aggregate(at=Max("seen_at"))["at"],
    }
    ages = {part: _age_s(at, now) for part, at in seen.items()}
    return {part: age for part, age in ages.items() if age is not None}


def _jobs() -> QuerySet[Any]:
    return queries.list_jobs().order_by()


def _count(rows: QuerySet[Any], *names: str) -> dict[Labels, int]:
    counted = rows.order_by().values_list(*names).annotate(count=Count("pk"))
    return {tuple(str(v) for v in labels): count for *labels, count in counted}


def _measure(
    rows: QuerySet[Any], by: str, start: str, end: str, limits_s: Iterable[float]
) -> list[Histogram]:
    took = ExpressionWrapper(F(end) - F(start), output_field=DurationField())
    limits = tuple(limits_s)
    counts = {
        f"within_{at}": Count("pk", filter=Q(took__lte=timedelta(seconds=limit)))
        for at, limit in enumerate(limits)
    }
    measured = (
        rows.annotate(took=took)
        .values(by)
        .annotate(count=Count("pk"), total=Sum("took"), **counts)
        .order_by(by)
    )
    return [
        Histogram(
            labels=(str(row[by]),),
            buckets=[(limit, row[f"within_{at}"]) for at, limit in enumerate(limits)],
            count=row["count"],
            sum_s=row["total"].total_seconds(),
        )
        for row in measured
    ]


def _age_s(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())
