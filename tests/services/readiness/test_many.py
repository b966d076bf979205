"""What the readiness of many pairs costs in calls."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from ec2sim import server
from ec2sim.config import Config
from ec2sim.server import Running
from failover import models, wiring
from failover.models import Pair
from failover.services import inventory, regions
from tests.services.readiness import readying
from tests.services.world import REGION, SHELL

MANY = 500
MINUTES = 2
STEP_S = 10.0


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """An EC2 with many pairs, in this process."""
    running = server.start(config=Config(latency_s=0), sown={"pairs": MANY})
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", running.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with running:
        yield running


@pytest.fixture
def region(sqlite_database: str, town: Running) -> Iterator[models.Region]:
    """All of them under management, and at rest."""
    wiring.end()
    row = regions.add(region=REGION, actor=SHELL)
    inventory.sync(row)
    row.refresh_from_db()
    _make_pairs(row)
    yield row
    wiring.end()


def _make_pairs(region: models.Region) -> None:
    ends: dict[str, dict[str, str]] = {}
    for row in models.Instance.objects.all():
        tags = row.tags
        ends.setdefault(tags["failover:pair"], {})[tags["failover:role"]] = (
            row.instance_id
        )
    now = wiring.now()
    Pair.objects.bulk_create(
        Pair(
            name=row.tags["failover:pair"],
            region=region,
            strategy="eni",
            primary_instance_id=ends[row.tags["failover:pair"]]["primary"],
            standby_instance_id=ends[row.tags["failover:pair"]]["standby"],
            network_interface_id=row.interface_id,
            created_at=now,
        )
        for row in models.NetworkInterface.objects.all()
        if row.tags.get("failover:role") == "floating"
    )


def calls(town: Running) -> Counter[str]:
    lines = [json.loads(line) for line in town.world.journal.lines()]
    return Counter(e["action"] for e in lines if e["event"] == "call")


def live(region: models.Region, *, is_synced: bool) -> int:
    """Some minutes of readiness; how often a pair was judged."""
    judged = 0
    for step in range(int(MINUTES * 60 / STEP_S)):
        if is_synced and step % 3 == 0:
            region.refresh_from_db()
            inventory.sync(region)
        judged += len(readying.judge())
        readying.ask()
        readying.let_pass(STEP_S)
    return judged


def test_in_step_with_syncs_the_readiness_of_500_pairs_costs_two_calls_an_hour(
    region: models.Region, town: Running
) -> None:
    before = calls(town)
    inventory.sync(region)
    one_sync = calls(town) - before
    before = calls(town)

    judged = live(region, is_synced=True)

    syncs = int(MINUTES * 60 / STEP_S / 3)
    spent = calls(town) - before
    for action, count in one_sync.items():
        assert spent.pop(action, 0) == count * syncs, action
    assert spent == {"DetachNetworkInterface": 1, "AttachNetworkInterface": 1}
    assert judged >= MANY * MINUTES
    assert all(readying.seen(p.name).ready for p in Pair.objects.order_by("name")[:3])


def test_without_any_sync_it_costs_eighteen_calls_a_minute(
    region: models.Region, town: Running
) -> None:
    before = calls(town)

    judged = live(region, is_synced=False)

    spent = calls(town) - before
    assert judged >= MANY * MINUTES
    reads = {a: n for a, n in spent.items() if a.startswith("Describe")}
    # By 200 values of a filter; status checks by 100 instances.
    assert sum(reads.values()) <= 18 * MINUTES
    assert spent["DetachNetworkInterface"] == spent["AttachNetworkInterface"] == 1
    assert Pair.objects.filter(readiness_at=None).count() == 0
