"""Whole reads: what they cost, what they keep, what they say when EC2 does not."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ec2sim import server
from ec2sim.config import Config
from failover import models, wiring
from failover.engine.budget import Read
from failover.engine.topology import InterfaceId
from failover.services import floating, inventory, refusals
from failover.services.observed import list_observed
from tests.bench import crowd
from tests.bench.writes import Tally, counted
from tests.services.world import FLOATING, PRIMARY, Sim

MANY = 2000


@pytest.fixture(scope="module")
def full() -> Iterator[server.Running]:
    """An EC2 with a region of 2,000 interfaces, some with names that hurt."""
    with server.start(config=Config(latency_s=0)) as running:
        crowd.plant(running.world, MANY)
        yield running


@pytest.fixture
def crowded(
    database: str, full: server.Running, monkeypatch: pytest.MonkeyPatch
) -> Iterator[models.Region]:
    """That region under management, and not read yet."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", full.url)
    wiring.start_anew()
    account = models.Account.objects.create(name="default")
    yield models.Region.objects.create(account=account, name=crowd.REGION)
    wiring.start_anew()


def read(region: models.Region) -> Tally:
    """Read the region whole; what that cost the database."""
    region.refresh_from_db()
    with counted() as tally:
        inventory.sync(region)
    return tally


@pytest.mark.timeout(300)
def test_a_repeat_in_which_nothing_changed_writes_next_to_nothing(
    crowded: models.Region,
) -> None:
    first = read(crowded)
    written = a_row()
    repeat = read(crowded)

    assert models.NetworkInterface.objects.count() == MANY
    # In pieces of five hundred, each with the texts it is found by.
    assert first.write_statements < MANY / 50
    assert repeat.rows_written < first.rows_written / 100
    assert repeat.write_statements < 8
    assert repeat.read_statements < 60
    assert not models.DriftEvent.objects.exists()
    # A row that was not written is as young as the read that showed it again.
    assert a_row().observed_at == written.observed_at
    assert a_row().seen_at > written.seen_at
    # And names that hurt have come through as they are.
    rows = models.NetworkInterface.objects.values_list("name", flat=True)
    assert set(rows) == {*crowd.HOSTILE, ""}
    assert models.Vpc.objects.get().name == crowd.HOSTILE[0]


def a_row() -> models.NetworkInterface:
    """The same each time."""
    rows = models.NetworkInterface.objects.select_related("region")
    return rows.order_by("interface_id")[0]


def test_a_read_waits_while_drivers_need_the_quota_and_then_gives_way(
    region: models.Region, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("failover.services.paying.MOST_WAIT_S", 0.6)
    wiring.store().owe(region_id=region.pk, api=Read.INTERFACES, tokens=90)
    before = len(sim.calls("DescribeNetworkInterfaces"))

    with pytest.raises(refusals.Ec2Unreachable, match="Jobs need"):
        inventory.sync(region)

    assert len(sim.calls("DescribeNetworkInterfaces")) == before
    region.refresh_from_db()
    assert "Jobs need EC2's quota" in region.sync_error
    assert region.sync_failures == 1


def test_a_region_that_fails_keeps_its_rows_and_is_tried_later_and_later(
    region: models.Region, sim: Sim
) -> None:
    refuse(sim, "*")
    gaps = []

    for _ in range(3):
        with pytest.raises(refusals.Refusal):
            inventory.sync(region)
        region.refresh_from_db()
        assert region.sync_retry_at is not None
        gaps.append((region.sync_retry_at - wiring.now()).total_seconds())

    assert gaps == sorted(gaps)
    assert 4 < gaps[0] <= 5
    assert 18 < gaps[2] <= 20
    assert "UnauthorizedOperation" in region.sync_error
    assert models.NetworkInterface.objects.filter(vanished_at=None).exists()
    models.Region.objects.update(synced_at=wiring.now() - timedelta(hours=1))
    assert inventory.list_due() == []
    models.Region.objects.update(sync_requested_at=wiring.now())
    assert inventory.list_due() == [region]


def test_what_fails_does_not_hold_up_what_can_be_read(
    region: models.Region, sim: Sim
) -> None:
    before = region.read_began_at(models.NetworkInterface)
    instances = region.read_began_at(models.Instance)
    refuse(sim, "DescribeInstances")

    with pytest.raises(refusals.Ec2ReadRefused):
        inventory.sync(region)

    region.refresh_from_db()
    assert region.sync_error.startswith("Instances: UnauthorizedOperation")
    assert region.read_began_at(models.NetworkInterface) > before
    assert region.read_began_at(models.Instance) == instances
    assert models.Instance.objects.filter(vanished_at=None).count() == 2


@pytest.mark.parametrize("action", ["DescribeVpcs", "DescribeRouteTables"])
def test_a_role_may_do_without_vpcs_and_route_tables(
    region: models.Region, sim: Sim, action: str
) -> None:
    refuse(sim, action)

    inventory.sync(region)

    region.refresh_from_db()
    assert region.sync_error == ""
    assert models.Vpc.objects.filter(vanished_at=None).count() == 2


def test_what_vanished_is_marked_and_comes_back(
    region: models.Region, sim: Sim
) -> None:
    lost = models.NetworkInterface.objects.create(
        region=region,
        interface_id="eni-00000000",
        status="available",
        observed_at=wiring.now(),
        observed_began_at=1.0,
    )
    hidden = models.NetworkInterface.objects.get(interface_id=FLOATING)
    models.NetworkInterface.objects.filter(pk=hidden.pk).update(
        vanished_at=wiring.now(), observed_began_at=1.0
    )

    inventory.sync(region)

    lost.refresh_from_db()
    hidden.refresh_from_db()
    assert lost.vanished_at is not None
    assert hidden.vanished_at is None


def test_an_older_look_that_comes_late_does_not_undo_a_whole_read(
    region: models.Region, article: models.Pair
) -> None:
    early = wiring.gateway(region).observe(floating.resources([article]))
    moved = dataclasses.replace(
        early.interfaces[InterfaceId(FLOATING)], attachment=None
    )
    inventory.sync(region)

    wiring.store().mirror(
        region_id=region.pk,
        observation=dataclasses.replace(early, interfaces={moved.id: moved}),
    )

    assert list_observed([article])[article.pk].holder == PRIMARY


def refuse(sim: Sim, action: str) -> None:
    """Let the role not read that any more."""
    actions = (
        [action]
        if action != "*"
        else ["DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups"]
    )
    for one in actions:
        sim.control(
            "faults",
            {"action": one, "kind": "refuse:UnauthorizedOperation", "times": 100},
        )
