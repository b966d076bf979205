"""Processes that die, stop, or come in numbers, in the middle of a swap."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from controlpanel.broker import celery_url
from controlpanel.celery import app
from tests.chaos.conftest import ATTACH_S, DETACH_S, LEASE_S
from tests.chaos.ride import Deed, ride
from tests.journeys import house
from tests.journeys.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
MOVE_S = DETACH_S + ATTACH_S
# A dead owner is seen dead by its lock; a new worker or the reconciler takes over.
TAKE_OVER_S = 5.0


def kill(word: str, *, by: signal.Signals = signal.SIGKILL) -> Deed:
    def deed(home: House) -> None:
        os.kill(home.pid_of(word), by)

    return deed


def test_a_worker_killed_while_detaching_costs_a_take_over(home: House) -> None:
    ride(
        home,
        fault="worker killed while detaching",
        restored_within_s=MOVE_S + TAKE_OVER_S,
        while_detaching=kill("celery"),
    )


def test_a_worker_killed_while_the_interface_is_free_costs_a_take_over(
    home: House,
) -> None:
    ride(
        home,
        fault="worker killed while free",
        restored_within_s=MOVE_S + TAKE_OVER_S,
        while_free=kill("celery"),
    )


def test_worker_and_reconciler_killed_together_cost_their_start(home: House) -> None:
    def both(home: House) -> None:
        for word in ("celery", "reconcile"):
            os.kill(home.pid_of(word), signal.SIGKILL)

    ride(
        home,
        fault="worker and reconciler killed",
        restored_within_s=MOVE_S + 8,
        while_detaching=both,
    )


def test_a_web_process_killed_in_the_middle_changes_nothing(home: House) -> None:
    ride(
        home,
        fault="web killed",
        # The web that starts anew takes a processor for a second.
        restored_within_s=MOVE_S + 3,
        while_detaching=kill("gunicorn"),
    )


def test_a_worker_that_stands_still_is_replaced(home: House) -> None:
    ride(
        home,
        fault="worker stopped (SIGSTOP) while detaching",
        # The lease of a process that lives runs out, and the reconciler waits for a
        # worker; or the supervisor ends it, which frees what it holds.
        restored_within_s=MOVE_S + LEASE_S + 5,
        while_detaching=kill("celery", by=signal.SIGSTOP),
    )


def test_a_worker_that_wakes_after_its_lease_makes_no_call(home: House) -> None:
    stopped = home.pid_of("celery")

    def stop(home: House) -> None:
        # Just short of what the supervisor takes for dead.
        os.kill(stopped, signal.SIGSTOP)
        time.sleep(4.5)
        os.kill(stopped, signal.SIGCONT)

    ride(
        home,
        fault="worker stopped for 4.5 s, a lease of 5 s",
        restored_within_s=MOVE_S + 5 + 2,
        while_detaching=stop,
    )


def test_a_supervisor_killed_takes_its_family_along_and_a_new_one_goes_on(
    home: House,
) -> None:
    def kill_all(home: House) -> None:
        family = set(house.children(home.process.pid))
        home.process.kill()
        home.process.wait(timeout=10)
        house.wait_for(
            lambda: not [p for p in family if is_running(p)],
            within_s=10,
            saying="the family has ended",
        )
        home.start()

    ride(
        home,
        fault="everything killed, started anew",
        restored_within_s=MOVE_S + 20,
        while_detaching=kill_all,
    )


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_wake_up_five_times_makes_no_second_call(home: House) -> None:
    broker = home.broker_url()

    def ring(_home: House) -> None:
        address = celery_url(redis_url=broker, data_dir=Path())
        with app.connection_for_write(address) as connection:
            for _ in range(5):
                app.send_task("failover.drive", args=[1], connection=connection)

    def ring_on(home: House) -> None:
        for _ in range(20):
            ring(home)
            time.sleep(0.05)

    ride(
        home,
        fault="each wake-up five times",
        restored_within_s=MOVE_S + 1,
        before=ring,
        while_detaching=ring_on,
    )


def test_three_reconcilers_and_no_worker_make_one_driver(home: House) -> None:
    others = [
        subprocess.Popen(
            [sys.executable, "manage.py", "reconcile", "--vantage", f"v{number}"],
            cwd=house.ROOT,
            env=home.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for number in range(2)
    ]
    try:
        time.sleep(2)
        os.kill(home.pid_of("celery"), signal.SIGSTOP)
        ride(
            home,
            fault="three reconcilers, the worker stopped",
            restored_within_s=MOVE_S + 1,
        )
    finally:
        with ThreadPoolExecutor() as pool:
            list(pool.map(house.end, others))
