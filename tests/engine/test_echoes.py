"""A call of an earlier job that may still land delays the end of the next one."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine import echoes
from failover.engine.job import Action, Call, Intent, Job, Outcome, Part, State
from failover.engine.moves.calls import make_move
from failover.engine.moves.places import Lying, Place, Whereabouts
from failover.engine.sight import Seen
from failover.engine.steps import Finish, Step, Wait
from tests.engine.cast import (
    AT_PRIMARY,
    AT_STANDBY,
    INTERFACE,
    LIMITS,
    NOW,
    STANDBY,
    an_intent,
    held,
    seen,
    under_way,
)
from tests.engine.moves.cast import EIP, IP, ROUTES, SOURCE, TARGET, a_move

END = Finish(state=State.SUCCEEDED, why="done")


def an_echo(call: Call, **changes: Any) -> Intent:
    facts = {"outcome": Outcome.UNKNOWN, "intent_at": NOW - 100, **changes}
    return an_intent(call.action, call=call, **facts)


def attach() -> Call:
    return Call(
        action=Action.ATTACH,
        interface_id=INTERFACE,
        instance_id=STANDBY,
        device_index=1,
    )


def detach(attachment_id: Any) -> Call:
    return Call(
        action=Action.DETACH, interface_id=INTERFACE, attachment_id=attachment_id
    )


def after(
    echo: Intent,
    sight: Seen | Whereabouts,
    *,
    job: Job | None = None,
    step: Step = END,
) -> Step:
    return echoes.hold_back(
        step,
        job=job or under_way(),
        seen=sight,
        echoes=[echo],
        now=NOW,
        limits=LIMITS,
    )


def lying(place: Place, part: Part = EIP) -> Whereabouts:
    one = Lying(part=part, place=place, since=NOW - 10)
    return Whereabouts(began_at=NOW - 0.1, ended_at=NOW, parts=(one,))


def moved(part: Part = EIP) -> Job:
    return replace(a_move(part), first_intent_at=NOW - 9)


def test_what_lies_free_is_not_finished_while_an_old_attach_may_land() -> None:
    step = after(an_echo(attach()), seen())

    assert step == Wait(waiting_for="settle")


def test_an_old_attach_cannot_move_what_is_attached() -> None:
    assert after(an_echo(attach()), seen(held())) is END


@pytest.mark.parametrize(
    ("attachment_id", "is_delayed"), [(AT_PRIMARY, True), (AT_STANDBY, False)]
)
def test_an_old_detach_works_on_its_own_attachment_only(
    attachment_id: Any, is_delayed: object
) -> None:
    step = after(an_echo(detach(attachment_id)), seen(held()))

    assert isinstance(step, Wait) is is_delayed


def test_an_echo_fades_after_the_settle_time() -> None:
    echo = an_echo(attach(), intent_at=NOW - LIMITS.settle_s)

    assert after(echo, seen()) is END


def test_an_end_with_nothing_sent_is_not_delayed() -> None:
    job = under_way()

    nothing_sent = replace(job, first_intent_at=None)
    assert after(an_echo(attach()), seen(), job=nothing_sent) is END


def test_only_ends_are_delayed() -> None:
    step = Wait(waiting_for="attached")

    assert after(an_echo(attach()), seen(), step=step) is step


@pytest.mark.parametrize("part", [EIP, IP, ROUTES[0]])
def test_an_old_move_that_takes_may_carry_the_part_off(part: Part) -> None:
    echo = an_echo(make_move(part, SOURCE, is_free=False))

    assert isinstance(after(echo, lying(Place.TARGET, part), job=moved(part)), Wait)
    assert after(echo, lying(Place.SOURCE, part), job=moved(part)) is END


@pytest.mark.parametrize("part", [EIP, IP, ROUTES[0]])
def test_an_old_move_that_takes_from_nobody_works_on_a_free_part(part: Part) -> None:
    echo = an_echo(make_move(part, TARGET, is_free=True))

    assert isinstance(after(echo, lying(Place.FREE, part), job=moved(part)), Wait)
    assert after(echo, lying(Place.SOURCE, part), job=moved(part)) is END


def test_another_parts_call_is_no_echo() -> None:
    echo = an_echo(make_move(ROUTES[1], SOURCE, is_free=False))

    sight = lying(Place.TARGET, ROUTES[0])
    assert after(echo, sight, job=moved(ROUTES[0])) is END
