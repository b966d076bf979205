"""The decide table of protocol P4 for strategy `eni`, and for plain attach, detach.

Pure and total: for any job, intents and sight there is exactly one step. The rows are
functions; each says in its name what was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from failover.engine import refusals
from failover.engine.job import (
    Action,
    Aim,
    Call,
    Intent,
    Job,
    Kind,
    Outcome,
    State,
)
from failover.engine.limits import Limits
from failover.engine.refusals import Facts, Verdict
from failover.engine.sight import DYING, Seen
from failover.engine.sight import Kind as Sight
from failover.engine.steps import Finish, Need, Park, Send, Step, Turn, Wait
from failover.engine.topology import Attachment, Instance, InstanceId

INSTANCES = frozenset({Need.INSTANCES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a decision rests on. `now` is database seconds."""

    job: Job
    intents: Sequence[Intent]
    seen: Seen
    facts: Facts
    now: float
    limits: Limits

    def instance(self, instance_id: InstanceId | None) -> Instance | None:
        fact = self.facts.get(instance_id) if instance_id else None
        return fact.instance if fact else None

    def is_open(self, intent: Intent) -> bool:
        return intent.is_open(now=self.now, settle_s=self.limits.settle_s)

    @property
    def effort_left(self) -> bool:
        """Bound K: detaches and turns only; an attach is never counted (P2)."""
        spent = self.job.turns + sum(
            i.call.action is Action.DETACH
            and i.outcome not in (Outcome.NOT_SENT, Outcome.THROTTLED)
            for i in self.intents
        )
        return spent < self.limits.effort


def decide(case: Case) -> Step:
    """The one next step. Never raises, whatever was seen."""
    match case.seen.kind:
        case Sight.UNKNOWN:
            needs = {Need.CONFIRMATION} if case.seen.needs_confirmation else set()
            return Wait(waiting_for="clear_view", needs=frozenset(needs))
        case Sight.GONE:
            return Park(why="gone")
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
    return Park(why="foreign_instance", args=(("instance", attachment.instance_id),))


def _at_aim(  # noqa: PLR0911 - one return a row of the table.
    case: Case, attachment: Attachment
) -> Step:
    if attachment.status == "detaching":
        return _detaching(case, attachment)
    if attachment.delete_on_termination:
        return _keep_on_termination(case, attachment)
    if attachment.status == "attaching":
        if not _is_attach_hopeless(case, attachment):
            return Wait(waiting_for="attached")
        if case.job.other and case.effort_left:
            return Turn(why="attach_stuck", args=_ends(case))
        return Park(why="attach_stuck", args=_ends(case))
    accepted = [i for i in _detaches(case, attachment) if i.outcome is Outcome.OK]
    if accepted:
        # A cancel came after EC2 took the detach: it will go, and come back.
        return _after_accepted_detach(case, attachment, accepted[0])
    if case.seen.missing:
        return _address_missing(case)
    return _verify(case, attachment)


def _at_other(case: Case, attachment: Attachment) -> Step:
    holder = case.instance(attachment.instance_id)
    is_dying = holder is not None and holder.state in DYING
    if attachment.status == "detaching":
        return _detaching(case, attachment)
    if is_dying:
        if attachment.delete_on_termination:
            return _keep_on_termination(case, attachment)
        return Wait(waiting_for="available", needs=INSTANCES)
    if attachment.status == "attaching":
        if not _is_attach_hopeless(case, attachment):
            return Wait(waiting_for="attached", needs=INSTANCES)
        return _detach(case, attachment, force=case.job.force_after_s is not None)
    return _attached_at_other(case, attachment)


def _attached_at_other(  # noqa: PLR0911 - one return a row of the table.
    case: Case, attachment: Attachment
) -> Step:
    tried = _detaches(case, attachment)
    accepted = [i for i in tried if i.outcome is Outcome.OK]
    if accepted:
        return _after_accepted_detach(case, attachment, accepted[0])
    refused = tried and tried[-1].outcome is Outcome.REFUSED
    if refused and tried[-1].error_code not in refusals.DETACH_LOOK_AGAIN:
        if any(case.is_open(i) for i in tried):
            return Wait(waiting_for="settle")
        return Turn(why="detach_refused", args=_refusal(tried[-1]))
    if case.job.first_intent_at is None and case.job.kind is Kind.SWAP:
        doubt = _doubt_before_first_detach(case)
        if doubt is not None:
            return doubt
    if attachment.delete_on_termination:
        return _keep_on_termination(case, attachment)
    if not case.effort_left:
        return Park(why="effort_spent")
    return _detach(case, attachment, force=False)


def _doubt_before_first_detach(case: Case) -> Step | None:
    """P6: the target's facts, at most five seconds old, must still be true."""
    target = case.job.aimed
    fact = case.facts.get(target) if target else None
    if fact is None or case.now - fact.began_at > case.limits.facts_age_s:
        return Wait(waiting_for="facts", needs=INSTANCES)
    obstacle = _obstacle(case.job, fact.instance)
    if obstacle is None:
        return None
    return Finish(
        state=State.CANCELLED, why="no_longer_possible", args=(("reason", obstacle),)
    )


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


