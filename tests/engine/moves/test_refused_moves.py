"""Repeats, refusals and effort of moves (protocol P2, P3)."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.job import Intent, Outcome, State
from failover.engine.refusals import Fact
from failover.engine.steps import Finish, Park, Send, Turn, Wait
from tests.engine.cast import (
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
    TABLES,
    TARGET,
    a_call,
    a_move,
    an_end,
    at,
    begun,
    denied,
    moving,
    sent,
    unanswered,
    waited_for,
)
from tests.engine.moves.deciding import (
    FREE,
    HERE,
    TAKEN,
    THERE,
    of_routes,
    the_step,
)


def test_an_accepted_move_is_not_repeated_before_it_must_show() -> None:
    step = the_step(begun(), at(THERE), a_call())

    assert isinstance(step, Wait)
    assert (step.waiting_for, step.until) == ("moved", NOW - 5 + LIMITS.visible_s)


def test_a_move_that_landed_and_was_undone_is_repeated_at_once() -> None:
    job = begun(memory=remembering(landed=(1,)))

    assert isinstance(the_step(job, at(THERE), a_call()), Send)


def test_an_unanswered_move_is_repeated_after_a_pause() -> None:
    just_now, before = (
        unanswered(ended_at=NOW - 0.1),
        unanswered(ended_at=NOW - 0.3),
    )

    assert waited_for(the_step(begun(), at(THERE), just_now)) == "moved"
    assert isinstance(the_step(begun(), at(THERE), before), Send)


def test_a_move_refused_for_good_turns() -> None:
    step = the_step(begun(), at(THERE), denied("UnauthorizedOperation"))

    assert isinstance(step, Turn)
    assert step.why == "move_refused"
    assert ("code", "UnauthorizedOperation") in step.args


def test_a_route_that_is_refused_turns_those_that_have_moved() -> None:
    refusal = denied("UnauthorizedOperation", part=ROUTES[1])

    assert isinstance(the_step(begun(*ROUTES), of_routes(HERE, THERE), refusal), Turn)


@pytest.mark.parametrize(
    "changes",
    [{"facts": {}}, {"facts": facts(began_at=NOW - 6)}],
)
def test_a_refusal_is_not_final_before_fresh_facts(changes: Any) -> None:
    step = the_step(begun(), at(THERE), denied("UnauthorizedOperation"), **changes)

    assert waited_for(step) == "facts"


def test_a_refusal_is_not_final_before_a_look_that_began_after_it() -> None:
    seen = at(THERE, began_at=NOW - 6)

    step = the_step(begun(), seen, denied("UnauthorizedOperation"))

    assert waited_for(step) == "facts"


def test_a_refusal_without_a_recorded_end_counts_from_its_intent() -> None:
    refusal = denied("UnauthorizedOperation", ended_at=None)

    assert isinstance(the_step(begun(), at(THERE), refusal), Turn)


@pytest.mark.parametrize("earlier", [unanswered(), a_call()])
def test_a_refusal_is_not_final_while_an_earlier_move_may_have_worked(
    earlier: Intent,
) -> None:
    later = denied("UnauthorizedOperation", seq=2)

    step = the_step(begun(), at(THERE), earlier, later)

    assert not isinstance(step, Turn)


def test_a_refused_move_settles_while_an_earlier_one_is_open() -> None:
    later = denied("UnauthorizedOperation", seq=2)

    assert waited_for(the_step(begun(), at(THERE), unanswered(), later)) == "settle"


def test_a_free_part_is_tried_again_though_an_earlier_move_is_open() -> None:
    later = denied("UnauthorizedOperation", seq=2)

    assert isinstance(the_step(begun(), at(FREE), unanswered(), later), Send)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (ROUTES[0], "InvalidRoute.NotFound"),
        (ROUTES[0], "InvalidParameterValue"),
        (ROUTES[0], "IncorrectState"),
        (IP, "Resource.AlreadyAssigned"),
    ],
)
def test_a_lost_race_is_looked_at_again(part: Any, code: str) -> None:
    job = begun(part)

    step = the_step(job, at(THERE, job=job), denied(code, part=part))

    assert isinstance(step, Send)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (IP, "InvalidParameterValue"),
        (ROUTES[0], "RouteAlreadyExists"),
    ],
)
def test_a_part_that_was_free_and_is_not_is_looked_at_again(
    part: Any, code: str
) -> None:
    job = begun(part)
    refusal = denied(code, part=part, is_free=True)

    assert isinstance(the_step(job, at(FREE, job=job), refusal), Send)


def test_an_address_that_does_not_fit_is_refused_for_good() -> None:
    job = begun(IP)
    refusal = denied("InvalidParameterValue", part=IP)

    assert isinstance(the_step(job, at(THERE, job=job), refusal), Turn)


def test_a_race_that_is_lost_for_too_long_is_no_race() -> None:
    code, long_ago = "Resource.AlreadyAssociated", NOW - LIMITS.visible_s - 1
    first = denied(code, is_free=True, ended_at=long_ago)
    other = denied("AuthFailure", is_free=True, ended_at=long_ago - 1)
    last = denied(code, is_free=True, seq=2)

    assert isinstance(the_step(begun(), at(FREE), last), Send)
    assert isinstance(the_step(begun(), at(FREE), first, last), Turn)
    assert isinstance(the_step(begun(), at(FREE), other, last), Send)


def test_a_young_resource_is_refused_for_good_the_second_time() -> None:
    refusal = denied("InvalidNetworkInterfaceID.NotFound")

    assert isinstance(the_step(begun(), at(THERE), refusal), Send)
    assert isinstance(the_step(begun(), at(THERE), refusal, refusal), Turn)
    mixed = (denied("InvalidAllocationID.NotFound"), refusal)
    assert isinstance(the_step(begun(), at(THERE), *mixed), Send)


def test_an_instance_that_is_pending_is_tried_again() -> None:
    refusal = denied("IncorrectInstanceState")

    assert isinstance(the_step(begun(), at(THERE), refusal), Send)


@pytest.mark.parametrize("target", [an_instance(STANDBY, "terminated"), None])
def test_an_instance_that_is_gone_refuses_for_good(target: Any) -> None:
    known = {
        **facts(an_instance(PRIMARY)),
        STANDBY: Fact(began_at=NOW, instance=target),
    }

    step = the_step(begun(), at(THERE), denied("IncorrectInstanceState"), facts=known)

    assert isinstance(step, Turn)


def test_a_call_that_was_not_sent_refuses_nothing() -> None:
    refusal = denied("UnauthorizedOperation")
    unsent = a_call(outcome=Outcome.NOT_SENT, seq=2, ended_at=NOW - 1)

    assert isinstance(the_step(begun(), at(THERE), unsent), Send)
    assert isinstance(the_step(begun(), at(THERE), refusal, unsent), Turn)


def test_both_ends_refused_parks() -> None:
    refusals = (
        denied("UnauthorizedOperation", SOURCE, is_free=True),
        denied("UnauthorizedOperation", is_free=True, seq=2),
    )

    step = the_step(begun(), at(FREE), *refusals)

    assert isinstance(step, Park)
    assert step.why == "both_ends_impossible"


def test_a_parked_job_tries_a_refused_end_again() -> None:
    refusals = (
        denied("UnauthorizedOperation", SOURCE, is_free=True),
        denied("UnauthorizedOperation", is_free=True, ended_at=NOW - 31, seq=2),
    )

    step = the_step(begun(state=State.PARKED), at(FREE), *refusals)

    assert isinstance(step, Send)


def test_a_free_part_that_is_refused_without_a_source_ends_reversed() -> None:
    job = begun(moving=moving(source=None), outage_started_at=None)
    refusal = denied("UnauthorizedOperation", is_free=True)

    step = the_step(job, at(FREE, job=job), refusal)

    assert isinstance(step, Finish)
    assert (step.state, step.why) == (State.REVERSED, "move_refused")


def test_what_ec2_says_somebody_has_does_not_end_as_free() -> None:
    job = begun(moving=moving(source=None), outage_started_at=None)
    long_ago = NOW - LIMITS.visible_s - 1
    refusals = [
        denied("Resource.AlreadyAssociated", is_free=True, ended_at=moment, seq=seq)
        for seq, moment in ((1, long_ago), (2, NOW - 5))
    ]

    step = the_step(job, at(FREE, job=job), *refusals)

    assert isinstance(step, Park)
    assert step.why == "unseen_holder"


def test_what_nobody_shows_to_have_is_released_by_a_cancel() -> None:
    job = begun(
        moving=moving(source=None),
        outage_started_at=None,
        state=State.PARKED,
        parked_at=NOW - 4,
        cancel_requested_at=NOW - 1,
    )
    long_ago = NOW - LIMITS.visible_s - 1
    refusals = [
        denied("Resource.AlreadyAssociated", is_free=True, ended_at=moment, seq=seq)
        for seq, moment in ((1, long_ago), (2, NOW - 5))
    ]

    step = the_step(job, at(FREE, job=job), *refusals)

    assert isinstance(step, Finish)
    assert (step.state, step.why) == (State.CANCELLED, "released")


def test_a_refused_free_part_settles_before_the_end() -> None:
    what = replace(moving(*ROUTES), source=None)
    job = begun(moving=what)
    refusal = denied("UnauthorizedOperation", part=ROUTES[0], is_free=True)
    open_one = unanswered(part=ROUTES[1], is_free=True, ended_at=NOW, seq=2)

    step = the_step(job, at(FREE, FREE, job=job), refusal, open_one)

    assert waited_for(step) == "settle"


def test_a_free_route_that_is_refused_while_the_other_has_moved_parks() -> None:
    job = begun(moving=replace(moving(*ROUTES), source=None))
    refusal = denied("UnauthorizedOperation", part=ROUTES[0], is_free=True)

    assert isinstance(the_step(job, at(FREE, HERE, job=job), refusal), Park)


def test_an_elastic_ip_is_never_displaced() -> None:
    """Not even for a free one, and not for one that goes back."""
    taken = {i.id: i for i in (an_end(SOURCE), an_end(TARGET, addresses=TAKEN))}
    alone = a_move(moving=moving(source=None))

    turned = the_step(a_move(), at(FREE, interfaces=taken))
    ended = the_step(alone, at(FREE, job=alone, interfaces=taken))
    later = the_step(begun(), at(THERE, interfaces=taken))

    assert isinstance(turned, Turn)
    assert ("code", "addresses") in turned.args
    assert isinstance(ended, Finish)
    assert (ended.state, ended.why) == (State.CANCELLED, "no_longer_possible")
    assert isinstance(later, Turn)


# Effort (P2).


def test_moves_from_a_live_end_are_bounded() -> None:
    spent = [unanswered(seq=n) for n in range(LIMITS.effort)]

    step = the_step(begun(), at(THERE), *spent)

    assert isinstance(step, Park)
    assert step.why == "effort_spent"


def test_moves_of_a_free_part_are_not_bounded() -> None:
    spent = [unanswered(seq=n) for n in range(LIMITS.effort)]

    assert isinstance(the_step(begun(turns=99), at(FREE), *spent), Send)


def test_each_route_has_its_own_effort() -> None:
    spent = [unanswered(part=ROUTES[0], seq=n) for n in range(LIMITS.effort)]

    call = sent(the_step(begun(*ROUTES), of_routes(THERE, THERE), *spent))

    assert call.route_table_id == TABLES[1]


def test_throttled_and_unsent_moves_cost_no_effort() -> None:
    free = [
        a_call(outcome=o, seq=n)
        for n in range(LIMITS.effort)
        for o in (Outcome.THROTTLED, Outcome.NOT_SENT)
    ]

    assert isinstance(the_step(begun(), at(THERE), *free), Send)


def test_turns_are_bounded_while_it_serves_somewhere() -> None:
    job = begun(turns=LIMITS.effort)

    step = the_step(job, at(THERE), denied("UnauthorizedOperation"))

    assert isinstance(step, Park)
    assert step.why == "effort_spent"


def test_turns_of_a_free_part_are_not_bounded() -> None:
    job = begun(turns=LIMITS.effort)

    step = the_step(job, at(FREE), denied("UnauthorizedOperation", is_free=True))

    assert isinstance(step, Turn)
