"""An EC2 that loses replies, throttles, shows the past or takes its time."""

import pytest

from tests.chaos.conftest import ATTACH_S, DETACH_S
from tests.chaos.ride import ride
from tests.journeys.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
MOVE_S = DETACH_S + ATTACH_S


def strike(home: House, action: str, kind: str, **more: object) -> None:
    home.sim.control("faults", action=action, kind=kind, **more)


def test_lost_replies_of_both_calls_make_no_second_effect(sqlite_home: House) -> None:
    def lose(home: House) -> None:
        strike(home, "DetachNetworkInterface", "drop-after", times=1)
        strike(home, "AttachNetworkInterface", "drop-after", times=1)

    ride(
        sqlite_home,
        fault="both replies lost",
        restored_within_s=MOVE_S + 1,
        before=lose,
    )


def test_errors_after_the_effect_make_no_second_effect(sqlite_home: House) -> None:
    def err(home: House) -> None:
        strike(home, "DetachNetworkInterface", "error-after", times=1)
        strike(home, "AttachNetworkInterface", "error-after", times=1)

    ride(
        sqlite_home, fault="both answered 500", restored_within_s=MOVE_S + 1, before=err
    )


def test_calls_that_never_arrived_are_made_again(sqlite_home: House) -> None:
    def drop(home: House) -> None:
        strike(home, "DetachNetworkInterface", "drop-before", times=2)
        strike(home, "AttachNetworkInterface", "drop-before", times=2)

    ride(
        sqlite_home,
        fault="calls lost on the way, twice each",
        restored_within_s=MOVE_S + 2,
        before=drop,
    )


def test_an_attach_that_lands_late_is_waited_for_or_met(sqlite_home: House) -> None:
    def late(home: House) -> None:
        strike(home, "AttachNetworkInterface", "late", times=1, delay_s=3)

    ride(
        sqlite_home,
        fault="an attach lands 3 s late",
        restored_within_s=MOVE_S + 4,
        before=late,
    )


def test_a_storm_of_throttling_costs_patience_only(sqlite_home: House) -> None:
    def storm(home: House) -> None:
        # In turn rather than by chance, whose runs of bad luck no bound holds.
        for nth in range(1, 60, 2):
            strike(home, "DescribeNetworkInterfaces", "throttle", nth=nth)
        strike(home, "AttachNetworkInterface", "throttle", times=2)

    ride(
        sqlite_home,
        fault="every other look and two attaches throttled",
        restored_within_s=MOVE_S + 4,
        # A request that is throttled is told to come again: nothing has begun.
        while_detaching=storm,
    )


def test_reads_from_the_past_are_not_believed(sqlite_home: House) -> None:
    ride(
        sqlite_home,
        fault="reads up to 2 s old",
        restored_within_s=MOVE_S + 6,
        before=lambda home: home.sim.control("config", stale_s=2),
    )


def test_a_slow_ec2_costs_its_own_time(sqlite_home: House) -> None:
    ride(
        sqlite_home,
        fault="one second of latency",
        restored_within_s=MOVE_S + 5,
        before=lambda home: home.sim.control("config", latency_s=1),
    )
