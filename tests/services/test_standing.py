"""When a change of readiness is news: once it has lasted, and never as a stream."""

from collections.abc import Callable

import pytest

from failover.services.standing import MOST_HOLD_S, News

NOON = 1_790_000_000.0
MINUTE_S = 60.0
DAY_S = 86_400.0


def listen(
    verdict: Callable[[float], bool], *, seconds: float, step_s: float
) -> list[tuple[float, bool]]:
    """What is told while a verdict is given every so often: (after seconds, ready)."""
    news, told = News(), []
    for step in range(int(seconds / step_s)):
        after_s = step * step_s
        is_ready = verdict(after_s)
        news, is_told = news.hear(is_ready=is_ready, now=NOON + after_s)
        if is_told:
            told.append((after_s, is_ready))
    return told


def test_a_pair_that_stays_ready_is_no_news() -> None:
    assert listen(lambda _: True, seconds=DAY_S, step_s=MINUTE_S) == []


def test_a_pair_that_is_not_ready_from_the_first_is_told_of() -> None:
    assert listen(lambda _: False, seconds=DAY_S, step_s=MINUTE_S) == [(0.0, False)]


def test_a_change_that_lasts_is_told_once_five_seconds_later() -> None:
    told = listen(lambda after_s: after_s < 100, seconds=DAY_S / 24, step_s=1.0)

    assert told == [(105.0, False)]


def test_both_ways_are_told() -> None:
    told = listen(
        lambda after_s: not 100 <= after_s < 1000, seconds=DAY_S / 24, step_s=1.0
    )

    assert [is_ready for _, is_ready in told] == [False, True]


@pytest.mark.parametrize("every_s", [2.0, 30.0, 61.0, 150.0, 300.0, 599.0])
def test_a_pair_that_flaps_all_day_is_told_of_a_few_times(every_s: float) -> None:
    told = listen(
        lambda after_s: int(after_s / every_s) % 2 == 0, seconds=DAY_S, step_s=1.0
    )

    assert len(told) <= 20


@pytest.mark.parametrize("ends_at", [3600.0, 3650.0])
def test_what_it_flaps_to_in_the_end_is_told_within_ten_minutes(ends_at: float) -> None:
    told = listen(
        lambda after_s: after_s < ends_at and int(after_s / 50) % 2 == 0,
        seconds=ends_at + MOST_HOLD_S + 2,
        step_s=1.0,
    )

    assert told[-1][1] is False
    later = listen(
        lambda after_s: after_s >= ends_at or int(after_s / 50) % 2 == 0,
        seconds=ends_at + MOST_HOLD_S + 2,
        step_s=1.0,
    )
    assert not later or later[-1][1] is True
