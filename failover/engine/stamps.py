"""The stamps of protocol P11 for `eni`: when it went dark, when it was restored."""

from collections.abc import Sequence

from failover.engine import sight
from failover.engine.job import Action, Intent, Job, Outcome
from failover.engine.sight import Seen
from failover.engine.topology import Attachment, AttachmentId
from failover.engine.values import replace

# EC2 has not even weighed these: nothing was moved, so nothing is restored.
NOT_EXECUTED = (Outcome.NOT_SENT, Outcome.THROTTLED)


def stamp(*, job: Job, intents: Sequence[Intent], seen: Seen) -> Job:
    """The job with what this look tells about its times."""
    if seen.attachment is not None:
        return _stamp_held(job, intents, seen, seen.attachment)
    if seen.kind is sight.Kind.FREE:
        return _stamp_free(job, intents, seen)
    return job


def stamp_receipts(*, job: Job, intents: Sequence[Intent]) -> Job:
    """An accepted departure is an outage from the moment it was sent (P11).

    Or from an earlier one whose fate nobody told: where it was of another attachment,
    that one must have ended for this one to come.
    """
    leaving = [i for i in intents if i.call.is_departure and i.may_have_worked]
    accepted = next((i for i in leaving if i.outcome is Outcome.OK), None)
    if accepted is None or job.outage_started_at is not None:
        return job
    other = [
        i
        for i in leaving[: leaving.index(accepted)]
        if i.call.attachment_id != accepted.call.attachment_id
    ]
    return replace(job, outage_started_at=min(map(sent_at, [*other, accepted])))


def sent_at(intent: Intent) -> float:
    """When the call left, or at the latest was going to."""
    return intent.sent_at if intent.sent_at is not None else intent.intent_at


def settle(job: Job, since: float | None) -> Job:
    """Remember which look first showed everything in its place; None: none did."""
    return replace(job, memory=replace(job.memory, settled_since=since))


def _stamp_held(
    job: Job, intents: Sequence[Intent], seen: Seen, attachment: Attachment
) -> Job:
    if attachment.status == "detaching":
        job = replace(job, restored_at=None)
        return settle(_went_dark(job, intents, seen), None)
    if attachment.status == "attached" and attachment.instance_id == job.aimed:
        if _is_leaving(attachment.id, intents):
            return settle(replace(job, restored_at=None), None)
        return _stamp_in_place(job, intents, seen)
    return settle(replace(job, restored_at=None), None)


def _stamp_in_place(job: Job, intents: Sequence[Intent], seen: Seen) -> Job:
    moved = any(i.outcome not in NOT_EXECUTED for i in intents)
    since = job.memory.settled_since
    if since is not None and seen.since > since:
        # Another attachment than before: somebody let go of it in between.
        job, since = replace(job, restored_at=None), None
    restored_at = job.restored_at or (seen.ended_at if moved else None)
    job = replace(job, restored_at=restored_at)
    return settle(job, since if since is not None else seen.began_at)


def _is_leaving(attachment_id: AttachmentId, intents: Sequence[Intent]) -> bool:
    """Whether EC2 has accepted a detach of this attachment that still shows."""
    return any(
        i.call.action is Action.DETACH
        and i.call.attachment_id == attachment_id
        and i.outcome is Outcome.OK
        for i in intents
    )


def _stamp_free(job: Job, intents: Sequence[Intent], seen: Seen) -> Job:
    job = _went_dark(job, intents, seen)
    job = replace(job, restored_at=None, detached_at=job.detached_at or seen.ended_at)
    if job.aimed is not None:
        return settle(job, None)
    since = job.memory.settled_since
    return settle(job, since if since is not None else seen.began_at)


def _went_dark(job: Job, intents: Sequence[Intent], seen: Seen) -> Job:
    """`outage_started_at`: when our detach was sent, else when last seen attached."""
    leaving = [i for i in intents if i.call.action is Action.DETACH]
    is_told = job.outage_started_at is not None and not _was_guessed(job, leaving)
    if is_told or job.from_instance_id is None:
        return job
    sent = [sent_at(i) for i in leaving if i.may_have_worked]
    is_wanted_free = job.to_instance_id is None
    if is_wanted_free and not sent and job.memory.last_attached_at is None:
        # It was free before this job began, as it was asked to be.
        return job
    started_at = min(sent, default=job.memory.last_attached_at or seen.ended_at)
    return replace(job, outage_started_at=started_at)


def _was_guessed(job: Job, leaving: Sequence[Intent]) -> bool:
    """Whether it was told from an intent whose receipt now tells otherwise.

    It may come long after the effect was seen: from a worker that stood still. Then the
    call left later than its intent says, or never.
    """
    return any(
        i.intent_at == job.outage_started_at
        and (sent_at(i) != i.intent_at or not i.may_have_worked)
        for i in leaving
    )
