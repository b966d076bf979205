"""The guard of protocol P7: nothing lies free unattended, and it never overdoes it."""

from dataclasses import replace

import pytest

from failover.engine import guard
from failover.engine.guard import Alarm, GuardFacts, Repair
from tests.engine.cast import NOW, PRIMARY, STANDBY

FREE = GuardFacts(
    desired=PRIMARY,
    other=STANDBY,
    is_frozen=False,
    has_active_job=False,
    free_at=(NOW - 3, NOW - 0.5),
    settled_at=NOW - 60,
    repairs_last_hour=0,
    is_desired_possible=True,
    is_other_possible=True,
)


def test_a_free_interface_goes_back_to_its_desired_holder() -> None:
    assert guard.judge(FREE) == Repair(target=PRIMARY)


def test_an_impossible_holder_is_replaced_by_the_other_end() -> None:
    facts = replace(FREE, is_desired_possible=False)

    assert guard.judge(facts) == Repair(target=STANDBY)


@pytest.mark.parametrize("changes", [{"is_other_possible": False}, {"other": None}])
def test_no_possible_end_is_an_alarm(changes: dict[str, object]) -> None:
    facts = replace(FREE, is_desired_possible=False, **changes)  # type: ignore[arg-type]

    assert guard.judge(facts) == Alarm(why="free_and_no_end_possible")


@pytest.mark.parametrize(
    "changes",
    [
        {"desired": None},
        {"has_active_job": True},
        {"free_at": ()},
        {"free_at": (NOW,)},
        {"free_at": (NOW - 1, NOW)},
        {"settled_at": NOW - 1},
    ],
)
def test_the_guard_keeps_still_while_it_is_not_its_turn(
    changes: dict[str, object],
) -> None:
    assert guard.judge(replace(FREE, **changes)) is None  # type: ignore[arg-type]


def test_a_frozen_pair_is_alarmed_and_never_moved() -> None:
    assert guard.judge(replace(FREE, is_frozen=True)) == Alarm(why="free_but_frozen")


def test_three_repairs_an_hour_are_enough() -> None:
    facts = replace(FREE, repairs_last_hour=guard.MOST_REPAIRS_AN_HOUR)

    assert guard.judge(facts) == Alarm(why="too_many_repairs")
