"""What protocol P6 asks before anything is detached."""

from dataclasses import replace

import pytest

from failover.engine.job import Action, Aim, Kind, Outcome, State
from failover.engine.steps import Finish, Need, Turn
from failover.engine.topology import InterfaceId, Slot
from tests.engine.cast import (
    AT_PRIMARY,
    AT_STANDBY,
    NOW,
    STANDBY,
    a_detach,
    a_job,
    an_attach,
    an_instance,
    facts,
    held,
    seen,
    under_way,
)
from tests.engine.deciding import OPEN, assert_sends, assert_waits, the_step


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
