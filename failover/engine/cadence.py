"""How often to look (protocol P9): dense where an end is near, within EC2's quota."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from failover.engine.job import Action, Intent, Job, Outcome, State
from failover.engine.limits import Limits

# So many interfaces are one DescribeNetworkInterfaces.
IN_ONE_READ = 200
# Looks in a second, while EC2's bucket of them is well filled and otherwise.
LOOKS_PER_S = 20.0
FEWER_LOOKS_PER_S = 12.0
WELL_FILLED = 60.0
# The hazard window opens at this share of the median, and closes at this multiple of
# it: what takes so much longer hangs, and is looked at as patiently as before.
OPENS_AT = 0.7
CLOSES_AT = 3.0
CLOSES_AFTER_S = 10.0
# While somebody is dark all reads that are not a driver's come so much less often.
IDLE_FACTOR = 4.0
# From so many finished jobs on something is learned.
LEAST_SPANS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long a transition takes, seconds: 5th percentile and median."""

    least_s: float
    median_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a region's finished jobs have taught; None where there are too few."""

    detach: Spread | None = None
    attach: Spread | None = None


NOTHING_LEARNED = Learned()


def learn(*, detach_s: Iterable[float], attach_s: Iterable[float]) -> Learned:
    """From the durations of finished jobs."""
    return Learned(detach=_spread(detach_s), attach=_spread(attach_s))


def _spread(spans: Iterable[float]) -> Spread | None:
    ordered = sorted(spans)
    if len(ordered) < LEAST_SPANS:
        return None
    middle = len(ordered) // 2
    median = (ordered[middle] + ordered[-1 - middle]) / 2
    return Spread(least_s=ordered[len(ordered) // 20], median_s=median)


def reads(interfaces: int) -> int:
    """How many calls one look at so many interfaces takes."""
    return ceil(interfaces / IN_ONE_READ)


def dense_gap_s(*, interfaces: int, level: float, limits: Limits) -> float:
    """Seconds between two looks at so many interfaces inside the hazard window.

    `level` is what is left of EC2's bucket for them.
    """
    per_second = LOOKS_PER_S if level > WELL_FILLED else FEWER_LOOKS_PER_S
    return max(limits.hazard_gap_s, reads(interfaces) / per_second)


def gap_s(
    *,
    job: Job,
    intents: Sequence[Intent],
    now: float,
    learned: Learned,
    dense_s: float,
    limits: Limits,
) -> float:
    """Seconds until this job is to be looked at again."""
    if job.state is State.PARKED or job.overdue_at is not None:
        # Humans were told: it is waited for them.
        return limits.parked_look_s
    if job.first_intent_at is None or job.restored_at is not None:
        return limits.poll_idle_s
    patient_s = max(limits.poll_dark_s, dense_s)
    opens_at, closes_at = _window(job, intents, learned, limits)
    if now < opens_at:
        return max(dense_s, min(patient_s, opens_at - now))
    return dense_s if now <= closes_at else patient_s


def _window(
    job: Job, intents: Sequence[Intent], learned: Learned, limits: Limits
) -> tuple[float, float]:
    """When what this job waits for may come, by what its region has taught."""
    if not intents:
        return 0.0, float("inf")
    last = intents[-1]
    since = last.ended_at or last.intent_at
    spread = None
    if last.outcome is Outcome.OK and last.call.action is Action.ATTACH:
        spread = learned.attach
    if last.outcome is Outcome.OK and last.call.action is Action.DETACH:
        spread = learned.detach if job.detached_at is None else None
    if spread is None:
        # Nothing is known of it: at once, and for as long as it may rightly take.
        return since, since + limits.attach_stuck_s
    closes_s = max(CLOSES_AT * spread.median_s, spread.median_s + CLOSES_AFTER_S)
    return since + OPENS_AT * spread.median_s, since + closes_s
