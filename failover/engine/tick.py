"""One tick: a look becomes a job's next row and, at most, one intent."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import assert_never
from uuid import UUID

from failover.engine import echoes, probing, strategies
from failover.engine.job import Action, Aim, Intent, Job, Memory, State
from failover.engine.limits import Limits
from failover.engine.ports import Change, Work
from failover.engine.refusals import Facts
from failover.engine.steps import Finish, Park, Send, Step, Turn, Wait
from failover.engine.strategies import Holder, Sight
from failover.engine.topology import Observation
from failover.engine.values import replace

# What of a memory is no mere counter, and what a job has beside its memory.
COUNTERS = {"seen_at", "last_attached_at", "polls_detach", "polls_attach"}
LASTING = attrgetter(*(f.name for f in fields(Memory) if f.name not in COUNTERS))
COLUMNS = attrgetter(*(f.name for f in fields(Job) if f.name != "memory"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What a tick leaves: the job as it should be, and how it goes on.

    `change` None: nothing to write. `job` then carries only counters in memory.
    """

    job: Job
    step: Step
    change: Change | None


def tick(
    *,
    work: Work,
    observation: Observation,
    facts: Facts,
    now: float,
    limits: Limits,
    intent_id: UUID,
) -> Ticked:
    """Believe, stamp, decide. `intent_id` names the intent if there is a call."""
    memory, seen = strategies.look(
        job=work.job, intents=work.intents, observation=observation, limits=limits
    )
    job = _count(replace(work.job, memory=memory), work.intents)
    job = strategies.stamp(job=job, intents=work.intents, seen=seen)
    job = probing.hear(job, work.heard)
    job, step = _decide(job, work.intents, seen, facts, now, limits)
    step = echoes.hold_back(
        step, job=job, seen=seen, echoes=work.echoes, now=now, limits=limits
    )
    step = probing.hold_back(step, job=job)
    job = probing.note_overdue(job, step, now=now, limits=limits)
    return conclude(
        work=work, job=job, seen=seen, step=step, now=now, intent_id=intent_id
    )


def conclude(
    *, work: Work, job: Job, seen: Sight | None, step: Step, now: float, intent_id: UUID
) -> Ticked:
    """Turn a step into the change of the row that it asks for."""
    before = work.job
    intent: Intent | None = None
    if isinstance(step, Send):
        intent = _intent(work, step, now, intent_id)
    holder = Holder()
    if isinstance(step, Finish):
        holder = strategies.find_holder(job=job, seen=seen, end=step)
    job = _stepped(before, job, step, now)
    job = replace(job, started_at=job.started_at or now)
    if job.state is not State.PARKED:
        job = replace(job, parked_at=None)
    if not _must_write(before, job, intent):
        return Ticked(job=job, step=step, change=None)
    change = Change(
        job=replace(job, version=before.version + 1),
        job_version=before.version,
        fence_token=work.fence_token,
        intent=intent,
        holder=holder.instance_id,
        holder_known=holder.is_known,
        is_overdue=job.overdue_at is not None and before.overdue_at is None,
    )
    return Ticked(job=change.job, step=step, change=change)


def _stepped(before: Job, job: Job, step: Step, now: float) -> Job:
    """The job's columns as the step leaves them."""
    match step:
        case Wait():
            state = State.PARKED if _stays_parked(before, job) else State.RUNNING
            # A stale look tells nothing new, so what is waited for stays the same.
            is_blind = step.waiting_for == "clear_view" and before.waiting_for
            waiting_for = before.waiting_for if is_blind else step.waiting_for
            return replace(job, state=state, waiting_for=waiting_for)
        case Send():
            # Trying again what was refused is no news: nobody is paged twice for it.
            may_retry = step.call.action is not Action.DETACH
            is_retry = may_retry and _stays_parked(before, job)
            return replace(
                job,
                state=State.PARKED if is_retry else State.RUNNING,
                waiting_for=step.waiting_for,
                first_intent_at=job.first_intent_at or now,
                is_index_burnt=job.is_index_burnt or step.burns_index,
            )
        case Park():
            return replace(
                job,
                state=State.PARKED,
                waiting_for="human",
                why=step.why,
                why_args=step.args,
                parked_at=job.parked_at or now,
            )
        case Finish():
            return replace(
                job,
                state=step.state,
                waiting_for="",
                why=step.why,
                why_args=step.args,
                finished_at=now,
            )
        case Turn():
            # Two turns on one look: both ends were refused while it was taken.
            return replace(job, waiting_for="facts")
        case _:  # pragma: no cover - mypy proves that there is nothing else.
            assert_never(step)


def _stays_parked(before: Job, job: Job) -> bool:
    """A parked job stays parked until the world has moved."""
    has_moved = before.memory.state_key != job.memory.state_key
    return before.state is State.PARKED and not has_moved


def _must_write(before: Job, after: Job, intent: Intent | None) -> bool:
    """A Wait that taught nothing writes nothing (P10); counters alone do not count."""
    if intent is not None:
        return True
    has_learned = LASTING(after.memory) != LASTING(before.memory)
    return has_learned or COLUMNS(after) != COLUMNS(before)


def _decide(
    job: Job,
    intents: Sequence[Intent],
    seen: Sight,
    facts: Facts,
    now: float,
    limits: Limits,
) -> tuple[Job, Step]:
    step: Step = Wait(waiting_for="clear_view")
    for _ in range(2):
        step = strategies.decide(
            job=job, intents=intents, seen=seen, facts=facts, now=now, limits=limits
        )
        if not isinstance(step, Turn):
            break
        job = _turned(job, step)
    return job, step


def _turned(job: Job, step: Turn) -> Job:
    aim = Aim.SOURCE if job.aim is Aim.TARGET else Aim.TARGET
    memory = replace(job.memory, settled_since=None)
    # A parked job tries its ends in turn for as long as it takes: no effort is spent.
    is_parked = job.state is State.PARKED
    return replace(
        job,
        aim=aim,
        turns=job.turns if is_parked else job.turns + 1,
        why=step.why,
        why_args=step.args,
        restored_at=None,
        memory=memory,
    )


def _intent(work: Work, step: Send, now: float, intent_id: UUID) -> Intent:
    return Intent(
        id=intent_id,
        job_id=work.job.id,
        seq=len(work.intents) + 1,
        fence_token=work.fence_token,
        call=step.call,
        intent_at=now,
    )


def _count(job: Job, intents: Sequence[Intent]) -> Job:
    memory = job.memory
    if job.restored_at is not None or not intents:
        return job
    if job.detached_at is None and job.moving is None:
        memory = replace(memory, polls_detach=memory.polls_detach + 1)
    else:
        memory = replace(memory, polls_attach=memory.polls_attach + 1)
    return replace(job, memory=memory)
