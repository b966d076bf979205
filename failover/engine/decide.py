"""The decide table of protocol P4 for strategy `eni`, and for plain attach, detach.

Pure and total: for any job, intents and sight there is exactly one step. The rows are
functions; each says in its name what was seen.
"""

from typing import assert_never

from failover.engine import addresses, letting_go, refusals

# The case is also known by this module, to which every test of the table comes.
from failover.engine.case import Case as Case
from failover.engine.job import Action, Aim, Call, Intent, Job, Kind, Outcome, State
from failover.engine.limits import Limits
from failover.engine.refusals import Verdict
from failover.engine.sight import DYING
from failover.engine.sight import Kind as Sight
from failover.engine.steps import Finish, Need, Park, Send, Step, Turn, Wait
from failover.engine.topology import Attachment, Instance, InstanceId

INSTANCES = frozenset({Need.INSTANCES})


def decide(case: Case) -> Step:
    """The one next step. Never raises, whatever was seen."""
    match case.seen.kind:
        case Sight.UNKNOWN:
            needs = {Need.CONFIRMATION} if case.seen.needs_confirmation else set()
            return Wait(waiting_for="clear_view", needs=frozenset(needs))
        case Sight.GONE:
            return _leave(case, Park(why="gone"))
        case Sight.FREE:
            return _free(case)
        case Sight.HELD:
            return _held(case)
        case _:  # pragma: no cover - mypy proves that there is nothing else.
            assert_never(case.seen.kind)


def decide_from_preflight(*, job: Job, now: float, limits: Limits) -> Send | None:
    """The first detach on the request's own look, while it is a second old (P9)."""
    if job.preflight_at is None or job.first_intent_at is not None:
        return None
    if job.kind is not Kind.SWAP or job.cancel_requested_at is not None:
        return None
    if not job.is_preflight_current or job.preflight_attachment_id is None:
        return None
    if now - job.preflight_at > limits.preflight_age_s:
        return None
    call = Call(
        action=Action.DETACH,
        interface_id=job.interface_id,
        attachment_id=job.preflight_attachment_id,
    )
    return Send(call=call, waiting_for="detached")


# Held by somebody.


def _held(case: Case) -> Step:
    attachment = case.seen.attachment
    if attachment is None:
        return Wait(waiting_for="clear_view")
    if attachment.instance_id == case.job.aimed:
        return _at_aim(case, attachment)
    if attachment.instance_id == case.job.other:
        return _at_other(case, attachment)
    if not case.seen.is_confirmed:
        return Wait(waiting_for="clear_view")
    args = (("instance", attachment.instance_id),)
    return _leave(case, Park(why="foreign_instance", args=args))


def _leave(case: Case, park: Park) -> Step:
    return refusals.leave(
        park, job=case.job, intents=case.intents, now=case.now, limits=case.limits
    )


def _at_aim(case: Case, attachment: Attachment) -> Step:
    if attachment.status == "detaching":
        return letting_go.wait_for_end(case, attachment)
    mending = letting_go.keep_on_termination(case, attachment)
    if mending is not None:
        return mending
    if attachment.status == "attaching":
        return _attaching_at_aim(case, attachment)
    if letting_go.find_accepted(case, attachment) is not None:
        # A cancel came after EC2 took the detach: it will go, and come back.
        return letting_go.wait_for_end(case, attachment)
    if case.seen.missing:
        return addresses.mend(case)
    return _verify(case, attachment)


def _attaching_at_aim(case: Case, attachment: Attachment) -> Step:
    if not _is_attach_hopeless(case, attachment):
        return Wait(waiting_for="attached")
    other = case.job.other
    # An end that has refused it for good would only send it back here.
    is_open = other is not None and _judge(case, other) is not Verdict.FINAL
    if is_open and case.effort_left:
        return Turn(why="attach_stuck", args=_ends(case))
    return Park(why="attach_stuck", args=_ends(case))


