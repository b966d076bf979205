"""The house that is shaken: one on SQLite with its own broker, one on servers."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.journeys import house
from tests.journeys.house import Ec2Sim, House

# Short enough for a test, long enough that every deed falls into its own moment.
DETACH_S = 1.0
ATTACH_S = 0.6
LEASE_S = 5.0
SIM = (
    "--seed-article",
    *("--detach-s", str(DETACH_S), "--attach-s", str(ATTACH_S)),
    *("--latency-s", "0.02"),
)
SETTINGS = {"VERIFY_AFTER_S": "1", "LEASE_TTL_S": str(LEASE_S)}


@contextlib.contextmanager
def shaken(database_url: str | None = None, **settings: str) -> Iterator[House]:
    """A house with the article's pair, and its simulator; both end with it."""
    with tempfile.TemporaryDirectory(prefix="sb-chaos-") as name:
        folder = Path(name)
        sim = Ec2Sim(folder, *SIM)
        try:
            home = House(
                folder,
                sim,
                database_url=database_url,
                settings={**SETTINGS, **settings},
            )
            try:
                home.add_article()
                yield home
            finally:
                home.stop()
        finally:
            sim.stop()


# One house for all tests of a file and a database: it must survive them one after
# another. A house that stays for longer works for nobody, beside all other tests.


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[House]:
    with shaken() as home:
        yield home


@pytest.fixture(scope="module")
def on_postgresql(postgres_url: str, postgres_template: str) -> Iterator[House]:
    migrated = databases.postgres_copy(postgres_url, template=postgres_template)
    with migrated as url, shaken(url) as home:
        yield home


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def home(request: pytest.FixtureRequest) -> Iterator[House]:
    """The house on either database, at rest before and after."""
    with at_rest(request.getfixturevalue(f"on_{request.param}")) as home:
        yield home


@pytest.fixture
def sqlite_home(on_sqlite: House) -> Iterator[House]:
    """The house on SQLite, for what has nothing to do with the database."""
    with at_rest(on_sqlite) as home:
        yield home


@contextlib.contextmanager
def at_rest(home: House) -> Iterator[House]:
    """Let the house come to rest, and undo afterwards what was done to it."""
    wait_until_whole(home)
    yield home
    for pid in house.children(home.process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    home.sim.http.delete("/_sim/faults").raise_for_status()
    home.sim.control("config", stale_s=0, throttle="off", latency_s=0.02)


def wait_until_whole(home: House) -> None:
    """All parts run, and the interface lies attached at one of its two ends."""
    wanted = ("gunicorn", "celery", "reconcile")

    def is_whole() -> bool:
        running = " ".join(house.children(home.process.pid).values())
        return home.is_ready() and all(part in running for part in wanted)

    house.wait_for(is_whole, within_s=30, saying="every part runs again")
    house.wait_for(
        lambda: home.sim.holder() in (house.PRIMARY, house.STANDBY),
        within_s=30,
        saying="the interface is attached",
    )
