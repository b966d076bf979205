"""What the process is put together from."""

import pytest

from failover.wiring import DatabaseClock


def test_what_is_under_way_keeps_its_time_though_the_databases_clock_is_stepped() -> (
    None
):
    said = [1000.0]
    clock = DatabaseClock(database_now=lambda: said[0], good_for_s=0.0)

    with clock.held(), clock.held():
        said[0] -= 30
        clock.measure()
        assert clock.now() == pytest.approx(1000, abs=1)

    clock.measure()
    assert clock.now() == pytest.approx(970, abs=1)


def test_a_clock_that_was_never_measured_is_measured_when_it_is_held() -> None:
    clock = DatabaseClock(database_now=lambda: 1000.0)

    with clock.held():
        assert clock.now() == pytest.approx(1000, abs=1)


def test_the_database_is_not_asked_again_for_a_while() -> None:
    asked: list[int] = []

    def database_now() -> float:
        asked.append(1)
        return 1000.0

    clock = DatabaseClock(database_now=database_now)
    clock.measure()
    clock.measure()

    assert len(asked) == 1