def _at_other(case: Case, attachment: Attachment) -> Step:
    if attachment.status == "detaching":
        return letting_go.wait_for_end(case, attachment)
    holder = case.instance(attachment.instance_id)
    if holder is not None and holder.state in DYING:
        mending = letting_go.keep_on_termination(case, attachment)
        return mending or Wait(waiting_for="available", needs=INSTANCES)
    if attachment.status == "attaching":
        if not _is_attach_hopeless(case, attachment):
            return Wait(waiting_for="attached", needs=INSTANCES)
        by_force = case.job.force_after_s is not None
        return letting_go.detach(case, attachment, force=by_force)
    return _attached_at_other(case, attachment)


def _attached_at_other(case: Case, attachment: Attachment) -> Step:
    tried = case.detaches(attachment)
    if letting_go.find_accepted(case, attachment) is not None:
        return letting_go.wait_for_end(case, attachment)
    if tried and refusals.is_final_as_said(tried[-1]):
        if any(case.is_open(i) for i in tried):
            return Wait(waiting_for="settle")
        return Turn(why="detach_refused", args=refusals.as_args(tried[-1]))
    doubt = _doubt_before_first_detach(case)
    if doubt is not None:
        return doubt
    mending = letting_go.keep_on_termination(case, attachment)
    return mending or letting_go.detach(case, attachment, force=False)


def _doubt_before_first_detach(case: Case) -> Step | None:
    """P6: the target's facts, at most five seconds old, must still be true."""
    target = case.job.aimed
    if target is None or case.job.kind is not Kind.SWAP or case.has_departed:
        return None
    fact = case.facts.get(target)
    if fact is None or case.now - fact.began_at > case.limits.facts_age_s:
        return Wait(waiting_for="facts", needs=INSTANCES)
    obstacle = _obstacle(case.job, fact.instance)
    if obstacle is None:
        return None
    args = (("reason", obstacle),)
    if case.job.first_intent_at is not None:
        # A call was sent that moved nothing: it ends where it lies.
        return Turn(why="no_longer_possible", args=args)
    return Finish(state=State.CANCELLED, why="no_longer_possible", args=args)


def _obstacle(job: Job, target: Instance | None) -> str | None:
    if target is None or target.state != "running":
        return "target_state"
    others = [s for s in target.slots if s.interface_id != job.interface_id]
    if any(s.device_index == job.aimed_index for s in others):
        return "free_index"
    limit = target.interface_limit
    if limit is not None and len(others) >= limit:
        return "free_slot"
    return None


def _is_attach_hopeless(case: Case, attachment: Attachment) -> bool:
    holder = case.instance(attachment.instance_id)
    stuck = case.now - case.seen.since > case.limits.attach_stuck_s
    alive = {"running", "stopped", "pending", "stopping"}
    return stuck or (holder is not None and holder.state not in alive)


def _verify(case: Case, attachment: Attachment) -> Step:
    job, limits = case.job, case.limits
    settled = job.memory.settled_since
    if settled is None or case.seen.began_at < settled + limits.verify_after_s:
        due = (settled or case.now) + limits.verify_after_s
        return Wait(waiting_for="verify", until=due, needs=INSTANCES)
    if any(_is_harmful_here(case, i, attachment) for i in case.intents):
        return Wait(waiting_for="settle", needs=INSTANCES)
    fact = case.facts.get(attachment.instance_id)
    if fact is None or case.now - fact.began_at > limits.finish_age_s:
        return Wait(waiting_for="verify", needs=INSTANCES)
    is_target = attachment.instance_id == job.to_instance_id
    if job.kind is Kind.SWAP and is_target and not _is_running(fact.instance):
        return _target_not_running(case)
    return _finish_here(case, is_target=is_target)


def _is_running(instance: Instance | None) -> bool:
    return instance is not None and instance.state == "running"


