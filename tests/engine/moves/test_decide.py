"""The decide table of what moves in one call, one promise a row (P4, P5)."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.job import Action, Aim, Intent, Job, Outcome, State
from failover.engine.moves import decide
from failover.engine.moves.places import Place, Whereabouts
from failover.engine.refusals import Fact
from failover.engine.steps import Finish, Need, Park, Send, Step, Turn, Wait
from failover.engine.topology import PrivateAddress
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
    CIDR,
    IP,
    OTHER_ADDRESS,
    ROUTES,
    SOURCE,
    TABLES,
    TARGET,
    VIP,
    a_call,
    a_case,
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

FREE, HERE, THERE = Place.FREE, Place.TARGET, Place.SOURCE
UNKNOWN, ELSEWHERE, GONE = Place.UNKNOWN, Place.ELSEWHERE, Place.GONE


def the_step(job: Job, seen: Whereabouts, *intents: Intent, **changes: Any) -> Step:
    return decide.decide(a_case(job, seen, *intents, **changes))


def of_routes(*places: Place, **changes: Any) -> Whereabouts:
    return at(*places, job=a_move(*ROUTES), **changes)


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


# P6: the first move.


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


TAKEN = (
    PrivateAddress(
        address=TARGET.private_ip, primary=True, allocation_id=OTHER_ADDRESS
    ),
)


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


# Repeats and refusals (P2, P3).


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
