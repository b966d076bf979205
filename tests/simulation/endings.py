"""The invariants of an end: where it lies, whose the locks are, nothing strands."""

from collections.abc import Mapping
from uuid import UUID

from failover.engine.job import Job, State
from failover.engine.ports import Change
from tests.simulation.memory_store import MemoryStore
from tests.simulation.truth import Nic
from tests.simulation.world import World

# The oldest read, the age an observation may have at the end, and two latencies.
BLIND_S = 8.0


class Violation(Exception):
    """An invariant is broken."""


def hold(invariant: str, is_true: bool, **facts: object) -> None:  # noqa: FBT001
    """Raise Violation, with the facts of the case, unless it is true."""
    if not is_true:
        told = ", ".join(f"{k}={v}" for k, v in facts.items())
        message = f"{invariant}: {told}"
        raise Violation(message)


def lies_where_it_says(change: Change, nic: Nic) -> None:
    """I3 and I24: the end and the desired holder are the truth at the commit."""
    job, tie = change.job, nic.tie
    holder = tie.instance_id if tie else None
    facts = {"state": job.state, "holder": holder, "aim": job.aim, "why": job.why}
    hold("I24 desired holder is the truth", change.holder == holder, **facts)
    if job.state is State.CANCELLED:
        return
    is_target = job.state is State.SUCCEEDED
    end = job.to_instance_id if is_target else job.from_instance_id
    hold("I3 the end is where it says", holder == end, **facts)
    has_all = nic.has_address or not job.snapshot
    is_whole = tie is None or (tie.status == "attached" and has_all)
    hold("I3 attached, with its addresses", is_whole, **facts)


def locks_are_those_of_active_jobs(store: MemoryStore) -> None:
    """I4 and I20."""
    union: dict[str, UUID] = {}
    for row in store.rows.values():
        if row.job.state.is_active:
            for key in row.locks:
                hold("I4 a lock has one holder", key not in union, key=key)
                union[key] = row.job.id
    hold("I20 locks are those of active jobs", union == store.locks)


def all_jobs_have_ended(store: MemoryStore, world: World) -> None:
    """I1 for jobs: ended, or parked for a reason that is still true."""
    for row in store.rows.values():
        job = row.job
        if job.state.is_active:
            nic = world.nics[job.interface_id]
            is_right = _is_rightly_parked(job, nic, world)
            hold("I1 every job ends", is_right, state=job.state, why=job.why)


def _is_rightly_parked(job: Job, nic: Nic, world: World) -> bool:
    if job.state is not State.PARKED:
        return False
    if not nic.exists or nic.is_address_elsewhere:
        return True
    ends = [e for e in (job.from_instance_id, job.to_instance_id) if e]
    if nic.tie is not None:
        return nic.tie.instance_id not in ends
    return not any(world.is_possible(nic, e, nic.index) for e in ends)


def is_not_stranded(
    nic: Nic, store: MemoryStore, *, ended: Mapping[UUID, float], disturbed_at: float
) -> None:
    """I1 for interfaces: attached, unless the last job or somebody else freed it."""
    jobs = [r.job for r in store.rows.values() if r.job.interface_id == nic.id]
    if not jobs or jobs[-1].state.is_active or not nic.exists:
        return
    last = jobs[-1]
    may_be_free = (
        last.to_instance_id is None
        or (last.from_instance_id is None and last.state is not State.SUCCEEDED)
        or disturbed_at > ended[last.id] - BLIND_S
    )
    is_held = nic.tie is not None and nic.tie.status == "attached"
    hold("I1 no strand", is_held or may_be_free, state=last.state, why=last.why)
