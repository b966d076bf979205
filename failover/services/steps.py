"""The steps of a job as people see them, computed from its row and its intents.

Nothing is stored: the row says where the resource is, the intents what was sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from failover.models import Intent, Job
from failover.services import probe_words

DETACH = "DetachNetworkInterface"
ATTACH = "AttachNetworkInterface"
ORDER = {
    "swap": ("check", "detach", "wait_detached", "attach", "wait_attached", "verify"),
    "attach": ("check", "attach", "wait_attached", "verify"),
    "detach": ("check", "detach", "wait_detached", "verify"),
}
# The strategies that move in one call have other steps, and their own calls.
ONE_CALL = ("check", "move", "verify")
MOVES: Mapping[str, tuple[str, ...]] = {
    "eip": ("AssociateAddress",),
    "private-ip": ("AssignPrivateIpAddresses",),
    "route": ("ReplaceRoute", "CreateRoute"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step; `calls` is how many calls it has made, `cli` the same for a shell."""

    name: str
    state: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_s: float | None = None
    calls: int = 0
    cli: tuple[str, ...] = ()
    # What the step waits for or has found, where its name does not say it.
    detail: str = ""


def list_steps(job: Job, intents: Sequence[Intent]) -> tuple[StepView, ...]:
    """All steps of the job's kind, in order. `intents` are the job's, oldest first."""
    if job.strategy in MOVES:
        spans = _move_spans(job, intents)
        return tuple(_step(job, name, ONE_CALL, spans) for name in ONE_CALL)
    spans = _spans(job, intents)
    order = ORDER.get(job.kind, ORDER["swap"])
    if job.kind == "swap" and not job.from_instance_id and not spans["detach"][2]:
        # Nothing held it: there was nothing to let go of.
        spans["detach"] = spans["wait_detached"] = (None, None, 0)
    return tuple(_step(job, name, order, spans) for name in order)


def step_of(strategy: str, action: str) -> str:
    """The step that a call belongs to; the others mend addresses at the end."""
    if strategy in MOVES:
        return "move" if action in MOVES[strategy] else "verify"
    return {DETACH: "detach", ATTACH: "attach"}.get(action, "verify")


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """The span in seconds, to the millisecond; None while an end is missing."""
    if start is None or end is None:
        return None
    return round(max(0.0, (end - start).total_seconds()), 3)


Span = tuple[datetime | None, datetime | None, int]


def _spans(job: Job, intents: Sequence[Intent]) -> dict[str, Span]:
    sent = [i for i in intents if i.outcome != "not_sent"]
    detaches = [i for i in sent if i.action == DETACH]
    attaches = [i for i in sent if i.action == ATTACH]
    others = len(sent) - len(detaches) - len(attaches)
    detached_at = job.detached_at
    detach = _call_span(detaches, until=detached_at)
    attach = _call_span(attaches, until=job.restored_at)
    arrived_at = job.restored_at or (detached_at if job.kind == "detach" else None)
    return {
        "check": (job.requested_at, job.first_intent_at or job.finished_at, 0),
        "detach": detach,
        "wait_detached": (detach[1], detached_at, 0),
        "attach": attach,
        "wait_attached": (attach[1], job.restored_at, 0),
        "verify": (arrived_at, job.finished_at, others),
    }


def _move_spans(job: Job, intents: Sequence[Intent]) -> dict[str, Span]:
    sent = [i for i in intents if i.outcome != "not_sent"]
    moves = [i for i in sent if i.action in MOVES[job.strategy]]
    began_at = moves[0].intent_at if moves else None
    return {
        "check": (job.requested_at, job.first_intent_at or job.finished_at, 0),
        # Several routes are moved one by one: it is over when all are seen to be there.
        "move": (began_at, job.restored_at, len(moves)),
        "verify": (job.restored_at, job.finished_at, len(sent) - len(moves)),
    }


def _call_span(intents: Sequence[Intent], *, until: datetime | None) -> Span:
    """From the first intent to the accepted call, or to when its effect was seen."""
    if not intents:
        return None, None, 0
    accepted = [i.ended_at for i in intents if i.outcome == "ok"]
    ended_at = accepted[-1] if accepted else until
    return intents[0].intent_at, ended_at, len(intents)


def _step(
    job: Job, name: str, order: Sequence[str], spans: dict[str, Span]
) -> StepView:
    started_at, finished_at, calls = spans[name]
    state = _state(job, name, order, spans)
    if state in ("waiting", "skipped"):
        return StepView(name=name, state=state)
    return StepView(
        name=name,
        state=state,
        started_at=started_at,
        finished_at=finished_at,
        duration_s=seconds_between(started_at, finished_at),
        calls=calls,
        detail=tell_probe(job) if name == "verify" else "",
    )


def tell_probe(job: Job) -> str:
    """What the job's probe was last told since the resource is in its place."""
    if job.probe is None:
        return ""
    if job.heard is None:
        return f"{probe_words.target(job.probe)}: not answered yet"
    return probe_words.told(job.probe, job.heard["verdict"])


def _state(job: Job, name: str, order: Sequence[str], spans: dict[str, Span]) -> str:
    started_at, finished_at, _ = spans[name]
    has_ended = job.finished_at is not None
    if name == "check":
        return _check_state(job)
    if started_at is None:
        later = order[order.index(name) + 1 :]
        # A third party may have done this step for us, or the job ended before it.
        return "skipped" if has_ended or any(spans[n][0] for n in later) else "waiting"
    if name == "verify" and has_ended and job.state == "cancelled":
        return "skipped"
    if finished_at is not None:
        return "done"
    return "failed" if has_ended else "running"


def _check_state(job: Job) -> str:
    if job.first_intent_at is not None:
        return "done"
    if job.finished_at is None:
        return "running"
    return "failed" if job.why == "no_longer_possible" else "done"
