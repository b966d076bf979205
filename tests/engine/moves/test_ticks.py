"""Whole ticks of what moves in one call: what they leave on the job's row."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from failover.engine import strategies
from failover.engine.job import Action, Aim, Intent, Job, State
from failover.engine.sight import Kind, Seen
from failover.engine.steps import Finish, Send, Wait
from failover.engine.tick import Ticked, tick
from failover.engine.topology import Observation
from tests.engine.cast import (
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    STRANGER,
    a_job,
    facts,
    held,
    seen,
    work,
)
from tests.engine.moves.cast import (
    ROUTES,
    SOURCE,
    STRANGERS,
    TABLES,
    TARGET,
    a_call,
    a_look,
    a_move,
    a_table,
    an_elastic_ip,
    begun,
    denied,
    knowing,
    moving,
)

END = Finish(state=State.SUCCEEDED, why="done")


def ticked(job: Job, look: Observation, *intents: Intent, now: float = NOW) -> Ticked:
    return tick(
        work=work(job, *intents),
        observation=look,
        facts=facts(began_at=now - 0.1),
        now=now,
        limits=LIMITS,
        intent_id=UUID(int=77),
    )


def test_a_move_is_written_as_an_intent_and_is_the_point_of_no_return() -> None:
    done = ticked(a_move(), a_look(a_move(), an_elastic_ip(SOURCE)))

    assert done.change is not None
    assert done.change.intent is not None
    assert done.change.intent.call.action is Action.ASSOCIATE
    assert (done.job.first_intent_at, done.job.waiting_for) == (NOW, "moved")


def test_a_swap_of_an_elastic_ip_is_one_call_and_two_looks() -> None:
    first = ticked(a_move(), a_look(a_move(), an_elastic_ip(SOURCE)))
    assert first.change is not None
    assert first.change.intent is not None
    call = replace(first.change.intent, outcome=a_call().outcome, ended_at=NOW + 0.1)

    there = a_look(a_move(), an_elastic_ip(TARGET), began_at=NOW + 0.2)
    second = ticked(first.job, there, call, now=NOW + 0.3)
    later = a_look(a_move(), an_elastic_ip(TARGET), began_at=NOW + 5.3)
    third = ticked(second.job, later, call, now=NOW + 5.4)

    assert second.job.restored_at == there.ended_at
    assert third.job.state is State.SUCCEEDED
    assert third.change is not None
    assert (third.change.holder, third.change.holder_known) == (STANDBY, True)


def test_a_wait_that_taught_nothing_writes_nothing() -> None:
    job = begun(memory=knowing("source"))
    first = ticked(job, a_look(job, an_elastic_ip(SOURCE)), a_call())

    second = ticked(first.job, a_look(job, an_elastic_ip(SOURCE)), a_call())

    assert isinstance(second.step, Wait)
    assert second.change is None
    assert second.job.memory.polls_attach == 2


def test_a_turn_is_decided_upon_at_once() -> None:
    job = begun(*ROUTES)
    look = a_look(job, a_table(TABLES[0], TARGET), a_table(TABLES[1], SOURCE))

    done = ticked(job, look, denied("UnauthorizedOperation", part=ROUTES[1]))

    assert (done.job.aim, done.job.turns) == (Aim.SOURCE, 1)
    assert isinstance(done.step, Send)
    assert done.step.call.interface_id == SOURCE.interface_id


def test_a_parked_job_that_tries_a_refused_end_again_stays_parked() -> None:
    refusals = (
        denied("AuthFailure", SOURCE, is_free=True),
        denied("AuthFailure", is_free=True, ended_at=NOW - 31, seq=2),
    )
    job = begun(state=State.PARKED, parked_at=NOW - 60)
    look = a_look(job, an_elastic_ip())
    known = ticked(job, look, *refusals)
    again = replace(job, memory=known.job.memory)

    done = ticked(again, look, *refusals)

    assert isinstance(done.step, Send)
    assert (done.job.state, done.job.parked_at) == (State.PARKED, NOW - 60)


# Who holds it in the end (P7).


def holder(job: Job, *shown: Any, end: Finish = END) -> strategies.Holder:
    look = a_look(job, *shown)
    _, sight = strategies.look(job=job, intents=(), observation=look, limits=LIMITS)
    return strategies.find_holder(job=job, seen=sight, end=end)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (an_elastic_ip(SOURCE), strategies.Holder(instance_id=PRIMARY)),
        (an_elastic_ip(TARGET), strategies.Holder(instance_id=STANDBY)),
        (an_elastic_ip(), strategies.Holder()),
        (an_elastic_ip(TARGET, interface_id=STRANGERS), strategies.UNKNOWN),
    ],
)
def test_the_holder_is_the_end_where_all_of_it_lies(shown: Any, expected: Any) -> None:
    assert holder(a_move(), shown) == expected


def test_nobody_holds_what_is_mixed_for_certain() -> None:
    tables = (a_table(TABLES[0], SOURCE), a_table(TABLES[1], TARGET))

    assert holder(a_move(*ROUTES), *tables) == strategies.UNKNOWN


def test_nobody_vouches_for_what_was_released() -> None:
    released = Finish(state=State.CANCELLED, why="released")

    assert holder(a_move(), an_elastic_ip(TARGET), end=released) == strategies.UNKNOWN


def test_an_end_that_is_none_holds_nothing() -> None:
    job = a_move(moving=moving(source=None))

    assert holder(job, an_elastic_ip()) == strategies.Holder()


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        (seen(held(STANDBY)), strategies.Holder(instance_id=STANDBY)),
        (seen(held(STRANGER)), strategies.UNKNOWN),
        (seen(), strategies.Holder()),
        (seen(kind=Kind.UNKNOWN), strategies.UNKNOWN),
        (None, strategies.UNKNOWN),
    ],
)
def test_an_interface_is_held_by_one_of_our_ends_or_nobody_knows(
    sight: Seen | None, expected: strategies.Holder
) -> None:
    found = strategies.find_holder(job=a_job(), seen=sight, end=END)

    assert found == expected


def test_a_sight_of_moves_says_nothing_to_a_job_that_moves_nothing() -> None:
    _, sight = strategies.look(
        job=a_move(), intents=(), observation=a_look(a_move()), limits=LIMITS
    )
    step = strategies.decide(
        job=a_job(), intents=(), seen=sight, facts={}, now=NOW, limits=LIMITS
    )

    assert strategies.stamp(job=a_job(), intents=(), seen=sight) == a_job()
    assert isinstance(step, Wait)
    assert strategies.find_holder(job=a_job(), seen=sight, end=END) == (
        strategies.UNKNOWN
    )
