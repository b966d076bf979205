"""Copies of the engine's values: what is named differs, and nothing else."""

from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Any

import pytest

from failover.engine import values
from failover.engine.job import Aim, Job, Memory
from tests.engine.cast import a_job

JOB = a_job()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lonely:
    only: int


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 7},
        {"aim": Aim.SOURCE, "why": "attach_refused"},
        {"memory": Memory(seen_at=3.0)},
        {"why_args": (("code", "X"),), "parked_at": None},
    ],
)
def test_a_copy_is_what_dataclasses_make_of_it(changes: dict[str, Any]) -> None:
    copy = values.replace(JOB, **changes)

    assert copy == replace(JOB, **changes)
    assert type(copy) is Job


def test_the_value_itself_stays_as_it_was() -> None:
    before = replace(JOB)

    values.replace(JOB, version=JOB.version + 1, restored_at=4.0)

    assert before == JOB


def test_where_nothing_differs_there_is_no_copy() -> None:
    same = values.replace(JOB, aim=JOB.aim, memory=replace(JOB.memory), parked_at=None)

    assert same is JOB


def test_a_copy_is_frozen_too() -> None:
    copy = values.replace(JOB, version=8)

    with pytest.raises(FrozenInstanceError):
        copy.version = 9  # type: ignore[misc]


def test_a_value_of_one_field_is_copied_like_any() -> None:
    assert values.replace(Lonely(only=1), only=2) == Lonely(only=2)


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError, match="colour"):
        values.replace(JOB, colour="red")
