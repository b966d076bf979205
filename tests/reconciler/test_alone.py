"""A reconciler with no worker and no broker: nothing waits for either of them."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from failover import models, reconciler, wiring
from failover.management import demonstration, door
from failover.models import Job, Pair
from failover.services import pairs, swaps
from tests.journeys.house import INTERFACE, PRIMARY, STANDBY, Ec2Sim

PATIENCE_S = 40.0


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)


@pytest.fixture
def database(sqlite_database: str) -> str:
    """SQLite alone: PostgreSQL drives in the journeys, in processes that end."""
    return sqlite_database


@pytest.fixture
def sim(
    anew: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> Iterator[Ec2Sim]:
    """The article's world, quick, and a short verification."""
    started = Ec2Sim(
        tmp_path, *("--seed-article", "--detach-s", "0.3", "--attach-s", "0.3")
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL", started.url)
    settings.VERIFY_AFTER_S = 0.3
    wiring.end()
    yield started
    started.stop()


@pytest.fixture
def pair(sim: Ec2Sim, region: models.Region) -> Pair:
    return pairs.create(new=demonstration.ARTICLE, region=region, actor=door.operator())


@pytest.fixture
def alone(pair: Pair) -> Iterator[None]:
    """A reconciler at work in a thread, until the test ends."""
    stop = threading.Event()
    rita = reconciler.Reconciler(name="rita", vantage="", stop=stop)

    def run() -> None:
        try:
            rita.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=20)
    rita.wait_for_chores(20)


def is_over(job: Job) -> bool:
    job.refresh_from_db()
    return job.state not in models.jobs.ACTIVE_STATES


@pytest.mark.timeout(120)
def test_a_swap_is_done_though_nobody_hears_of_it(
    sim: Ec2Sim, pair: Pair, alone: None
) -> None:
    job = swaps.request_swap(pair=pair, to=STANDBY, actor=door.operator())

    wait_until(lambda: is_over(job))

    assert job.state == "succeeded"
    assert sim.holder() == STANDBY


@pytest.mark.timeout(120)
def test_an_interface_that_somebody_has_taken_off_is_put_back_where_it_belongs(
    sim: Ec2Sim, pair: Pair, alone: None
) -> None:
    attachment = sim.state()["interfaces"][INTERFACE]["attachment_id"]
    sim.client().detach_network_interface(AttachmentId=attachment)

    wait_until(lambda: Job.objects.filter(trigger="guard").exists())
    job = Job.objects.get(trigger="guard")
    wait_until(lambda: is_over(job))

    assert job.state == "succeeded"
    assert sim.holder() == PRIMARY
