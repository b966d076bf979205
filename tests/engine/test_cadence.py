"""How often to look: learned windows, and gaps within EC2's quota (protocol P9)."""

from typing import Any

import pytest

from failover.engine import cadence
from failover.engine.cadence import Learned, Spread
from failover.engine.job import Intent, Job, Outcome, State
from tests.engine.cast import LIMITS, NOW, a_detach, a_job, an_attach, under_way

LEARNED = Learned(
    detach=Spread(least_s=2.2, median_s=3.0), attach=Spread(least_s=1.4, median_s=2.0)
)


def gap_s(
    job: Job,
    *intents: Intent,
    after_s: float = 0.0,
    learned: Learned = LEARNED,
    dense_s: float = 0.05,
) -> float:
    return cadence.gap_s(
        job=job,
        intents=intents,
        now=NOW + after_s,
        learned=learned,
        dense_s=dense_s,
        limits=LIMITS,
    )


# Learning.


def test_too_few_jobs_teach_nothing() -> None:
    assert cadence.learn(detach_s=[3.0] * 4, attach_s=[]) == Learned()


def test_the_median_and_the_fifth_percentile_are_learned() -> None:
    learned = cadence.learn(
        detach_s=[2.0 + n / 10 for n in range(40)], attach_s=[1.0, 3.0, 2.0, 5.0, 4.0]
    )

    assert learned.detach == Spread(least_s=2.2, median_s=pytest.approx(3.95))  # type: ignore[arg-type]
    assert learned.attach == Spread(least_s=1.0, median_s=3.0)


# How many looks.


@pytest.mark.parametrize(
    ("interfaces", "level", "expected"),
    [
        (1, 100, 0.05),
        (200, 100, 0.05),
        (201, 100, 0.1),
        (1000, 100, 0.25),
        (1, 60, 1 / 12),
        (1000, 0, 5 / 12),
    ],
)
def test_looks_share_ec2s_reads(interfaces: int, level: float, expected: float) -> None:
    gap = cadence.dense_gap_s(interfaces=interfaces, level=level, limits=LIMITS)

    assert gap == pytest.approx(expected)


# When.


def gone(**changes: Any) -> Intent:
    return a_detach(ended_at=NOW, intent_at=NOW - 0.1, **changes)


def coming(**changes: Any) -> Intent:
    return an_attach(ended_at=NOW, intent_at=NOW - 0.1, **changes)


def test_a_job_that_is_not_moving_is_looked_at_once_a_second() -> None:
    assert gap_s(a_job()) == LIMITS.poll_idle_s
    assert gap_s(under_way(restored_at=NOW), gone()) == LIMITS.poll_idle_s
    assert gap_s(under_way(state=State.PARKED)) == LIMITS.parked_look_s


def test_before_the_window_looks_are_patient_and_meet_its_opening() -> None:
    # It opens 2.1 s after the detach was accepted.
    assert gap_s(under_way(), gone(), after_s=0.5) == LIMITS.poll_dark_s
    assert gap_s(under_way(), gone(), after_s=2.0) == pytest.approx(0.1)
    assert gap_s(under_way(), gone(), after_s=2.09) == 0.05


def test_in_the_window_looks_are_dense() -> None:
    assert gap_s(under_way(), gone(), after_s=2.2) == 0.05
    assert gap_s(under_way(), gone(), after_s=12.9) == 0.05
    assert gap_s(under_way(), gone(), after_s=2.2, dense_s=0.1) == 0.1


def test_what_hangs_is_looked_at_patiently_again() -> None:
    assert gap_s(under_way(), gone(), after_s=13.1) == LIMITS.poll_dark_s


def test_an_attach_has_a_window_of_its_own() -> None:
    job = under_way(detached_at=NOW - 1)

    assert gap_s(job, a_detach(), coming(), after_s=1.0) == LIMITS.poll_dark_s
    assert gap_s(job, a_detach(), coming(), after_s=1.41) == 0.05


def test_while_nothing_is_learned_looks_are_dense_at_once() -> None:
    nothing = Learned()

    assert gap_s(under_way(), gone(), after_s=0.01, learned=nothing) == 0.05
    assert gap_s(under_way(), coming(), after_s=59, learned=nothing) == 0.05
    assert gap_s(under_way(), coming(), after_s=61, learned=nothing) == 0.2


@pytest.mark.parametrize(
    "intent",
    [
        gone(outcome=Outcome.UNKNOWN),
        gone(outcome=None),
        coming(outcome=Outcome.THROTTLED),
        coming(outcome=Outcome.REFUSED),
    ],
)
def test_nobody_waits_for_a_window_of_a_call_whose_end_is_unclear(
    intent: Intent,
) -> None:
    assert gap_s(under_way(), intent, after_s=0.1) == 0.05


def test_a_free_interface_is_looked_at_densely_whatever_was_learned() -> None:
    assert gap_s(under_way(detached_at=NOW), gone(), after_s=0.1) == 0.05


def test_an_outage_that_is_not_our_doing_is_looked_at_densely() -> None:
    assert gap_s(under_way()) == 0.05


def test_a_gap_that_the_quota_demands_is_never_undercut() -> None:
    assert gap_s(under_way(), gone(), after_s=0.5, dense_s=0.4) == 0.4
    assert gap_s(under_way(), gone(), after_s=30.0, dense_s=0.4) == 0.4
