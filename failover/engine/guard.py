"""The guard: a floating resource never lies free without an active job (P7)."""

from dataclasses import dataclass

from failover.engine.topology import InstanceId

READS_APART_S = 2.0
MOST_REPAIRS_AN_HOUR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFacts:
    """What the guard knows of one pair. Times are database seconds.

    `free_at` are the beginnings of the dedicated reads that showed the resource
    free, oldest first, without any other sight between them.
    """

    desired: InstanceId | None
    other: InstanceId | None
    is_frozen: bool
    has_active_job: bool
    free_at: tuple[float, ...]
    settled_at: float
    repairs_last_hour: int
    is_desired_possible: bool
    is_other_possible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Start a job towards `target`."""

    target: InstanceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Tell a human; the code is for `services.words`."""

    why: str


def judge(  # noqa: PLR0911 - one return a rule.
    facts: GuardFacts,
) -> Repair | Alarm | None:
    """What to do about a pair whose resource was seen free; None: nothing, or wait."""
    if facts.desired is None or facts.has_active_job:
        return None
    reads = [at for at in facts.free_at if at > facts.settled_at]
    if len(reads) < 2 or reads[-1] - reads[0] < READS_APART_S:
        return None
    if facts.is_frozen:
        return Alarm(why="free_but_frozen")
    if facts.repairs_last_hour >= MOST_REPAIRS_AN_HOUR:
        return Alarm(why="too_many_repairs")
    if facts.is_desired_possible:
        return Repair(target=facts.desired)
    if facts.is_other_possible and facts.other is not None:
        return Repair(target=facts.other)
    return Alarm(why="free_and_no_end_possible")
