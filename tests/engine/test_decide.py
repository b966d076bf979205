"""The decide table of protocol P4, one promise a row."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine import decide
from failover.engine.job import Action, Aim, Intent, Job, Kind, Outcome, State
from failover.engine.sight import Kind as Sight
from failover.engine.sight import Seen
from failover.engine.steps import Finish, Need, Park, Send, Step, Turn, Wait
from failover.engine.topology import InstanceId, InterfaceId, Slot
from tests.engine.cast import (
    ADDRESS,
    AT_PRIMARY,
    AT_STANDBY,
    LIMITS,
    NOW,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    STRANGER,
    a_case,
    a_detach,
    a_job,
    an_attach,
    an_instance,
    an_intent,
    facts,
    held,
    refused,
    remembering,
    seen,
    under_way,
)

OPEN: dict[str, Any] = {"outcome": Outcome.UNKNOWN}


def the_step(job: Job, *args: object, **changes: object) -> Step:
    return decide.decide(a_case(job, *args, **changes))  # type: ignore[arg-type]


def assert_sends(step: Step, action: Action) -> Send:
    assert isinstance(step, Send)
    assert step.call.action is action
    return step


def assert_waits(step: Step, waiting_for: str) -> Wait:
    assert isinstance(step, Wait)
    assert step.waiting_for == waiting_for
    return step


# Nothing certain.


def test_an_unclear_look_waits() -> None:
    step = assert_waits(the_step(a_job(), seen(kind=Sight.UNKNOWN)), "clear_view")

    assert step.needs == frozenset()


def test_an_interface_that_was_left_out_twice_is_asked_for_by_id() -> None:
    step = the_step(a_job(), seen(kind=Sight.UNKNOWN, needs_confirmation=True))

    assert assert_waits(step, "clear_view").needs == {Need.CONFIRMATION}


def test_an_interface_that_is_gone_parks_the_job() -> None:
    step = the_step(a_job(), seen(kind=Sight.GONE))

    assert isinstance(step, Park)
    assert step.why == "gone"


def test_a_held_interface_without_its_attachment_is_unclear() -> None:
    step = the_step(a_job(), seen(kind=Sight.HELD))

    assert_waits(step, "clear_view")


# At a stranger.


def test_a_stranger_seen_once_is_looked_at_again() -> None:
    step = the_step(a_job(), seen(held(STRANGER), since=NOW - 0.1))

    assert_waits(step, "clear_view")


def test_a_stranger_seen_twice_parks_the_job_without_a_call() -> None:
    step = the_step(a_job(), seen(held(STRANGER)))

    assert isinstance(step, Park)
    assert step.why == "foreign_instance"
    assert ("instance", STRANGER) in step.args


@pytest.mark.parametrize(
    ("sight", "found"),
    [
        (seen(kind=Sight.GONE), "gone"),
        (seen(held(STRANGER)), "foreign_instance"),
        (
            seen(held(), missing=((ADDRESS, PRIVATE_IP),), elsewhere=(ADDRESS,)),
            "address_elsewhere",
        ),
    ],
)
def test_a_cancel_of_a_parked_job_releases_what_is_gone_or_foreign(
    sight: Seen, found: str
) -> None:
    job = under_way(
        state=State.PARKED,
        parked_at=NOW - 9,
        cancel_requested_at=NOW,
        aim=Aim.SOURCE,
    )

    step = the_step(job, sight)

    assert isinstance(step, Finish)
    assert (step.state, step.why) == (State.CANCELLED, "released")
    assert ("found", found) in step.args
    assert isinstance(the_step(job, sight, an_attach(**OPEN)), Park)


def test_a_cancel_from_before_it_was_parked_releases_nothing() -> None:
    job = under_way(state=State.PARKED, parked_at=NOW - 9, cancel_requested_at=NOW - 10)

    assert isinstance(the_step(job, seen(kind=Sight.GONE)), Park)


# At the other end.


def test_an_interface_at_the_source_is_detached_by_its_attachment_id() -> None:
    step = assert_sends(the_step(a_job(), seen(held())), Action.DETACH)

    assert step.call.attachment_id == AT_PRIMARY
    assert not step.call.force


@pytest.mark.parametrize("began_at", [NOW - 5.1, None])
def test_the_first_detach_waits_for_fresh_facts_of_the_target(
    began_at: float | None,
) -> None:
    known = {} if began_at is None else facts(began_at=began_at)

    step = assert_waits(the_step(a_job(), seen(held()), facts=known), "facts")

    assert step.needs == {Need.INSTANCES}


TAKEN_INDEX = Slot(interface_id=InterfaceId("eni-other"), device_index=1)
TAKEN_SLOT = Slot(interface_id=InterfaceId("eni-other"), device_index=2)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (an_instance(STANDBY, "stopped"), "target_state"),
        (an_instance(slots=(*an_instance().slots, TAKEN_INDEX)), "free_index"),
        (an_instance(slots=(*an_instance().slots, TAKEN_SLOT)), "free_slot"),
    ],
)
def test_a_target_that_became_impossible_cancels_before_the_first_call(
    target: object, reason: str
) -> None:
    step = the_step(a_job(), seen(held()), facts=facts(target))  # type: ignore[arg-type]

    assert isinstance(step, Finish)
    assert step.state is State.CANCELLED
    assert step.args == (("reason", reason),)


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.NOT_SENT])
def test_a_target_that_became_impossible_after_a_call_that_moved_nothing_turns(
    outcome: Outcome,
) -> None:
    """A raised flag was lowered, or a detach throttled: P6 is asked again."""
    known = facts(an_instance(STANDBY, "stopped"))

    step = the_step(under_way(), seen(held()), a_detach(outcome=outcome), facts=known)

    assert isinstance(step, Turn)
    assert step.why == "no_longer_possible"
    assert step.args == (("reason", "target_state"),)


def test_a_detach_that_may_have_worked_is_not_doubted_again() -> None:
    known = facts(an_instance(STANDBY, "stopped"))
    sent = a_detach(ended_at=NOW - 1, **OPEN)

    assert_sends(the_step(under_way(), seen(held()), sent, facts=known), Action.DETACH)


def test_a_target_that_ec2_does_not_know_cancels_before_the_first_call() -> None:
    known = {STANDBY: replace(facts()[STANDBY], instance=None)}

    step = the_step(a_job(), seen(held()), facts=known)

    assert isinstance(step, Finish)
    assert step.why == "no_longer_possible"


def test_a_target_without_a_known_limit_has_room() -> None:
    target = an_instance(interface_limit=None)

    assert_sends(the_step(a_job(), seen(held()), facts=facts(target)), Action.DETACH)


def test_a_plain_detach_asks_nothing_of_a_target() -> None:
    job = a_job(kind=Kind.DETACH, to_instance_id=None)

    assert_sends(the_step(job, seen(held()), facts={}), Action.DETACH)


def test_a_cancelled_swap_of_a_free_interface_asks_nothing_of_a_target() -> None:
    job = under_way(from_instance_id=None, aim=Aim.SOURCE)

    step = the_step(job, seen(held(STANDBY)), an_attach(), facts={})

    assert assert_sends(step, Action.DETACH).call.attachment_id == AT_STANDBY


def test_a_raised_flag_is_mended_before_the_detach() -> None:
    step = assert_sends(the_step(a_job(), seen(held(flag=True))), Action.MODIFY)

    assert step.call.attachment_id == AT_PRIMARY


def test_mending_the_flag_is_not_repeated_at_once() -> None:
    call = replace(a_detach().call, action=Action.MODIFY)
    sent = an_intent(Action.MODIFY, call=call)

    assert_waits(
        the_step(a_job(), seen(held(flag=True)), sent), "delete_on_termination"
    )


@pytest.mark.parametrize(
    ("holder", "action"), [(PRIMARY, Action.DETACH), (STANDBY, None)]
)
def test_a_flag_that_may_not_be_mended_does_not_stop_the_swap(
    holder: InstanceId, action: Action | None
) -> None:
    """The attach that follows sets it anew, to false."""
    attachment = held(holder, flag=True)
    call = replace(a_detach(attachment.id).call, action=Action.MODIFY)
    sent = refused(an_intent(Action.MODIFY, call=call), "UnauthorizedOperation")

    step = the_step(a_job(), seen(attachment), sent)

    if action is None:
        assert_waits(step, "verify")
    else:
        assert_sends(step, action)


def test_an_accepted_detach_that_still_shows_attached_is_waited_for() -> None:
    assert_waits(the_step(under_way(), seen(held()), a_detach()), "detached")


def test_an_accepted_detach_that_shows_attached_for_too_long_is_hung() -> None:
    long_ago = NOW - LIMITS.force_after_s - 1
    sent = a_detach(intent_at=long_ago, ended_at=long_ago)

    step = the_step(under_way(), seen(held()), sent)

    assert isinstance(step, Park)
    assert step.why == "hung_detach"


def test_a_detaching_interface_is_waited_for() -> None:
    step = the_step(under_way(), seen(held(status="detaching")), a_detach())

    assert_waits(step, "detached")


def test_a_detach_that_is_not_ours_is_hung_too_in_the_end() -> None:
    sight = seen(held(status="detaching"), since=NOW - LIMITS.force_after_s - 1)

    assert isinstance(the_step(under_way(), sight), Park)


def test_a_hung_detach_is_forced_by_policy_and_burns_the_index() -> None:
    sight = seen(held(status="detaching"), since=NOW - 31)

    step = the_step(under_way(force_after_s=30.0), sight)

    sent = assert_sends(step, Action.DETACH)
    assert sent.call.force
    assert sent.burns_index


def test_a_forced_detach_is_not_repeated_at_once() -> None:
    sight = seen(held(status="detaching"), since=NOW - 31)

    step = the_step(under_way(force_after_s=30.0), sight, a_detach(force=True))

    assert_waits(step, "detached")


@pytest.mark.parametrize("spent", [False, True])
def test_a_forced_detach_that_hangs_too_parks_and_is_forced_no_more(
    spent: bool,  # noqa: FBT001 - a case of the table.
) -> None:
    sight = seen(held(status="detaching"), since=NOW - 400)
    long_ago = a_detach(force=True, intent_at=NOW - 121, ended_at=NOW - 121)
    lately = a_detach(force=True, ended_at=NOW - 31, intent_at=NOW - 31)
    job = under_way(force_after_s=30.0, turns=LIMITS.effort if spent else 0)

    step = the_step(job, sight, lately if spent else long_ago)

    assert isinstance(step, Park)
    assert step.why == "hung_detach"


def test_a_policy_that_came_late_still_forces() -> None:
    """An operator may allow force for a job that is parked for it."""
    sight = seen(held(status="detaching"), since=NOW - 4000)
    job = under_way(state=State.PARKED, force_after_s=30.0)

    assert assert_sends(the_step(job, sight), Action.DETACH).call.force


def test_a_hung_detach_is_told_before_a_late_force() -> None:
    sight = seen(held(status="detaching"), since=NOW - LIMITS.force_after_s - 1)

    step = the_step(under_way(force_after_s=300.0), sight)

    assert isinstance(step, Park)
    assert step.why == "hung_detach"


def test_a_hung_detach_counts_from_its_acceptance() -> None:
    accepted = a_detach(ended_at=NOW - LIMITS.force_after_s - 1)
    sight = seen(held(status="detaching"), since=NOW - 3)

    assert isinstance(the_step(under_way(), sight, accepted), Park)


def test_an_unanswered_detach_is_repeated_after_a_pause() -> None:
    just_now = a_detach(ended_at=NOW - 0.1, **OPEN)
    before = a_detach(ended_at=NOW - 0.3, **OPEN)

    assert_waits(the_step(under_way(), seen(held()), just_now), "detached")
    assert_sends(the_step(under_way(), seen(held()), before), Action.DETACH)


def test_a_detach_refused_for_good_turns() -> None:
    sent = refused(a_detach(), "UnauthorizedOperation")

    step = the_step(under_way(), seen(held()), sent)

    assert isinstance(step, Turn)
    assert step.why == "detach_refused"


def test_a_detach_refused_for_good_settles_first_if_one_is_open() -> None:
    sent = (a_detach(**OPEN), refused(a_detach(), "UnauthorizedOperation"))

    assert_waits(the_step(under_way(), seen(held()), *sent), "settle")


def test_a_detach_refused_by_a_state_is_tried_again() -> None:
    sent = refused(a_detach(), "IncorrectState")

    assert_sends(the_step(under_way(), seen(held()), sent), Action.DETACH)


def test_a_detach_beyond_all_effort_parks() -> None:
    step = the_step(under_way(turns=LIMITS.effort), seen(held()))

    assert isinstance(step, Park)
    assert step.why == "effort_spent"


def test_an_attach_that_hangs_is_undone_only_within_the_effort() -> None:
    sight = seen(held(STANDBY, "attaching"), since=NOW - 61)
    job = under_way(aim=Aim.SOURCE, turns=LIMITS.effort)

    step = the_step(job, sight)

    assert isinstance(step, Park)
    assert step.why == "effort_spent"


def test_throttled_detaches_cost_no_effort() -> None:
    sent = [
        a_detach(outcome=o)
        for o in (Outcome.THROTTLED, Outcome.NOT_SENT)
        for _ in range(LIMITS.effort)
    ]

    assert_sends(the_step(under_way(), seen(held()), *sent), Action.DETACH)


def test_a_dying_source_is_waited_for() -> None:
    known = facts(an_instance(PRIMARY, "shutting-down"), an_instance())

    step = the_step(a_job(), seen(held()), facts=known)

    assert assert_waits(step, "available").needs == {Need.INSTANCES}


def test_a_dying_source_with_a_raised_flag_is_mended_at_once() -> None:
    known = facts(an_instance(PRIMARY, "shutting-down"), an_instance())

    step = the_step(a_job(), seen(held(flag=True)), facts=known)

    assert_sends(step, Action.MODIFY)


def test_an_interface_that_attaches_at_the_other_end_is_waited_for() -> None:
    step = the_step(under_way(aim=Aim.SOURCE), seen(held(STANDBY, "attaching")))

    assert_waits(step, "attached")


def test_an_attach_that_hangs_at_the_other_end_is_undone() -> None:
    sight = seen(held(STANDBY, "attaching"), since=NOW - 61)

    step = assert_sends(the_step(under_way(aim=Aim.SOURCE), sight), Action.DETACH)

    assert not step.call.force


# At the end aimed at.


def settled(**changes: object) -> Job:
    """Attached at the standby for long enough to be believed."""
    memory = remembering(settled_since=NOW - 6)
    return under_way(memory=memory, restored_at=NOW - 6, **changes)


def test_an_interface_at_the_target_is_verified_by_a_second_look() -> None:
    step = the_step(under_way(), seen(held(STANDBY)))

    assert assert_waits(step, "verify").until == NOW + LIMITS.verify_after_s


def test_a_second_look_that_began_too_early_does_not_count() -> None:
    job = under_way(memory=remembering(settled_since=NOW - 3))

    step = the_step(job, seen(held(STANDBY)))

    assert assert_waits(step, "verify").until == NOW + 2


def test_a_second_look_ends_the_job() -> None:
    step = the_step(settled(), seen(held(STANDBY)), a_detach(), an_attach())

    assert step == Finish(state=State.SUCCEEDED, why="done")


def test_old_facts_of_the_target_do_not_end_the_job() -> None:
    step = the_step(settled(), seen(held(STANDBY)), facts=facts(began_at=NOW - 3))

    assert assert_waits(step, "verify").needs == {Need.INSTANCES}


def test_an_open_detach_of_the_present_attachment_delays_the_end() -> None:
    sent = a_detach(AT_STANDBY, **OPEN)

    assert_waits(the_step(settled(), seen(held(STANDBY)), sent), "settle")


def test_an_open_detach_of_another_attachment_is_harmless() -> None:
    sent = a_detach(AT_PRIMARY, **OPEN)

    assert isinstance(the_step(settled(), seen(held(STANDBY)), sent), Finish)


def test_an_open_call_that_has_settled_is_harmless() -> None:
    sent = a_detach(AT_STANDBY, intent_at=NOW - LIMITS.settle_s, **OPEN)

    assert isinstance(the_step(settled(), seen(held(STANDBY)), sent), Finish)


def test_an_attaching_target_is_waited_for() -> None:
    assert_waits(the_step(under_way(), seen(held(STANDBY, "attaching"))), "attached")


@pytest.mark.parametrize("state", ["running", "terminated"])
def test_an_attach_that_hangs_or_whose_holder_dies_turns(state: str) -> None:
    since = NOW - (61 if state == "running" else 1)
    known = facts(an_instance(PRIMARY), an_instance(STANDBY, state))

    step = the_step(
        under_way(), seen(held(STANDBY, "attaching"), since=since), facts=known
    )

    assert isinstance(step, Turn)
    assert step.why == "attach_stuck"


def test_an_attach_that_hangs_without_another_end_parks() -> None:
    sight = seen(held(STANDBY, "attaching"), since=NOW - 61)

    step = the_step(a_job(kind=Kind.ATTACH, from_instance_id=None), sight)

    assert isinstance(step, Park)


def test_a_raised_flag_at_the_target_is_mended_at_once() -> None:
    step = the_step(under_way(), seen(held(STANDBY, flag=True)))

    assert_sends(step, Action.MODIFY)


def test_a_target_that_lets_go_is_waited_for() -> None:
    assert_waits(the_step(under_way(), seen(held(STANDBY, "detaching"))), "detached")


def test_a_cancel_after_an_accepted_detach_waits_for_it_to_land() -> None:
    step = the_step(under_way(aim=Aim.SOURCE), seen(held()), a_detach())

    assert_waits(step, "detached")


def test_a_target_that_stopped_is_given_time() -> None:
    known = facts(an_instance(PRIMARY), an_instance(STANDBY, "stopped"))

    step = the_step(settled(), seen(held(STANDBY)), facts=known)

    assert_waits(step, "target_running")


def long_settled(**changes: object) -> Job:
    return under_way(memory=remembering(settled_since=NOW - 61), **changes)


def test_a_target_that_stays_stopped_is_left() -> None:
    known = facts(an_instance(PRIMARY), an_instance(STANDBY, "stopped"))

    step = the_step(long_settled(), seen(held(STANDBY)), facts=known)

    assert isinstance(step, Turn)
    assert step.why == "target_not_running"


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({}, an_instance(PRIMARY, "terminated")),
        ({"turns": 2}, an_instance(PRIMARY)),
        ({"is_index_burnt": True}, an_instance(PRIMARY)),
    ],
)
def test_a_stopped_target_is_kept_when_the_source_is_no_better(
    changes: dict[str, object], source: object
) -> None:
    known = facts(source, an_instance(STANDBY, "stopped"))  # type: ignore[arg-type]

    step = the_step(long_settled(**changes), seen(held(STANDBY)), facts=known)

    assert step == Finish(state=State.SUCCEEDED, why="target_not_running")


def test_a_plain_attach_to_a_stopped_instance_succeeds() -> None:
    known = facts(an_instance(STANDBY, "stopped"))
    job = settled(kind=Kind.ATTACH, from_instance_id=None)

    step = the_step(job, seen(held(STANDBY)), facts=known)

    assert step == Finish(state=State.SUCCEEDED, why="done")


def test_a_human_who_finished_the_move_leaves_a_succeeded_job() -> None:
    job = a_job(memory=remembering(settled_since=NOW - 6))

    step = the_step(job, seen(held(STANDBY)))

    assert step == Finish(state=State.SUCCEEDED, why="done")


def test_a_job_that_turned_ends_reversed_and_says_why() -> None:
    job = settled(
        aim=Aim.SOURCE, turns=1, why="attach_refused", why_args=(("code", "X"),)
    )

    step = the_step(job, seen(held()))

    assert step == Finish(
        state=State.REVERSED, why="attach_refused", args=(("code", "X"),)
    )


def test_a_cancel_that_came_too_late_says_so() -> None:
    job = settled(cancel_requested_at=NOW - 1)

    step = the_step(job, seen(held(STANDBY)))

    assert step == Finish(state=State.SUCCEEDED, why="cancel_too_late")


# Addresses.

MISSING: dict[str, Any] = {"missing": ((ADDRESS, PRIVATE_IP),)}


def test_a_missing_address_is_looked_for() -> None:
    step = the_step(settled(), seen(held(STANDBY), **MISSING))

    assert assert_waits(step, "addresses").needs == {Need.ADDRESSES}


def test_a_missing_address_that_nobody_holds_is_associated() -> None:
    step = the_step(settled(), seen(held(STANDBY), elsewhere=(), **MISSING))

    call = assert_sends(step, Action.ASSOCIATE).call
    assert (call.allocation_id, call.private_ip) == (ADDRESS, PRIVATE_IP)


def test_an_association_is_not_repeated_at_once() -> None:
    call = replace(a_detach().call, action=Action.ASSOCIATE, allocation_id=ADDRESS)
    sent = an_intent(Action.ASSOCIATE, call=call)

    step = the_step(settled(), seen(held(STANDBY), elsewhere=(), **MISSING), sent)

    assert_waits(step, "addresses")


def test_an_address_held_elsewhere_parks_and_leaves_the_interface() -> None:
    sight = seen(held(STANDBY), elsewhere=(ADDRESS,), **MISSING)

    step = the_step(settled(), sight)

    assert isinstance(step, Park)
    assert step.why == "address_elsewhere"


def an_association(code: str, **changes: Any) -> Intent:
    call = replace(a_detach().call, action=Action.ASSOCIATE, allocation_id=ADDRESS)
    return refused(an_intent(Action.ASSOCIATE, call=call, **changes), code)


def test_an_association_that_is_refused_for_good_parks_and_is_tried_again() -> None:
    sight = seen(held(STANDBY), elsewhere=(), **MISSING)
    denied = an_association("UnauthorizedOperation")
    before = an_association("UnauthorizedOperation", ended_at=NOW - 31)

    step = the_step(settled(), sight, denied)

    assert isinstance(step, Park)
    assert step.why == "address_refused"
    assert ("addresses", ADDRESS) in step.args
    assert_sends(the_step(settled(), sight, before), Action.ASSOCIATE)


def test_an_association_that_lost_a_race_is_looked_at_again() -> None:
    sight = seen(held(STANDBY), elsewhere=(), **MISSING)
    raced = an_association("Resource.AlreadyAssociated")

    assert_sends(the_step(settled(), sight, raced), Action.ASSOCIATE)


def test_an_attach_comes_before_an_address_that_is_elsewhere() -> None:
    sight = seen(elsewhere=(ADDRESS,), **MISSING)

    assert_sends(the_step(under_way(), sight), Action.ATTACH)


# Held by nobody.


def test_a_free_interface_is_attached_to_the_target() -> None:
    call = assert_sends(the_step(under_way(), seen()), Action.ATTACH).call

    assert (call.instance_id, call.device_index) == (STANDBY, 1)


def test_a_free_interface_is_attached_however_much_effort_was_spent() -> None:
    assert_sends(the_step(under_way(turns=99), seen()), Action.ATTACH)


def test_an_accepted_attach_is_not_repeated_before_it_must_show() -> None:
    step = the_step(under_way(), seen(), an_attach())

    assert assert_waits(step, "attached").until == NOW - 5 + LIMITS.visible_s


def test_an_attach_that_is_known_gone_is_repeated_at_once() -> None:
    job = under_way(memory=remembering(dead=(AT_STANDBY,)))

    assert_sends(the_step(job, seen(), an_attach()), Action.ATTACH)


def test_an_unanswered_attach_does_not_delay_the_next() -> None:
    sent = an_attach(ended_at=NOW - 0.3, **OPEN)

    assert_sends(the_step(under_way(), seen(), sent), Action.ATTACH)


def test_an_interface_in_use_is_tried_again() -> None:
    sent = refused(an_attach(ended_at=NOW - 1), "InvalidNetworkInterface.InUse")

    assert_sends(the_step(under_way(), seen(), sent), Action.ATTACH)


DENIED = refused(an_attach(), "UnauthorizedOperation")


def test_an_attach_refused_for_good_turns() -> None:
    step = the_step(under_way(), seen(), DENIED)

    assert isinstance(step, Turn)
    assert ("code", "UnauthorizedOperation") in step.args


def test_a_refusal_is_not_final_before_a_fresh_look() -> None:
    step = the_step(under_way(), seen(began_at=NOW - 6), DENIED)

    assert assert_waits(step, "facts").needs == {Need.INSTANCES}


def test_a_refusal_at_both_ends_parks() -> None:
    sent = (refused(an_attach(PRIMARY), "UnauthorizedOperation"), DENIED)

    step = the_step(under_way(), seen(), *sent)

    assert isinstance(step, Park)
    assert step.why == "both_ends_impossible"


def test_a_plain_attach_refused_for_good_ends_reversed() -> None:
    job = under_way(kind=Kind.ATTACH, from_instance_id=None)

    step = the_step(job, seen(), DENIED)

    assert isinstance(step, Finish)
    assert step.state is State.REVERSED


def test_a_plain_attach_refused_for_good_settles_first() -> None:
    job = under_way(kind=Kind.ATTACH, from_instance_id=None)

    assert_waits(the_step(job, seen(), a_detach(**OPEN), DENIED), "settle")


def test_a_cancelled_detach_that_cannot_be_undone_lies_where_it_was_asked() -> None:
    job = under_way(kind=Kind.DETACH, to_instance_id=None, aim=Aim.SOURCE)
    sent = refused(an_attach(PRIMARY), "UnauthorizedOperation")

    step = the_step(job, seen(), sent)

    assert isinstance(step, Finish)
    assert step.state is State.SUCCEEDED


# To lie free.


def lying_free(**changes: object) -> Job:
    memory = remembering(settled_since=NOW - 6)
    return under_way(kind=Kind.DETACH, to_instance_id=None, memory=memory, **changes)


def test_a_plain_detach_ends_when_it_was_seen_free_twice() -> None:
    step = the_step(lying_free(), seen(), a_detach())

    assert step == Finish(state=State.SUCCEEDED, why="done")


@pytest.mark.parametrize("since", [None, NOW - 3])
def test_a_plain_detach_seen_free_once_is_looked_at_again(
    since: float | None,
) -> None:
    job = replace(lying_free(), memory=remembering(settled_since=since))

    assert_waits(the_step(job, seen()), "verify")


def test_an_open_attach_is_harmful_where_the_interface_shall_lie_free() -> None:
    assert_waits(the_step(lying_free(), seen(), an_attach(**OPEN)), "settle")


def test_a_cancelled_attach_ends_reversed_when_it_lies_free_again() -> None:
    memory = remembering(settled_since=NOW - 6)
    job = a_job(kind=Kind.ATTACH, from_instance_id=None, aim=Aim.SOURCE, memory=memory)

    step = the_step(job, seen())

    assert step == Finish(state=State.REVERSED, why="done")


# P9: the first detach on the request's own look.


def fresh_request(**changes: object) -> Job:
    changes = {
        "preflight_at": NOW - 0.5,
        "preflight_attachment_id": AT_PRIMARY,
        **changes,
    }
    return a_job(**changes)


def test_the_first_detach_uses_the_look_of_the_request() -> None:
    step = decide.decide_from_preflight(job=fresh_request(), now=NOW, limits=LIMITS)

    assert step is not None
    assert step.call.attachment_id == AT_PRIMARY


@pytest.mark.parametrize(
    "changes",
    [
        {"preflight_at": None},
        {"preflight_at": NOW - 1.1},
        {"preflight_attachment_id": None},
        {"is_preflight_current": False},
        {"first_intent_at": NOW},
        {"kind": Kind.DETACH},
        {"cancel_requested_at": NOW},
    ],
)
def test_a_request_that_is_no_longer_fresh_is_looked_at_again(
    changes: dict[str, object],
) -> None:
    step = decide.decide_from_preflight(
        job=fresh_request(**changes), now=NOW, limits=LIMITS
    )

    assert step is None
