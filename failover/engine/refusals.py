"""When a refusal is final (protocol P3), and when a call may be repeated (P2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from failover.engine.job import Action, Intent, Job, Outcome, State
from failover.engine.limits import Limits
from failover.engine.sight import DYING, Seen
from failover.engine.steps import Finish, Park
from failover.engine.topology import Instance, InstanceId

IN_USE = "InvalidNetworkInterface.InUse"
INCORRECT_STATE = "IncorrectState"
# Codes that may be our own earlier success, or a resource that is not yet visible:
# they never turn a job on first sight (ec2-semantics, AttachNetworkInterface).
AMBIGUOUS = frozenset(
    {
        "AttachmentLimitExceeded",
        "InvalidParameterValue",
        "InvalidInstanceID.NotFound",
        "InvalidNetworkInterfaceID.NotFound",
        INCORRECT_STATE,
    }
)
# Codes of any call that say no more than "look again".
LOOK_AGAIN = frozenset(
    {
        "IncorrectInstanceState",
        INCORRECT_STATE,
        "InvalidAllocationID.NotFound",
        "InvalidAttachmentID.NotFound",
        "InvalidNetworkInterfaceID.NotFound",
        "Resource.AlreadyAssociated",
    }
)


# A job parked for one of these has no way to go on by itself, nor one back that would
# mend it: a cancel releases it (P4).
RELEASABLE = frozenset(
    {
        "address_elsewhere",
        "address_refused",
        "foreign_holder",
        "foreign_instance",
        "gone",
        "unseen_holder",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The newest complete look at an instance; `instance` None: EC2 omitted it."""

    began_at: float
    instance: Instance | None


Facts = Mapping[InstanceId, Fact]


class Verdict(Enum):
    """Whether an end can still be attached to."""

    POSSIBLE = auto()
    UNSURE = auto()
    FINAL = auto()


def attaches(intents: Sequence[Intent], target: InstanceId) -> list[Intent]:
    """The attach intents towards `target`, oldest first."""
    return [
        i
        for i in intents
        if i.call.action is Action.ATTACH and i.call.instance_id == target
    ]


def judge_end(  # noqa: PLR0913 - the facts of one decision, by name.
    *,
    job: Job,
    intents: Sequence[Intent],
    target: InstanceId,
    seen: Seen,
    facts: Facts,
    now: float,
    limits: Limits,
) -> Verdict:
    """Whether attaching the free interface to `target` is refused for good (P3)."""
    tried = [i for i in attaches(intents, target) if i.outcome is not Outcome.NOT_SENT]
    if not tried or tried[-1].outcome is not Outcome.REFUSED:
        return Verdict.POSSIBLE
    last = tried[-1]
    if last.error_code == IN_USE or _may_have_worked(job, tried, now, limits):
        return Verdict.POSSIBLE
    refused_at = ended_at(last)
    if job.state is State.PARKED and now - refused_at > limits.parked_retry_s:
        return Verdict.POSSIBLE
    fact = facts.get(target)
    if seen.began_at <= refused_at or fact is None or fact.began_at <= refused_at:
        return Verdict.UNSURE
    return _weigh(job, tried, fact.instance)


def _may_have_worked(
    job: Job, tried: Sequence[Intent], now: float, limits: Limits
) -> bool:
    return any(
        i.is_open(now=now, settle_s=limits.settle_s)
        or (i.outcome is Outcome.OK and i.attachment_id not in job.memory.dead)
        for i in tried
    )


def _weigh(job: Job, tried: Sequence[Intent], instance: Instance | None) -> Verdict:
    if instance and any(s.interface_id == job.interface_id for s in instance.slots):
        return Verdict.POSSIBLE
    last = tried[-1]
    if last.error_code not in AMBIGUOUS:
        return Verdict.FINAL
    if instance and instance.state in DYING:
        return Verdict.FINAL
    if last.error_code == INCORRECT_STATE and instance:
        return Verdict.POSSIBLE
    twice = len(tried) > 1 and tried[-2].error_code == last.error_code
    return Verdict.FINAL if twice else Verdict.POSSIBLE


def is_final_as_said(intent: Intent) -> bool:
    """Whether EC2 refused this call with a code that no second look will change."""
    is_refused = intent.outcome is Outcome.REFUSED
    return is_refused and intent.error_code not in LOOK_AGAIN


def ended_at(intent: Intent) -> float:
    """When the call's end came, or at the earliest could have come."""
    return intent.ended_at if intent.ended_at is not None else intent.intent_at


def as_args(intent: Intent) -> tuple[tuple[str, str], ...]:
    """What a refusal is told with."""
    return (
        ("instance", intent.call.instance_id or ""),
        ("code", intent.error_code),
        ("message", intent.error_message),
    )


def leave(
    park: Park, *, job: Job, intents: Sequence[Intent], now: float, limits: Limits
) -> Park | Finish:
    """Park where somebody else is at work, with zero calls (P4).

    A human who cancels the parked job releases it, once no call of it is open.
    """
    if job.cancel_requested_at is None or job.parked_at is None:
        return park
    is_open = any(i.is_open(now=now, settle_s=limits.settle_s) for i in intents)
    if is_open or job.cancel_requested_at < job.parked_at:
        return park
    args = (*park.args, ("found", park.why))
    return Finish(state=State.CANCELLED, why="released", args=args)


def repeat_at(tried: Sequence[Intent], *, limits: Limits) -> float:
    """The earliest moment at which the last of `tried` may be sent once more."""
    if not tried:
        return 0.0
    last = tried[-1]
    end = ended_at(last)
    match last.outcome:
        case Outcome.OK:
            return end + limits.visible_s
        case Outcome.THROTTLED:
            return end + limits.throttle_s
        case Outcome.NOT_SENT:
            return end + limits.hazard_gap_s
        case _:
            doublings = min(_streak(tried) - 1, 8)
            pause: float = limits.repeat_first_s * 2**doublings
            return end + min(pause, limits.repeat_most_s)


def _streak(tried: Sequence[Intent]) -> int:
    streak = 0
    for intent in reversed(tried):
        if intent.outcome in (Outcome.OK, Outcome.THROTTLED, Outcome.NOT_SENT):
            break
        streak += 1
    return max(streak, 1)
