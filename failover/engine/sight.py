"""From one look at EC2 to what a job may believe of it (protocol P1).

EC2's reads can be older than what was already seen. Here a look is held against the
job's memory: steps backwards are dropped, and nothing is "gone" on one omission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from failover.engine.job import Action, Intent, Job, Memory, Outcome
from failover.engine.limits import Limits
from failover.engine.topology import (
    RANKS,
    AllocationId,
    Attachment,
    AttachmentId,
    Interface,
    Observation,
    Rank,
)
from failover.engine.values import replace

# States of an instance in which it can no longer hold an interface.
DYING = frozenset({"shutting-down", "terminated"})


class Kind(Enum):
    """What a look amounts to."""

    HELD = auto()
    FREE = auto()
    UNKNOWN = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a job may believe after a look. Times are database seconds."""

    kind: Kind
    began_at: float
    ended_at: float
    # When this same state was first seen; equal to `began_at` the first time.
    since: float
    attachment: Attachment | None = None
    # Addresses of the job's snapshot that are not on the interface.
    missing: tuple[tuple[AllocationId, str], ...] = ()
    # Those of them that are associated elsewhere; None while nobody has looked.
    elsewhere: tuple[AllocationId, ...] | None = None
    # True when only a question by id can tell whether the interface exists.
    needs_confirmation: bool = False

    @property
    def is_confirmed(self) -> bool:
        """Whether an earlier look showed the same."""
        return self.since < self.began_at


def look(
    *, job: Job, intents: Sequence[Intent], observation: Observation, limits: Limits
) -> tuple[Memory, Seen]:
    """The job's memory after `observation`, and what it may believe now."""
    interface = observation.interfaces.get(job.interface_id)
    if interface is None:
        return _omitted(job.memory, job, observation, limits)
    memory = replace(job.memory, omitted_since=None, seen_at=observation.began_at)
    attachment = interface.attachment
    rank = RANKS.get(attachment.status) if attachment else Rank.GONE
    if attachment is None or rank is Rank.GONE:
        return _free(memory, job, intents, interface, observation, limits)
    if attachment.id in memory.dead and _was_buried_alive(memory, observation, limits):
        alive = tuple(i for i in memory.dead if i != attachment.id)
        memory = replace(memory, dead=alive)
    if rank is None or _is_backwards(memory, attachment.id, rank):
        return job.memory, _unknown(observation)
    if _is_older(attachment, memory, intents, observation, limits):
        return job.memory, _unknown(observation)
    memory = _climb(memory, attachment.id, rank, observation.began_at)
    if rank is Rank.ATTACHED:
        memory = replace(memory, last_attached_at=observation.ended_at)
    return memory, _seen(Kind.HELD, memory, job, interface, observation)


def _was_buried_alive(memory: Memory, observation: Observation, limits: Limits) -> bool:
    """Whether an id held for dead is seen by a read that must be newer than that."""
    buried_at = memory.buried_at
    if buried_at is None:
        return False
    return observation.began_at >= buried_at + limits.visible_s


def _is_backwards(memory: Memory, attachment_id: AttachmentId, rank: Rank) -> bool:
    if attachment_id in memory.dead:
        return True
    if attachment_id != memory.attachment_id or memory.rank is None:
        return False
    return rank < memory.rank


def _is_older(
    attachment: Attachment,
    memory: Memory,
    intents: Sequence[Intent],
    observation: Observation,
    limits: Limits,
) -> bool:
    """Whether this may be the attachment before one that EC2 has accepted since."""
    return any(
        i.attachment_id not in (None, attachment.id)
        and _is_living_attach(i, memory)
        and _may_be_missed(i, intents, observation, limits)
        for i in intents
    )


def _climb(
    memory: Memory, attachment_id: AttachmentId, rank: Rank, began_at: float
) -> Memory:
    if memory.attachment_id not in (None, attachment_id):
        memory = _bury(memory, began_at, memory.attachment_id)
    memory = replace(memory, attachment_id=attachment_id, rank=rank)
    return _keep_state(memory, f"{attachment_id}:{rank.name}", began_at)


def _keep_state(memory: Memory, key: str, began_at: float) -> Memory:
    if memory.state_key == key:
        return memory
    return replace(memory, state_key=key, state_since=began_at)


def _bury(memory: Memory, at: float, *ids: AttachmentId | None) -> Memory:
    """Attachment ids known to be gone stay dead for ever."""
    fresh = tuple(i for i in dict.fromkeys(ids) if i and i not in memory.dead)
    if not fresh:
        return memory
    return replace(memory, dead=memory.dead + fresh, buried_at=at)


