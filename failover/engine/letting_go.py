"""How an attachment is let go of: detach, the ladder of force, what is mended first.

A detach names its attachment id, which EC2 makes new at each attach, so that a late one
never takes away what was attached since (protocol P2, P4).
"""

from failover.engine import refusals
from failover.engine.case import Case
from failover.engine.job import Action, Call, Intent, Outcome
from failover.engine.steps import Need, Park, Send, Step, Wait
from failover.engine.topology import Attachment

INSTANCES = frozenset({Need.INSTANCES})
# A forced detach that does not work in this many times FORCE_AFTER_S never will.
PATIENCE = 2


def detach(case: Case, attachment: Attachment, *, force: bool) -> Step:
    """Detach, or wait to do it again; `force` spoils the device index."""
    if not case.effort_left:
        return Park(why="effort_spent", needs=INSTANCES)
    tried = [i for i in case.detaches(attachment) if i.call.force or not force]
    at = refusals.repeat_at(tried, limits=case.limits)
    if case.now < at:
        return Wait(waiting_for="detached", until=at)
    call = Call(
        action=Action.DETACH,
        interface_id=case.job.interface_id,
        attachment_id=attachment.id,
        force=force,
    )
    return Send(call=call, waiting_for="detached", burns_index=force)


def wait_for_end(case: Case, attachment: Attachment) -> Step:
    """A detach that EC2 has accepted, or that is under way: wait, page, force.

    The clock starts at acceptance, or where the detach is not ours, at the first look.
    """
    age = case.now - _started_at(case, attachment)
    force_after_s, page_after_s = case.job.force_after_s, case.limits.force_after_s
    if force_after_s is not None and age >= force_after_s:
        return _force(case, attachment)
    if age >= page_after_s:
        return _park_hung(case, attachment)
    return Wait(waiting_for="detached")


def _started_at(case: Case, attachment: Attachment) -> float:
    accepted = find_accepted(case, attachment)
    since = case.seen.since
    if accepted is None:
        return since
    accepted_at = refusals.ended_at(accepted)
    return min(since, accepted_at) if attachment.status == "detaching" else accepted_at


def find_accepted(case: Case, attachment: Attachment) -> Intent | None:
    """The first detach of this attachment that EC2 has accepted."""
    accepted = (i for i in case.detaches(attachment) if i.outcome is Outcome.OK)
    return next(accepted, None)


def _force(case: Case, attachment: Attachment) -> Step:
    forced = [i for i in case.detaches(attachment) if i.call.force]
    patience_s = PATIENCE * case.limits.force_after_s
    if forced and case.now >= forced[0].intent_at + patience_s:
        return _park_hung(case, attachment)
    if not case.effort_left:
        return _park_hung(case, attachment)
    return detach(case, attachment, force=True)


def _park_hung(case: Case, attachment: Attachment) -> Park:
    args = (("instance", attachment.instance_id), ("target", case.job.aimed or ""))
    return Park(why="hung_detach", args=args, needs=INSTANCES)


def keep_on_termination(case: Case, attachment: Attachment) -> Step | None:
    """I27: no termination may delete a floating interface.

    None: nothing to mend, or EC2 refuses to. Then the swap goes on: the attach that
    ends it sets the flag anew, to false.
    """
    if not attachment.delete_on_termination:
        return None
    tried = [
        i
        for i in case.intents
        if i.call.action is Action.MODIFY and i.call.attachment_id == attachment.id
    ]
    if tried and refusals.is_final_as_said(tried[-1]):
        return None
    at = refusals.repeat_at(tried, limits=case.limits)
    if case.now < at:
        return Wait(waiting_for="delete_on_termination", until=at)
    call = Call(
        action=Action.MODIFY,
        interface_id=case.job.interface_id,
        attachment_id=attachment.id,
    )
    return Send(call=call, waiting_for="delete_on_termination")
