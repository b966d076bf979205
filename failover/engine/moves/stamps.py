"""The stamps of protocol P11 for what moves in one call.

The outage begins when the first move that took effect was sent. What was free at the
start has none: it was dark before the job, as a free interface is for an attach.
"""

from collections.abc import Sequence

from failover.engine.job import Aim, Intent, Job, Moving
from failover.engine.moves.places import Place, Whereabouts, end_of, goes_to
from failover.engine.stamps import NOT_EXECUTED, sent_at, settle
from failover.engine.values import replace

ENDS = (Place.TARGET, Place.SOURCE)


def stamp(
    *, job: Job, moving: Moving, intents: Sequence[Intent], seen: Whereabouts
) -> Job:
    """The job with what this look tells about its times."""
    job = _went_dark(job, moving, intents, seen)
    aim = Place.TARGET if job.aim is Aim.TARGET else Place.SOURCE
    if end_of(moving, aim) is None:
        since = _since(job, seen) if seen.are_all(Place.FREE) else None
        return settle(job, since)
    if seen.are_all(aim):
        moved = any(i.outcome not in NOT_EXECUTED for i in intents)
        restored_at = _still_restored(job, moving, intents)
        restored_at = restored_at or (seen.ended_at if moved else None)
        return settle(replace(job, restored_at=restored_at), _since(job, seen))
    # A look that may be old takes nothing back, but what it shows is no second look.
    is_clear = not any(one.place is Place.UNKNOWN for one in seen.parts)
    if is_clear:
        job = replace(job, restored_at=None)
    return settle(job, None)


def _still_restored(
    job: Job, moving: Moving, intents: Sequence[Intent]
) -> float | None:
    """Since when, unless a call of ours has brought it here only after that."""
    restored_at = job.restored_at
    end = end_of(moving, Place.TARGET if job.aim is Aim.TARGET else Place.SOURCE)
    is_later = restored_at is not None and any(
        end is not None
        and goes_to(i, end)
        and i.may_have_worked
        and i.intent_at > restored_at
        for i in intents
    )
    return None if is_later else restored_at


def _since(job: Job, seen: Whereabouts) -> float:
    since = job.memory.settled_since
    return since if since is not None else seen.began_at


def _went_dark(
    job: Job, moving: Moving, intents: Sequence[Intent], seen: Whereabouts
) -> Job:
    """`outage_started_at`, once anything is seen away from where it served."""
    if job.outage_started_at is not None or moving.source is None:
        return job
    sent = [
        sent_at(intent)
        for one in seen.parts
        for intent in intents
        if _brought(intent, one.place, moving) and one.part.is_moved_by(intent.call)
    ]
    if sent:
        return replace(job, outage_started_at=min(sent))
    if not any(one.place is Place.FREE for one in seen.parts):
        return job
    # A third party's hand: it served at least until it was last seen in place.
    started_at = job.memory.last_attached_at or seen.ended_at
    return replace(job, outage_started_at=started_at)


def _brought(intent: Intent, place: Place, moving: Moving) -> bool:
    """Whether this call may be what took a part to the end where it is seen."""
    end = end_of(moving, place) if place in ENDS else None
    if end is None or end == moving.source:
        return False
    may_have = intent.call.is_departure and intent.may_have_worked
    return may_have and goes_to(intent, end)