def _free(
    memory: Memory,
    job: Job,
    intents: Sequence[Intent],
    interface: Interface,
    observation: Observation,
    limits: Limits,
) -> tuple[Memory, Seen]:
    accepted = [i for i in intents if _is_living_attach(i, memory)]
    for intent in accepted:
        if _may_be_missed(intent, intents, observation, limits):
            return job.memory, _unknown(observation)
    if _may_still_be_held(memory, job, intents, observation, limits):
        return job.memory, _unknown(observation)
    # Those that we detached are gone too, whether any look has shown them or not.
    ids = (
        memory.attachment_id,
        *(i.attachment_id for i in accepted),
        *(i.call.attachment_id for i in intents if i.call.action is Action.DETACH),
    )
    memory = _bury(memory, observation.began_at, *ids)
    memory = replace(memory, attachment_id=None, rank=None)
    memory = _keep_state(memory, "free", observation.began_at)
    return memory, _seen(Kind.FREE, memory, job, interface, observation)


def _is_living_attach(intent: Intent, memory: Memory) -> bool:
    return (
        intent.call.action is Action.ATTACH
        and intent.outcome is Outcome.OK
        and intent.attachment_id not in memory.dead
    )


def _may_be_missed(
    attach: Intent,
    intents: Sequence[Intent],
    observation: Observation,
    limits: Limits,
) -> bool:
    """Whether "available" may only be a read from before an accepted attach."""
    accepted_at = attach.ended_at or attach.intent_at
    if observation.began_at >= accepted_at + limits.visible_s:
        return False
    target = attach.call.instance_id
    holder = observation.instances.get(target) if target else None
    if holder is not None and holder.state in DYING:
        return False
    return not any(
        i.call.action is Action.DETACH and i.call.attachment_id == attach.attachment_id
        for i in intents
    )


def _may_still_be_held(
    memory: Memory,
    job: Job,
    intents: Sequence[Intent],
    observation: Observation,
    limits: Limits,
) -> bool:
    """Whether "available" may be older than the attachment that was seen lately.

    The reply to its attach may have been lost, or it is somebody else's; so only a
    detach, a dying holder or time tells that it is gone.
    """
    if memory.attachment_id is None or memory.rank is Rank.DETACHING:
        return False
    since = memory.state_since
    if since is None or observation.began_at >= since + limits.visible_s:
        return False
    ends = (job.from_instance_id, job.to_instance_id)
    holders = (observation.instances.get(i) for i in ends if i)
    if any(holder is not None and holder.state in DYING for holder in holders):
        return False
    return not any(
        i.call.action is Action.DETACH
        and i.call.attachment_id == memory.attachment_id
        and i.outcome not in (Outcome.REFUSED, Outcome.NOT_SENT, Outcome.THROTTLED)
        for i in intents
    )


def _omitted(
    memory: Memory, job: Job, observation: Observation, limits: Limits
) -> tuple[Memory, Seen]:
    since = memory.omitted_since
    if since is None:
        return (
            replace(memory, omitted_since=observation.began_at),
            _unknown(observation),
        )
    if observation.began_at < since + limits.gone_gap_s:
        return memory, _unknown(observation)
    if job.interface_id not in observation.not_found:
        return memory, replace(_unknown(observation), needs_confirmation=True)
    return memory, replace(_unknown(observation), kind=Kind.GONE, since=since)


def _unknown(observation: Observation) -> Seen:
    return Seen(
        kind=Kind.UNKNOWN,
        began_at=observation.began_at,
        ended_at=observation.ended_at,
        since=observation.began_at,
    )


def _seen(
    kind: Kind,
    memory: Memory,
    job: Job,
    interface: Interface,
    observation: Observation,
) -> Seen:
    missing = tuple(a for a in job.snapshot if a not in interface.associations)
    return Seen(
        kind=kind,
        began_at=observation.began_at,
        ended_at=observation.ended_at,
        since=memory.state_since
        if memory.state_since is not None
        else observation.began_at,
        attachment=interface.attachment if kind is Kind.HELD else None,
        missing=missing,
        elsewhere=_elsewhere(missing, observation),
    )


def _elsewhere(
    missing: tuple[tuple[AllocationId, str], ...], observation: Observation
) -> tuple[AllocationId, ...] | None:
    """Missing addresses that somebody else holds, or that no longer exist."""
    ids = tuple(allocation for allocation, _ in missing)
    if not observation.scope.allocation_ids.issuperset(ids):
        return None
    found = observation.elastic_ips
    return tuple(i for i in ids if i not in found or found[i].association_id)
