"""What this installation has measured of itself."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from failover.models import Job, Pair

# What is said until there is a history: for `eni` detach 3 s and attach 2 s, as in
# published measurements, and two calls; for the others one call and one look.
DEFAULTS_S: Mapping[str, float] = {
    "eni": 5.3,
    "eip": 0.3,
    "private-ip": 0.3,
    "route": 0.3,
}
NEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A median outage, seconds. `swaps` 0: nobody has measured, it is what we assume.

    `of` says whose swaps they are: `pair`, `region`, `installation` or `nobody`.
    """

    outage_s: float
    swaps: int
    of: str


def expected_outage_s(*, pair: Pair) -> float:
    """The median outage of the pair's last swaps, else of others like it, seconds."""
    return measure(strategy=pair.strategy, pair=pair).outage_s


def measure(
    *, strategy: str, pair: Pair | None = None, region_id: int | None = None
) -> Measured:
    """The outage of a strategy, from the closest history that there is."""
    done = Job.objects.filter(
        kind="swap",
        strategy=strategy,
        state="succeeded",
        outage_started_at__isnull=False,
        restored_at__isnull=False,
    ).order_by("-requested_at", "-id")
    if pair is not None:
        region_id = pair.region_id
    nearest: dict[str, QuerySet[Job]] = {}
    if pair is not None and pair.pk is not None:
        nearest["pair"] = done.filter(pair=pair)
    if region_id is not None:
        nearest["region"] = done.filter(region_id=region_id)
    nearest["installation"] = done
    for of, jobs in nearest.items():
        spans = _spans(jobs)
        if spans:
            median = round(statistics.median(spans), 3)
            return Measured(outage_s=median, swaps=len(spans), of=of)
    return Measured(outage_s=DEFAULTS_S[strategy], swaps=0, of="nobody")


def _spans(jobs: QuerySet[Job]) -> list[float]:
    stamps = jobs.values_list("outage_started_at", "restored_at")[:NEWEST]
    return [
        (restored_at - started_at).total_seconds()
        for started_at, restored_at in stamps
        if started_at and restored_at
    ]
