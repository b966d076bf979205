"""The decide table of protocol P4, one promise a row."""

from dataclasses import replace

import pytest

from failover.engine import decide
from failover.engine.job import Action, Aim, Job, Kind, State
from failover.engine.sight import Kind as Sight
from failover.engine.sight import Seen
from failover.engine.steps import Finish, Need, Park, Turn
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
    a_detach,
    a_job,
    an_attach,
    held,
    refused,
    remembering,
    seen,
    under_way,
)
from tests.engine.deciding import OPEN, assert_sends, assert_waits, the_step

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
