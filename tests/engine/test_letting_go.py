"""Detaching, force, and what is mended before it (protocol P2, P4)."""

from dataclasses import replace

import pytest

from failover.engine.job import Action, Aim, Outcome, State
from failover.engine.steps import Need, Park, Turn
from failover.engine.topology import InstanceId
from tests.engine.cast import (
    AT_PRIMARY,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    a_detach,
    a_job,
    an_instance,
    an_intent,
    facts,
    held,
    refused,
    seen,
    under_way,
)
from tests.engine.deciding import OPEN, assert_sends, assert_waits, the_step


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