def _target_not_running(case: Case) -> Step:
    other = case.instance(case.job.other)
    waited = case.now - (case.job.memory.settled_since or case.now)
    if waited < case.limits.attach_stuck_s:
        return Wait(waiting_for="target_running", needs=INSTANCES)
    # Once only: an end that has refused it already would send it back here.
    is_first = case.job.turns == 0 and not case.job.is_index_burnt
    if is_first and _is_running(other) and case.job.aim is Aim.TARGET:
        return Turn(why="target_not_running", args=_ends(case))
    return _finish_here(case, is_target=True, why="target_not_running")


def _finish_here(case: Case, *, is_target: bool, why: str = "") -> Finish:
    """The final state says where it lies, whatever was aimed at (P4)."""
    state = State.SUCCEEDED if is_target else State.REVERSED
    if is_target and case.job.cancel_requested_at is not None:
        why = why or "cancel_too_late"
    # A turn has already said why the interface is back where it was.
    kept = case.job.why_args if case.job.turns and not why else ()
    why = why or (case.job.why if case.job.turns else "") or "done"
    return Finish(state=state, why=why, args=kept)


def _is_harmful_here(case: Case, intent: Intent, attachment: Attachment) -> bool:
    """Open calls that could still move an interface that is attached (P2)."""
    if intent.call.action is not Action.DETACH or not case.is_open(intent):
        return False
    return intent.call.attachment_id == attachment.id


# Held by nobody.


def _free(case: Case) -> Step:
    job = case.job
    target = job.aimed
    if target is None:
        return _lies_free(case)
    verdict = _judge(case, target)
    if verdict is Verdict.UNSURE:
        return Wait(waiting_for="facts", needs=INSTANCES)
    if verdict is Verdict.FINAL:
        return _refused_for_good(case, target)
    tried = refusals.attaches(case.intents, target)
    living = [
        i
        for i in tried
        if not (i.outcome is Outcome.OK and i.attachment_id in job.memory.dead)
    ]
    at = refusals.repeat_at(living, limits=case.limits)
    if case.now < at:
        return Wait(waiting_for="attached", until=at, needs=INSTANCES)
    call = Call(
        action=Action.ATTACH,
        interface_id=job.interface_id,
        instance_id=target,
        device_index=job.aimed_index,
    )
    return Send(call=call, waiting_for="attached")


def _judge(case: Case, target: InstanceId) -> Verdict:
    return refusals.judge_end(
        job=case.job,
        intents=case.intents,
        target=target,
        seen=case.seen,
        facts=case.facts,
        now=case.now,
        limits=case.limits,
    )


def _refused_for_good(case: Case, target: InstanceId) -> Step:
    args = refusals.as_args(refusals.attaches(case.intents, target)[-1])
    other = case.job.other
    if other is None:
        if any(case.is_open(i) for i in case.intents):
            return Wait(waiting_for="settle")
        # A cancelled detach that cannot be taken back lies where it was asked to.
        is_target = case.job.to_instance_id is None
        state = State.SUCCEEDED if is_target else State.REVERSED
        return Finish(state=state, why="attach_refused", args=args)
    if _judge(case, other) is Verdict.FINAL:
        return Park(why="both_ends_impossible", args=args, needs=INSTANCES)
    return Turn(why="attach_refused", args=args)


def _lies_free(case: Case) -> Step:
    settled = case.job.memory.settled_since
    after_s = case.limits.verify_after_s
    if settled is None or case.seen.began_at < settled + after_s:
        return Wait(waiting_for="verify", until=(settled or case.now) + after_s)
    attaching = [i for i in case.intents if i.call.action is Action.ATTACH]
    if any(case.is_open(i) for i in attaching):
        return Wait(waiting_for="settle")
    is_target = case.job.to_instance_id is None
    return _finish_here(case, is_target=is_target)


# Small facts about the case.


def _ends(case: Case) -> tuple[tuple[str, str], ...]:
    holder = case.seen.attachment.instance_id if case.seen.attachment else ""
    return (("instance", holder), ("target", case.job.aimed or ""))
