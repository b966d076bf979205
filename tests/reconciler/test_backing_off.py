"""Inventory and readiness back off before a driver misses what they would read (P8)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from failover import models, wiring
from failover.engine.budget import Read
from failover.reconciler import Reconciler
from tests.ec2.endpoint import Endpoint, Script
from tests.reconciler.test_rounds import ENI, run_round, whole_region

Serve = Callable[[Script], Endpoint]
PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"


@pytest.fixture
def pair(region: models.Region) -> models.Pair:
    now = wiring.now()
    models.Region.objects.update(synced_at=now)
    return models.Pair.objects.create(
        name="article",
        region=region,
        strategy="eni",
        primary_instance_id=PRIMARY,
        standby_instance_id=STANDBY,
        network_interface_id=ENI,
        created_at=now,
    )


def make_dark(region: models.Region, *, state: str = "running") -> None:
    now = wiring.now()
    models.Job.objects.create(
        region=region,
        kind="swap",
        state=state,
        network_interface_id="eni-of-another",
        trigger="api",
        requested_by="anna",
        requested_at=now,
        first_intent_at=now,
        outage_started_at=now,
        # Not due: nobody drives it during this test.
        next_run_at=wiring.store().lease_now()[0] + 50,
        clock_boot=wiring.store().lease_now()[1],
    )


def test_idle_looks_wait_while_a_driver_may_need_the_reads(
    reconcile: Reconciler, region: models.Region, pair: models.Pair, serve: Serve
) -> None:
    served = serve(whole_region)
    wiring.store().owe(region_id=region.pk, api=Read.INTERFACES, tokens=1000)

    run_round(reconcile)

    assert served.asked == []
    pair.refresh_from_db()
    assert pair.readiness_at is None


def test_idle_looks_are_paid_for(
    reconcile: Reconciler, region: models.Region, pair: models.Pair, serve: Serve
) -> None:
    serve(whole_region)

    run_round(reconcile)

    bucket = wiring.store().budget(region_id=region.pk).buckets[Read.INTERFACES]
    assert bucket.level <= 99


def test_readiness_waits_while_somebody_is_dark(
    reconcile: Reconciler, region: models.Region, pair: models.Pair, serve: Serve
) -> None:
    serve(whole_region)
    make_dark(region)

    run_round(reconcile)

    pair.refresh_from_db()
    assert pair.readiness_at is None


def test_a_sync_is_rarer_while_somebody_is_dark(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    serve(whole_region)
    long_ago = wiring.now() - timedelta(seconds=60)
    models.Region.objects.update(synced_at=long_ago)
    make_dark(region)

    run_round(reconcile)
    region.refresh_from_db()
    assert region.synced_at == long_ago

    models.Region.objects.update(synced_at=wiring.now() - timedelta(seconds=121))
    run_round(reconcile)
    region.refresh_from_db()
    assert region.synced_at is not None
    assert wiring.now() - region.synced_at < timedelta(seconds=20)


def test_who_is_parked_slows_nobody_down(
    reconcile: Reconciler, region: models.Region, pair: models.Pair, serve: Serve
) -> None:
    serve(whole_region)
    make_dark(region, state="parked")

    run_round(reconcile)

    pair.refresh_from_db()
    assert pair.readiness_at is not None
