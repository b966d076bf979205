"""What a pair's swaps have cost: a chart, figures, and when each end was proven."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from failover.services import outages
from failover.services.outages import Day, Proof, Swap
from failover.web.presenters import badges, charts, jobs, timing
from failover.web.presenters.badges import Badge
from failover.web.presenters.charts import Chart, Value
from failover.web.presenters.timing import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """One end, and when a swap to it last succeeded."""

    name: str
    id: str
    at: Moment | None
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The newest swaps of a pair. No chart without one that ended."""

    chart: Chart | None
    swaps: int
    succeeded: int
    median: str
    p95: str
    worst: str
    proven: tuple[Proven, ...]

    @property
    def is_unproven(self) -> bool:
        """Whether an end has not held the resource for too long."""
        return any(p.badge.tone == "warning" for p in self.proven)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """The end of a job that somebody should put on record as seen."""

    job: jobs.JobRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Outages by day, of all pairs."""

    chart: Chart
    days: int
    swaps: int
    rows: tuple[tuple[str, int, str], ...]
    said: str


def history(
    swaps: Sequence[Swap],
    *,
    proofs: Sequence[Proof],
    names: Mapping[str, str],
    now: datetime,
) -> History:
    """`swaps` with the newest last."""
    figures = outages.figure(swaps)
    return History(
        chart=charts.chart(_values(swaps), median=figures.median_s) if swaps else None,
        swaps=figures.swaps,
        succeeded=figures.succeeded,
        median=timing.duration(figures.median_s) or "–",
        p95=timing.duration(figures.p95_s) or "–",
        worst=timing.duration(figures.worst_s) or "–",
        proven=tuple(_proven(p, names, now) for p in proofs),
    )


def unread(job: jobs.JobRow) -> Unread:
    return Unread(job=job)


def trend(days: Sequence[Day]) -> Trend:
    """Each day's dark seconds; days without a swap are empty."""
    labelled = {0, len(days) // 2, len(days) - 1}
    values = [
        Value(
            value=day.outage_s if day.outage_s else None,
            tone=_day_tone(day),
            title=f"{day.day:%d %b}: {_swaps(day.swaps)}, dark for"
            f" {timing.duration(day.outage_s)}",
            label=f"{day.day:%d %b}" if number in labelled else "",
        )
        for number, day in enumerate(days)
    ]
    swaps = sum(d.swaps for d in days)
    dark = timing.duration(sum(d.outage_s for d in days))
    said = f"{_swaps(swaps)} in {len(days)} days, dark for {dark} in all."
    return Trend(
        chart=charts.chart(values),
        days=len(days),
        swaps=swaps,
        rows=tuple(
            (f"{d.day:%Y-%m-%d}", d.swaps, timing.duration(d.outage_s))
            for d in reversed(days)
            if d.swaps
        ),
        said=said if swaps else f"No swap in {len(days)} days.",
    )


def _swaps(count: int) -> str:
    return "1 swap" if count == 1 else f"{count} swaps"


def _day_tone(day: Day) -> str:
    if not day.swaps:
        return ""
    return "succeeded" if day.succeeded == day.swaps else "reversed"


def _values(swaps: Sequence[Swap]) -> list[Value]:
    labelled = (
        {0, len(swaps) // 2, len(swaps) - 1}
        if len(swaps) > 3
        else set(range(len(swaps)))
    )
    return [
        Value(
            value=swap.outage_s,
            tone=swap.state,
            title=_swap_title(swap),
            label=f"{timezone.localtime(swap.at):%d %b}" if number in labelled else "",
        )
        for number, swap in enumerate(swaps)
    ]


def _swap_title(swap: Swap) -> str:
    word = badges.for_job(swap.state).word.lower()
    outage = timing.duration(swap.outage_s) or "none"
    return f"{timing.written(swap.at)}: {word}, outage {outage}"


def _proven(proof: Proof, names: Mapping[str, str], now: datetime) -> Proven:
    name = names.get(proof.instance_id) or proof.instance_id
    if proof.at is None:
        badge = badges.make("Never proven", "warning")
    elif proof.is_old:
        badge = badges.make(f"Over {outages.PROVEN_FOR.days} days ago", "warning")
    else:
        badge = badges.make("Proven", "success")
    return Proven(
        name=name, id=proof.instance_id, at=timing.moment(proof.at, now), badge=badge
    )
