"""At the end aimed at: believed on a second look, or turned (protocol P4)."""

import pytest

from failover.engine.job import Action, Aim, Job, Kind, State
from failover.engine.steps import Finish, Need, Park, Turn
from tests.engine.cast import (
    AT_PRIMARY,
    AT_STANDBY,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    a_detach,
    a_job,
    an_attach,
    an_instance,
    facts,
    held,
    refused,
    remembering,
    seen,
    under_way,
)
from tests.engine.deciding import OPEN, assert_sends, assert_waits, settled, the_step


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


def test_an_attach_that_hangs_does_not_turn_to_an_end_that_has_refused() -> None:
    """Else it would be detached, sent there, refused and sent back for ever."""
    sight = seen(held(PRIMARY, "attaching"), since=NOW - 61)
    job = under_way(aim=Aim.SOURCE, turns=1)

    step = the_step(job, sight, refused(an_attach(), "UnauthorizedOperation"))

    assert isinstance(step, Park)
    assert step.why == "attach_stuck"


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
