"""A broker that forgets, dies or falls silent costs seconds, never a job."""

import os
import signal
import time

import pytest
import redis

from tests.chaos.conftest import ATTACH_S, DETACH_S
from tests.chaos.ride import ride
from tests.journeys.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
MOVE_S = DETACH_S + ATTACH_S


def flush(home: House) -> None:
    with redis.Redis.from_url(home.broker_url()) as client:
        client.flushall()


def test_a_flushed_broker_changes_nothing(home: House) -> None:
    ride(
        home,
        fault="FLUSHALL before and during",
        restored_within_s=MOVE_S + 1,
        before=flush,
        while_detaching=flush,
    )


def test_a_killed_broker_changes_nothing(home: House) -> None:
    ride(
        home,
        fault="broker killed before",
        restored_within_s=MOVE_S + 1,
        before=lambda home: os.kill(home.pid_of("valkey"), signal.SIGKILL),
    )


def test_a_silent_broker_does_not_hold_up_a_request(home: House) -> None:
    def silence(home: House) -> None:
        os.kill(home.pid_of("valkey"), signal.SIGSTOP)

    asked_at = time.monotonic()
    answered: list[float] = []

    ride(
        home,
        fault="broker black-holed (SIGSTOP)",
        restored_within_s=MOVE_S + 1,
        before=silence,
        while_detaching=lambda _home: answered.append(time.monotonic() - asked_at),
    )

    # The request, and what wakes a driver without a broker.
    assert answered[0] < 10
