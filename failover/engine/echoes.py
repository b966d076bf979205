"""Calls of earlier jobs that may still land: they delay an end as our own do (P2).

A call without an answer may take effect until SETTLE after its intent. Its job may
have ended meanwhile, where that would do no harm; the job after it stands elsewhere.
"""

from collections.abc import Sequence

from failover.engine.job import Action, Call, Intent, Job, Moving
from failover.engine.limits import Limits
from failover.engine.moves.places import Place, Whereabouts, end_of, goes_to
from failover.engine.sight import Kind, Seen
from failover.engine.steps import Finish, Step, Wait


def hold_back(
    step: Step,
    *,
    job: Job,
    seen: Seen | Whereabouts,
    echoes: Sequence[Intent],
    now: float,
    limits: Limits,
) -> Step:
    """The step; but no end while a call of an earlier job could still undo it."""
    if not isinstance(step, Finish) or job.first_intent_at is None:
        return step
    living = [i for i in echoes if i.is_open(now=now, settle_s=limits.settle_s)]
    if not any(_is_harmful(i, job, seen) for i in living):
        return step
    return Wait(waiting_for="settle")


def _is_harmful(echo: Intent, job: Job, seen: Seen | Whereabouts) -> bool:
    if isinstance(seen, Whereabouts):
        return job.moving is not None and _moves_away(echo, job.moving, seen)
    return _ties_or_frees(echo.call, seen)


def _ties_or_frees(call: Call, seen: Seen) -> bool:
    """Attach works on what lies free, detach only on this very attachment."""
    if call.action is Action.ATTACH:
        return seen.kind is Kind.FREE
    attachment_id = seen.attachment.id if seen.attachment else None
    return call.action is Action.DETACH and call.attachment_id == attachment_id


def _moves_away(echo: Intent, moving: Moving, seen: Whereabouts) -> bool:
    """What takes works wherever the part is; what does not, on a free one only."""
    for lying in seen.parts:
        if not lying.part.is_moved_by(echo.call):
            continue
        end = end_of(moving, lying.place)
        if lying.place is Place.FREE:
            return True
        if echo.call.is_departure and (end is None or not goes_to(echo, end)):
            return True
    return False
