"""The decide table of what moves in one call, one promise a row (P4, P5)."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.job import Action, Aim, Intent, Job, State
from failover.engine.moves.places import Place
from failover.engine.steps import Finish, Need, Park, Turn, Wait
from tests.engine.cast import (
    NOW,
    remembering,
)
from tests.engine.moves.cast import (
    CIDR,
    IP,
    ROUTES,
    SOURCE,
    TABLES,
    TARGET,
    VIP,
    a_call,
    a_move,
    at,
    begun,
    moving,
    sent,
    unanswered,
    waited_for,
)
from tests.engine.moves.deciding import (
    ELSEWHERE,
    FREE,
    GONE,
    HERE,
    THERE,
    UNKNOWN,
    of_routes,
    the_step,
)

# The one call.


def test_an_elastic_ip_is_taken_from_our_own_other_end() -> None:
    call = sent(the_step(a_move(), at(THERE)))

    assert call.action is Action.ASSOCIATE
    assert (call.interface_id, call.private_ip) == ("eni-b", TARGET.private_ip)
    assert call.may_take


def test_a_free_elastic_ip_is_taken_from_nobody() -> None:
    call = sent(the_step(a_move(), at(FREE)))

    assert call.action is Action.ASSOCIATE
    assert not call.may_take


@pytest.mark.parametrize(("place", "may_take"), [(THERE, True), (FREE, False)])
def test_a_private_address_is_assigned(place: Place, may_take: bool) -> None:  # noqa: FBT001
    job = a_move(IP)

    call = sent(the_step(job, at(place, job=job)))

    assert (call.action, call.private_ip) == (Action.ASSIGN, VIP)
    assert (call.interface_id, call.may_take) == ("eni-b", may_take)


@pytest.mark.parametrize(
    ("place", "action"),
    [(THERE, Action.REPLACE_ROUTE), (FREE, Action.CREATE_ROUTE)],
)
def test_a_route_is_replaced_or_made(place: Place, action: Action) -> None:
    job = a_move(ROUTES[0])

    call = sent(the_step(job, at(place, job=job)))

    assert call.action is action
    assert (call.route_table_id, call.destination_cidr) == (TABLES[0], CIDR)
    assert call.interface_id == "eni-b"


def test_a_job_that_turned_restores_exactly_the_former_place() -> None:
    call = sent(the_step(begun(aim=Aim.SOURCE), at(HERE)))

    assert (call.interface_id, call.private_ip) == ("eni-a", SOURCE.private_ip)


# Routes, one call a tick.


def test_the_next_route_follows_when_the_first_has_moved() -> None:
    call = sent(the_step(begun(*ROUTES), of_routes(HERE, THERE)))

    assert call.route_table_id == TABLES[1]


def test_a_free_route_goes_before_one_that_still_serves() -> None:
    call = sent(the_step(begun(*ROUTES), of_routes(THERE, FREE)))

    assert (call.action, call.route_table_id) == (Action.CREATE_ROUTE, TABLES[1])


def test_a_route_that_waits_does_not_hold_the_other_up() -> None:
    just_now = unanswered(part=ROUTES[0], ended_at=NOW - 0.1)

    call = sent(the_step(begun(*ROUTES), of_routes(THERE, THERE), just_now))

    assert call.route_table_id == TABLES[1]


def test_a_route_that_is_not_clear_does_not_hold_the_other_up() -> None:
    call = sent(the_step(begun(*ROUTES), of_routes(UNKNOWN, THERE)))

    assert call.route_table_id == TABLES[1]


def test_a_cancel_moves_the_moved_routes_back() -> None:
    job = begun(*ROUTES, aim=Aim.SOURCE)

    call = sent(the_step(job, of_routes(HERE, THERE)))

    assert (call.route_table_id, call.interface_id) == (TABLES[0], "eni-a")


# Nothing certain.


def test_before_the_first_call_everything_must_be_known() -> None:
    assert waited_for(the_step(a_move(*ROUTES), of_routes(UNKNOWN, THERE))) == (
        "clear_view"
    )


def test_what_is_not_clear_says_what_it_needs() -> None:
    unclear = at(UNKNOWN)
    one = replace(unclear.parts[0], needs=frozenset({Need.CONFIRMATION}))

    step = the_step(begun(), replace(unclear, parts=(one,)))

    assert isinstance(step, Wait)
    assert step.needs == {Need.CONFIRMATION}


# In foreign hands.


def test_a_part_seen_elsewhere_once_is_looked_at_again() -> None:
    seen = at(ELSEWHERE)
    fresh = replace(seen.parts[0], since=seen.began_at)

    assert waited_for(the_step(begun(), replace(seen, parts=(fresh,)))) == "clear_view"


@pytest.mark.parametrize("job", [a_move(), begun()])
def test_a_part_seen_elsewhere_twice_parks_without_a_call(job: Job) -> None:
    seen = at(ELSEWHERE)
    stolen = replace(seen.parts[0], holder="eni-strangers")

    step = the_step(job, replace(seen, parts=(stolen,)))

    assert isinstance(step, Park)
    assert step.why == "foreign_holder"
    assert ("holder", "eni-strangers") in step.args


def test_a_part_that_is_gone_parks() -> None:
    step = the_step(begun(), at(GONE))

    assert isinstance(step, Park)
    assert step.why == "gone"


def test_no_route_leaves_our_end_while_another_is_in_foreign_hands() -> None:
    assert isinstance(the_step(begun(*ROUTES), of_routes(ELSEWHERE, THERE)), Park)


def test_a_free_route_is_restored_before_the_job_is_parked() -> None:
    call = sent(the_step(begun(*ROUTES), of_routes(ELSEWHERE, FREE)))

    assert call.route_table_id == TABLES[1]


@pytest.mark.parametrize(
    ("place", "found"), [(ELSEWHERE, "foreign_holder"), (GONE, "gone")]
)
def test_a_cancel_releases_what_was_parked_in_foreign_hands(
    place: Place, found: str
) -> None:
    job = begun(
        state=State.PARKED, parked_at=NOW - 9, cancel_requested_at=NOW, aim=Aim.SOURCE
    )

    step = the_step(job, at(place))

    assert isinstance(step, Finish)
    assert (step.state, step.why) == (State.CANCELLED, "released")
    assert ("found", found) in step.args


@pytest.mark.parametrize(
    ("changes", "intent"),
    [
        ({"cancel_requested_at": NOW - 10}, a_call()),
        ({"cancel_requested_at": None}, a_call()),
        ({"parked_at": None, "cancel_requested_at": NOW}, a_call()),
        ({"cancel_requested_at": NOW}, unanswered()),
    ],
)
def test_a_parked_job_is_released_by_a_later_cancel_with_nothing_open(
    changes: Any, intent: Intent
) -> None:
    job = begun(**{"state": State.PARKED, "parked_at": NOW - 9, **changes})

    assert isinstance(the_step(job, at(GONE), intent), Park)


# No end to bring it to.


def test_a_cancelled_job_that_found_it_free_leaves_it_free() -> None:
    job = begun(
        moving=moving(source=None),
        aim=Aim.SOURCE,
        cancel_requested_at=NOW - 7,
        memory=remembering(settled_since=NOW - 6),
    )
    seen = at(FREE, job=job)
    fresh = replace(job, memory=remembering())
    early = replace(job, memory=remembering(settled_since=NOW - 3))

    assert the_step(job, seen) == Finish(state=State.REVERSED, why="done")
    assert waited_for(the_step(fresh, seen)) == "verify"
    assert waited_for(the_step(early, seen)) == "verify"
    assert waited_for(the_step(job, seen, unanswered())) == "settle"
    assert waited_for(the_step(job, seen, a_call())) == "settle"


def test_a_cancelled_job_that_has_moved_a_free_part_goes_on() -> None:
    """Nothing calls a move back to nowhere."""
    job = begun(moving=moving(source=None), aim=Aim.SOURCE)

    step = the_step(job, at(HERE, job=job))

    assert isinstance(step, Turn)
    assert step.why == "nothing_to_return_to"


@pytest.mark.parametrize(
    ("place", "kind"), [(UNKNOWN, Wait), (GONE, Park), (ELSEWHERE, Park)]
)
def test_a_job_without_a_source_looks_before_it_goes_on(
    place: Place, kind: type
) -> None:
    job = begun(moving=moving(source=None), aim=Aim.SOURCE)

    assert isinstance(the_step(job, at(place, job=job)), kind)


def test_a_job_to_nowhere_ends_where_it_is_free() -> None:
    job = begun(moving=moving(target=None), memory=remembering(settled_since=NOW - 6))

    assert the_step(job, at(FREE, job=job)) == Finish(state=State.SUCCEEDED, why="done")
    assert isinstance(the_step(job, at(THERE, job=job)), Turn)


@pytest.mark.parametrize(
    ("place", "why"), [(HERE, "both_ends_impossible"), (GONE, "gone")]
)
def test_a_job_without_ends_parks(place: Place, why: str) -> None:
    job = begun(moving=moving(source=None, target=None))

    step = the_step(job, at(place, job=job))

    assert isinstance(step, Park)
    assert step.why == why
