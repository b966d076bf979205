"""What protocol P6 asks before anything moves."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.job import Outcome, State
from failover.engine.moves.places import Whereabouts
from failover.engine.refusals import Fact
from failover.engine.steps import Finish, Need, Park, Send, Turn, Wait
from tests.engine.cast import (
    NOW,
    STANDBY,
    an_instance,
    facts,
)
from tests.engine.moves.cast import (
    IP,
    ROUTES,
    SOURCE,
    TARGET,
    a_call,
    a_move,
    an_end,
    at,
    begun,
    unanswered,
    waited_for,
)
from tests.engine.moves.deciding import (
    HERE,
    TAKEN,
    THERE,
    of_routes,
    the_step,
)


@pytest.mark.parametrize("known", [{}, facts(began_at=NOW - 5.1)])
def test_the_first_move_waits_for_fresh_facts_of_the_target(known: Any) -> None:
    step = the_step(a_move(), at(THERE), facts=known)

    assert waited_for(step) == "facts"
    assert isinstance(step, Wait)
    assert step.needs == {Need.INSTANCES}


def unfit(**changes: Any) -> Whereabouts:
    """At the source, with the target's interface like that."""
    ends = (an_end(SOURCE), an_end(TARGET, **changes))
    return at(THERE, interfaces={i.id: i for i in ends})


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (at(THERE, interfaces={}), "target_state"),
        (unfit(attachment=None), "target_state"),
        (unfit(attachment=an_end(SOURCE).attachment), "target_state"),
        (unfit(addresses=()), "addresses"),
        (unfit(addresses=TAKEN), "addresses"),
    ],
)
def test_a_target_that_cannot_carry_it_cancels_before_the_first_call(
    seen: Whereabouts, reason: str
) -> None:
    step = the_step(a_move(), seen)

    assert isinstance(step, Finish)
    assert (step.state, step.why) == (State.CANCELLED, "no_longer_possible")
    assert step.args == (("reason", reason),)


@pytest.mark.parametrize(
    ("part", "changes", "reason"),
    [
        (ROUTES[0], {"source_dest_check": True}, "source_dest_check"),
        (IP, {"subnet_id": "subnet-b"}, "addresses"),
    ],
)
def test_each_strategy_asks_its_own_of_the_target(
    part: Any, changes: Any, reason: str
) -> None:
    ends = (an_end(SOURCE), an_end(TARGET, **changes))
    job = a_move(part)

    step = the_step(job, at(THERE, job=job, interfaces={i.id: i for i in ends}))

    assert isinstance(step, Finish)
    assert step.args == (("reason", reason),)


@pytest.mark.parametrize("target", [an_instance(STANDBY, "stopped"), None])
def test_a_target_that_does_not_run_cancels_before_the_first_call(target: Any) -> None:
    known = {STANDBY: Fact(began_at=NOW, instance=target)}

    assert isinstance(the_step(a_move(), at(THERE), facts=known), Finish)


def test_an_attachment_that_is_not_attached_yet_does_not_serve() -> None:
    attachment = an_end(TARGET).attachment
    assert attachment is not None
    seen = unfit(attachment=replace(attachment, status="attaching"))

    assert isinstance(the_step(a_move(), seen), Finish)


def test_after_the_first_move_the_target_is_no_longer_doubted() -> None:
    open_move = unanswered(ended_at=NOW - 1)

    assert isinstance(the_step(begun(), at(THERE), open_move, facts={}), Send)


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.NOT_SENT])
def test_a_move_that_took_nothing_away_does_not_count_as_the_first(
    outcome: Outcome,
) -> None:
    """Calls were sent, so it cannot be called off: it ends where it lies."""
    unfit_now = unfit(attachment=None)

    step = the_step(begun(), unfit_now, a_call(outcome=outcome))

    assert isinstance(step, Turn)
    assert step.why == "no_longer_possible"


def test_routes_that_others_mixed_turn_only_to_an_end_that_can_carry_them() -> None:
    ends = (an_end(SOURCE), an_end(TARGET, source_dest_check=True))
    good = of_routes(HERE, THERE, interfaces={i.id: i for i in ends})
    none = of_routes(HERE, THERE, interfaces={})
    unsent = a_call(part=ROUTES[1], outcome=Outcome.NOT_SENT)

    assert isinstance(the_step(begun(*ROUTES), good, unsent), Turn)
    parked = the_step(begun(*ROUTES), none, unsent)
    assert isinstance(parked, Park)
    assert parked.why == "both_ends_impossible"
