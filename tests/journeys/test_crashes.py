"""What dies half-way, and that nothing is stranded by it."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.journeys import house
from tests.journeys.conftest import LEASE_S
from tests.journeys.house import House


def slow_down(home: House) -> None:
    """Leave time between detach and attach."""
    home.sim.control("config", detach_s=3, attach_s=2)


@pytest.mark.timeout(180)
def test_a_worker_killed_between_detach_and_attach_is_finished_by_another(
    home: House,
) -> None:
    slow_down(home)
    job = home.swap(house.STANDBY)
    house.wait_for(
        lambda: home.sim.holder() is None, within_s=10, saying="detach has begun"
    )
    os.kill(home.pid_of("celery"), signal.SIGKILL)
    killed_at = time.monotonic()

    house.wait_for(
        lambda: home.sim.holder() == house.STANDBY,
        within_s=LEASE_S + 5 + 3,
        saying="the standby holds the interface",
    )
    assert time.monotonic() - killed_at < LEASE_S + 5 + 3
    assert home.wait_for_end(job["id"], within_s=20)["state"] == "succeeded"
    effective = [
        c
        for c in home.sim.calls()
        if c.get("action") == "AttachNetworkInterface" and c["outcome"] == "ok"
    ]
    assert len(effective) == 1


@pytest.mark.timeout(180)
def test_without_any_broker_the_reconciler_does_the_work(tmp_path: Path) -> None:
    gone = "redis://127.0.0.1:1/0"
    with house.article(tmp_path, REDIS_URL=gone) as home:
        job = home.swap(house.STANDBY)

        assert home.wait_for_end(job["id"], within_s=30)["state"] == "succeeded"


@pytest.mark.timeout(180)
def test_a_standby_terminated_after_the_detach_gives_the_interface_back(
    home: House,
) -> None:
    slow_down(home)
    job = home.swap(house.STANDBY)
    house.wait_for(
        lambda: home.sim.holder() is None, within_s=10, saying="detach has begun"
    )
    home.sim.client().terminate_instances(InstanceIds=[house.STANDBY])

    ended = home.wait_for_end(job["id"], within_s=60)
    assert ended["state"] == "reversed"
    assert home.sim.holder() == house.PRIMARY
    assert "EC2 refused to attach" in ended["message"]
    assert "PrimaryServer" in house.browse(home)


@pytest.mark.timeout(180)
def test_a_lost_reply_of_the_attach_is_a_success_and_one_attach(home: House) -> None:
    home.sim.control(
        "faults", action="AttachNetworkInterface", kind="drop-after", times=1
    )
    job = home.swap(house.STANDBY)

    ended = home.wait_for_end(job["id"], within_s=60)
    assert ended["state"] == "succeeded"
    attached = [
        c
        for c in home.sim.calls()
        if c["event"] == "transition"
        and c["to"] == "attached"
        and c["resource"] == house.INTERFACE
    ]
    assert len(attached) == 1


@pytest.mark.timeout(120)
def test_sigterm_of_the_supervisor_leaves_no_process(home: House) -> None:
    family = set(house.children(home.process.pid))
    assert family

    home.process.send_signal(signal.SIGTERM)
    home.process.wait(timeout=12)

    def alive() -> set[int]:
        return {p for p in family if (Path("/proc") / str(p)).exists()}

    house.wait_for(lambda: not alive(), within_s=5, saying="all have ended")
