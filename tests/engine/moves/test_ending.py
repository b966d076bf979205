"""How a job of moves ends: verified by a second look, with nothing harmful open."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.job import Action, Aim, Intent, Job, State
from failover.engine.moves import decide
from failover.engine.moves.places import Place, Whereabouts
from failover.engine.steps import Finish, Need, Park, Step, Turn, Wait
from tests.engine.cast import (
    ADDRESS,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    an_instance,
    facts,
    remembering,
)
from tests.engine.moves.cast import (
    IP,
    ROUTES,
    SOURCE,
    STRANGERS,
    TARGET,
    VIP,
    a_call,
    a_case,
    an_end,
    at,
    begun,
    carrying,
    sent,
    unanswered,
    waited_for,
)

HERE, THERE = Place.TARGET, Place.SOURCE


def settled(*parts: Any, **changes: Any) -> Job:
    """At its aim for long enough to be believed."""
    landed = changes.pop("landed", ())
    memory = remembering(settled_since=NOW - 6, landed=landed)
    return begun(*parts, **{"memory": memory, "restored_at": NOW - 6, **changes})


def the_step(job: Job, seen: Whereabouts, *intents: Intent, **changes: Any) -> Step:
    return decide.decide(a_case(job, seen, *intents, **changes))


# The second look.


@pytest.mark.parametrize("since", [None, NOW - 3])
def test_one_look_does_not_end_the_job(since: float | None) -> None:
    job = begun(memory=remembering(settled_since=since))

    step = the_step(job, at(HERE))

    assert isinstance(step, Wait)
    due = (NOW if since is None else since) + LIMITS.verify_after_s
    assert (step.waiting_for, step.until) == ("verify", due)


def test_a_second_look_ends_the_job() -> None:
    step = the_step(settled(), at(HERE), a_call())

    assert step == Finish(state=State.SUCCEEDED, why="done")


@pytest.mark.parametrize("known", [{}, facts(began_at=NOW - 3)])
def test_old_facts_of_the_target_do_not_end_the_job(known: Any) -> None:
    step = the_step(settled(), at(HERE), facts=known)

    assert isinstance(step, Wait)
    assert step.waiting_for == "verify"
    assert step.needs == {Need.INSTANCES}


def test_a_job_that_turned_ends_reversed_and_says_why() -> None:
    job = settled(
        aim=Aim.SOURCE, turns=1, why="move_refused", why_args=(("code", "X"),)
    )

    step = the_step(job, at(THERE))

    assert step == Finish(
        state=State.REVERSED, why="move_refused", args=(("code", "X"),)
    )


def test_a_cancelled_job_ends_reversed_at_the_source() -> None:
    job = settled(aim=Aim.SOURCE, cancel_requested_at=NOW - 9)

    assert the_step(job, at(THERE)) == Finish(state=State.REVERSED, why="done")


def test_a_cancel_that_came_too_late_says_so() -> None:
    job = settled(cancel_requested_at=NOW - 1)

    assert the_step(job, at(HERE)) == Finish(
        state=State.SUCCEEDED, why="cancel_too_late"
    )


# What is open and harmful (P2).


def test_an_open_move_to_the_other_end_delays_the_end() -> None:
    step = the_step(settled(), at(HERE), unanswered(SOURCE))

    assert waited_for(step) == "settle"


def test_an_open_move_to_the_other_end_whose_effect_was_seen_is_harmless() -> None:
    step = the_step(settled(landed=(1,)), at(HERE), unanswered(SOURCE))

    assert isinstance(step, Finish)


def test_one_of_two_open_moves_to_the_other_end_may_still_come() -> None:
    two = (unanswered(SOURCE), unanswered(SOURCE, seq=2))

    assert waited_for(the_step(settled(landed=(1, 2)), at(HERE), *two)) == "settle"


def test_an_open_move_to_where_it_lies_is_harmless() -> None:
    assert isinstance(the_step(settled(), at(HERE), unanswered()), Finish)


@pytest.mark.parametrize("part", [IP, ROUTES[0]])
def test_an_open_call_that_takes_from_nobody_is_harmless(part: Any) -> None:
    job = settled(part)

    step = the_step(job, at(HERE, job=job), unanswered(SOURCE, part, is_free=True))

    assert isinstance(step, Finish)


def test_an_open_call_that_has_settled_is_harmless() -> None:
    old = unanswered(SOURCE, intent_at=NOW - LIMITS.settle_s)

    assert isinstance(the_step(settled(), at(HERE), old), Finish)


def test_an_open_replacement_of_one_route_delays_the_end_of_all() -> None:
    job = settled(*ROUTES)

    step = the_step(job, at(HERE, HERE, job=job), unanswered(SOURCE, ROUTES[1]))

    assert waited_for(step) == "settle"


# A target that does not serve.

STOPPED = facts(an_instance(PRIMARY), an_instance(STANDBY, "stopped"))


def long_settled(**changes: Any) -> Job:
    return settled(**{"memory": remembering(settled_since=NOW - 61), **changes})


def test_a_target_that_stopped_is_given_time() -> None:
    assert waited_for(the_step(settled(), at(HERE), facts=STOPPED)) == "target_running"


def test_a_target_that_stays_stopped_is_left() -> None:
    step = the_step(long_settled(), at(HERE), facts=STOPPED)

    assert isinstance(step, Turn)
    assert (step.why, step.args) == ("target_not_running", (("target", STANDBY),))


@pytest.mark.parametrize("interfaces", [{}, {TARGET.interface_id: an_end(SOURCE)}])
def test_a_target_whose_interface_is_not_on_it_does_not_serve(interfaces: Any) -> None:
    seen = at(HERE, interfaces=interfaces)

    assert waited_for(the_step(settled(), seen)) == "target_running"


@pytest.mark.parametrize(
    ("changes", "source"),
    [({}, an_instance(PRIMARY, "terminated")), ({"turns": 1}, an_instance(PRIMARY))],
)
def test_a_stopped_target_is_kept_when_the_source_is_no_better(
    changes: Any, source: Any
) -> None:
    known = facts(source, an_instance(STANDBY, "stopped"))

    step = the_step(long_settled(**changes), at(HERE), facts=known)

    assert step == Finish(state=State.SUCCEEDED, why="target_not_running")


def test_a_stopped_target_is_kept_when_it_came_from_nowhere() -> None:
    job = long_settled()
    assert job.moving is not None
    job = replace(job, moving=replace(job.moving, source=None))

    step = the_step(job, at(HERE, job=job), facts=STOPPED)

    assert isinstance(step, Finish)


def test_a_source_that_stopped_still_ends_reversed() -> None:
    known = facts(an_instance(PRIMARY, "stopped"), an_instance(STANDBY))
    job = settled(aim=Aim.SOURCE, turns=1, why="move_refused")

    step = the_step(job, at(THERE), facts=known)

    assert isinstance(step, Finish)
    assert step.state is State.REVERSED


# The Elastic IP that rides on a moving private address.


def riding(**changes: Any) -> Job:
    return settled(IP, snapshot=((ADDRESS, VIP),), **changes)


def carried(job: Job, *, rider: bool, **changes: Any) -> Whereabouts:
    on_it = {"allocation_id": ADDRESS} if rider else {}
    ends = (an_end(SOURCE), carrying(TARGET, VIP, **on_it))
    return at(HERE, job=job, interfaces={i.id: i for i in ends}, **changes)


def test_an_elastic_ip_on_the_address_moves_along() -> None:
    assert isinstance(the_step(riding(), carried(riding(), rider=True)), Finish)


def test_an_elastic_ip_that_did_not_come_along_is_looked_for() -> None:
    step = the_step(riding(), carried(riding(), rider=False))

    assert isinstance(step, Wait)
    assert step.waiting_for == "addresses"
    assert step.needs == {Need.ADDRESSES}


def test_an_elastic_ip_that_came_off_is_put_back() -> None:
    seen = carried(riding(), rider=False, riders={ADDRESS: (None, "")})

    call = sent(the_step(riding(), seen))

    assert (call.action, call.allocation_id) == (Action.ASSOCIATE, ADDRESS)
    assert (call.interface_id, call.private_ip) == (TARGET.interface_id, VIP)
    assert not call.may_take


def test_putting_it_back_is_not_repeated_at_once() -> None:
    seen = carried(riding(), rider=False, riders={ADDRESS: (None, "")})
    call = sent(the_step(riding(), seen))
    again = replace(a_call(), call=call)

    assert waited_for(the_step(riding(), seen, again)) == "addresses"


@pytest.mark.parametrize("end", [SOURCE, TARGET])
def test_an_elastic_ip_that_an_old_read_shows_at_our_ends_is_waited_for(
    end: Any,
) -> None:
    riders = {ADDRESS: (end.interface_id, VIP)}

    step = the_step(riding(), carried(riding(), rider=False, riders=riders))

    assert waited_for(step) == "addresses"


@pytest.mark.parametrize(
    "riders",
    [{}, {ADDRESS: (STRANGERS, VIP)}, {ADDRESS: (SOURCE.interface_id, "10.0.0.4")}],
)
def test_an_elastic_ip_in_foreign_hands_parks_and_leaves_the_address(
    riders: Any,
) -> None:
    step = the_step(riding(), carried(riding(), rider=False, riders=riders))

    assert isinstance(step, Park)
    assert step.why == "address_elsewhere"


def test_an_end_that_is_left_out_cannot_show_what_rides_on_it() -> None:
    seen = carried(riding(), rider=False)

    step = the_step(riding(), replace(seen, interfaces={}))

    assert waited_for(step) == "clear_view"