def _detaching(case: Case, attachment: Attachment) -> Step:
    accepted = [i for i in _detaches(case, attachment) if i.outcome is Outcome.OK]
    since = case.seen.since
    if accepted:
        since = min(since, accepted[0].ended_at or since)
    return _hung_or_wait(case, attachment, since)


def _after_accepted_detach(case: Case, attachment: Attachment, first: Intent) -> Step:
    return _hung_or_wait(case, attachment, first.ended_at or first.intent_at)


def _hung_or_wait(case: Case, attachment: Attachment, since: float) -> Step:
    job, age = case.job, case.now - since
    force_after_s = job.force_after_s
    if force_after_s is not None and age >= force_after_s:
        forced = [i for i in _detaches(case, attachment) if i.call.force]
        if case.now >= refusals.repeat_at(forced, limits=case.limits):
            return _detach(case, attachment, force=True)
    if age >= case.limits.force_after_s and force_after_s is None:
        return Park(why="hung_detach", args=_ends(case), needs=INSTANCES)
    patience_s = case.limits.force_after_s * 2
    if force_after_s is not None and age >= force_after_s + patience_s:
        return Park(why="hung_detach", args=_ends(case), needs=INSTANCES)
    return Wait(waiting_for="detached")


def _is_attach_hopeless(case: Case, attachment: Attachment) -> bool:
    holder = case.instance(attachment.instance_id)
    stuck = case.now - case.seen.since > case.limits.attach_stuck_s
    alive = {"running", "stopped", "pending", "stopping"}
    return stuck or (holder is not None and holder.state not in alive)


def _detach(case: Case, attachment: Attachment, *, force: bool) -> Step:
    tried = _detaches(case, attachment)
    if force:
        tried = [i for i in tried if i.call.force]
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


def _keep_on_termination(case: Case, attachment: Attachment) -> Step:
    """I27: no termination may delete a floating interface."""
    tried = [
        i
        for i in case.intents
        if i.call.action is Action.MODIFY and i.call.attachment_id == attachment.id
    ]
    at = refusals.repeat_at(tried, limits=case.limits)
    if case.now < at:
        return Wait(waiting_for="delete_on_termination", until=at)
    call = Call(
        action=Action.MODIFY,
        interface_id=case.job.interface_id,
        attachment_id=attachment.id,
    )
    return Send(call=call, waiting_for="delete_on_termination")


def _address_missing(case: Case) -> Step:
    elsewhere = case.seen.elsewhere
    if elsewhere is None:
        return Wait(waiting_for="addresses", needs=frozenset({Need.ADDRESSES}))
    if elsewhere:
        return Park(
            why="address_elsewhere",
            args=(("addresses", ", ".join(elsewhere)),),
            needs=frozenset({Need.ADDRESSES}),
        )
    allocation, private_ip = case.seen.missing[0]
    tried = [
        i
        for i in case.intents
        if i.call.action is Action.ASSOCIATE and i.call.allocation_id == allocation
    ]
    at = refusals.repeat_at(tried, limits=case.limits)
    if case.now < at:
        return Wait(
            waiting_for="addresses", until=at, needs=frozenset({Need.ADDRESSES})
        )
    call = Call(
        action=Action.ASSOCIATE,
        interface_id=case.job.interface_id,
        allocation_id=allocation,
        private_ip=private_ip,
    )
    return Send(call=call, waiting_for="addresses")


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
    last = refusals.attaches(case.intents, target)[-1]
    other = case.job.other
    if other is None:
        if any(case.is_open(i) for i in case.intents):
            return Wait(waiting_for="settle")
        # A cancelled detach that cannot be taken back lies where it was asked to.
        is_target = case.job.to_instance_id is None
        state = State.SUCCEEDED if is_target else State.REVERSED
        return Finish(state=state, why="attach_refused", args=_refusal(last))
    if _judge(case, other) is Verdict.FINAL:
        return Park(why="both_ends_impossible", args=_refusal(last), needs=INSTANCES)
    return Turn(why="attach_refused", args=_refusal(last))


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


def _detaches(case: Case, attachment: Attachment) -> list[Intent]:
    return [
        i
        for i in case.intents
        if i.call.action is Action.DETACH and i.call.attachment_id == attachment.id
    ]


def _ends(case: Case) -> tuple[tuple[str, str], ...]:
    holder = case.seen.attachment.instance_id if case.seen.attachment else ""
    return (("instance", holder), ("target", case.job.aimed or ""))


def _refusal(intent: Intent) -> tuple[tuple[str, str], ...]:
    return (
        ("instance", intent.call.instance_id or ""),
        ("code", intent.error_code),
        ("message", intent.error_message),
    )
