"""The slot locks of a job: what it needs, and what it can do without (P7)."""

from collections.abc import Collection
from uuid import UUID

from failover.engine.job import Job, State, Strategy
from failover.engine.values import replace

SLOT = ":slot:"


def is_slot(key: str) -> bool:
    return SLOT in key


def of_aim(job: Job, held: Collection[str]) -> str | None:
    """The key of the slot at the end aimed at; None where there is none to hold.

    `held` are any locks of the job: their keys begin with its account and region.
    """
    return _key(held, job.aimed, job.aimed_index) if _has_slots(job) else None


def of_other_end(job: Job, held: Collection[str]) -> str | None:
    """The key of the slot at the other end."""
    is_source = job.other == job.from_instance_id
    index = job.from_device_index if is_source else job.device_index
    return _key(held, job.other, index) if _has_slots(job) else None


def needs_its_slots(change_of: Job, *, has_call: bool) -> bool:
    """Whether this version of a job goes on, so that its slots must be its own."""
    return change_of.state in (State.QUEUED, State.RUNNING) or has_call


def _has_slots(job: Job) -> bool:
    return job.strategy is Strategy.ENI


def _key(held: Collection[str], instance_id: str | None, index: int) -> str | None:
    if instance_id is None:
        return None
    for key in held:
        parts = key.split(":")
        if len(parts) > 2:
            return f"{parts[0]}:{parts[1]}{SLOT}{instance_id}:{index}"
    return None


def shut_out(job: Job, *, slot: str, rival: UUID, now: float) -> Job | None:
    """The job parked because another has the slot it needs; None: it says so already.

    It is asked again whenever it is looked at: the other's end frees the slot.
    """
    args = (("slot", slot.rpartition(SLOT)[2]), ("job", str(rival)))
    # A database may give the arguments back in another order.
    known = (job.state, job.why, dict(job.why_args))
    if known == (State.PARKED, "slot_taken", dict(args)):
        return None
    return replace(
        job,
        state=State.PARKED,
        why="slot_taken",
        why_args=args,
        waiting_for="human",
        parked_at=job.parked_at or now,
        version=job.version + 1,
    )
