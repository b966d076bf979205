"""One round of the reconciler: what it starts, what it leaves, what it survives."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from failover import audit, models, wiring
from failover.reconciler import Reconciler
from tests.ec2.endpoint import Endpoint, Parameters, Say, Script, refusal, reply
from tests.ec2.test_observe import PRIMARY, world

Serve = Callable[[Script], Endpoint]
ENI = "eni-415e9270"


def whole_region(asked: Parameters) -> Say:
    action = asked["Action"]
    if action == "DescribeVpcs":
        return reply(action, "<vpcSet></vpcSet>")
    if action == "DescribeSubnets":
        return reply(action, "<subnetSet></subnetSet>")
    if action == "DescribeRouteTables":
        return reply(action, "<routeTableSet></routeTableSet>")
    if action == "DescribeSecurityGroups":
        return reply(action, "<securityGroupInfo></securityGroupInfo>")
    return world(asked)


def run_round(reconcile: Reconciler) -> None:
    reconcile.run_once()
    reconcile.wait_for_chores(20)


def test_it_shows_that_it_lives_and_forgets_those_that_do_not(
    reconcile: Reconciler,
) -> None:
    long_ago = wiring.now() - timedelta(days=1)
    models.ReconcilerBeat.objects.create(name="old", seen_at=long_ago)

    run_round(reconcile)

    (beat,) = models.ReconcilerBeat.objects.all()
    assert (beat.name, beat.vantage) == ("rita", "here")
    assert wiring.now() - beat.seen_at < timedelta(seconds=10)


def test_a_requested_sync_is_begun_at_once_and_the_request_is_taken(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    serve(whole_region)
    now = wiring.now()
    models.Region.objects.update(synced_at=now, sync_requested_at=now)

    run_round(reconcile)

    region.refresh_from_db()
    assert region.sync_requested_at is None
    assert region.synced_at is not None
    assert region.synced_at > now
    assert region.sync_claimed_until == 0.0
    assert models.NetworkInterface.objects.get().interface_id == ENI


def test_a_region_that_another_reconciler_is_reading_is_left_to_it(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    served = serve(whole_region)
    now, boot = wiring.store().lease_now()
    models.Region.objects.update(sync_claimed_until=now + 60, sync_boot=boot)

    run_round(reconcile)

    assert served.asked == []


def test_a_claim_of_another_boot_holds_nobody_up(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    serve(whole_region)
    now, _ = wiring.store().lease_now()
    models.Region.objects.update(sync_claimed_until=now + 60, sync_boot="before")

    run_round(reconcile)

    region.refresh_from_db()
    assert region.synced_at is not None


def test_an_ec2_that_refuses_everything_is_survived_and_said_on_the_region(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    serve(lambda _: refusal("UnauthorizedOperation", status=403))

    run_round(reconcile)

    region.refresh_from_db()
    assert "UnauthorizedOperation" in region.sync_error
    assert models.ReconcilerBeat.objects.exists()


def test_an_idle_pairs_interface_is_looked_at_between_syncs(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    serve(whole_region)
    now = wiring.now()
    models.Region.objects.update(synced_at=now)
    models.Pair.objects.create(
        name="article",
        region=region,
        strategy="eni",
        primary_instance_id="i-09a505d623e75d4d2",
        standby_instance_id="i-0190e152559b4866c",
        network_interface_id=ENI,
        created_at=now,
        readiness_at=now,
    )

    run_round(reconcile)

    seen = models.NetworkInterface.objects.get()
    assert (seen.interface_id, seen.instance_id) == (ENI, "i-09a505d623e75d4d2")


@pytest.mark.parametrize("frozen", ["", "2026-01-01"])
def test_readiness_of_an_idle_pair_is_checked(
    reconcile: Reconciler, region: models.Region, serve: Serve, frozen: str
) -> None:
    serve(whole_region)
    now = wiring.now()
    models.Region.objects.update(synced_at=now)
    models.Pair.objects.create(
        name="article",
        region=region,
        strategy="eni",
        primary_instance_id="i-09a505d623e75d4d2",
        standby_instance_id="i-0190e152559b4866c",
        network_interface_id=ENI,
        created_at=now,
        frozen_at=now if frozen else None,
    )

    run_round(reconcile)

    pair = models.Pair.objects.get()
    assert pair.readiness_at is not None
    assert "target_state" in {c["code"] for c in pair.readiness}


def test_what_the_audit_says_is_anchored_and_read(
    reconcile: Reconciler, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    with transaction.atomic():
        audit.record(
            at=wiring.now(), actor="a", action="pair.freeze", subject="o", outcome="ok"
        )

    run_round(reconcile)

    assert models.AuditAnchor.objects.exists()
    assert models.AuditCheck.objects.exists()


def test_every_chore_is_in_a_round(reconcile: Reconciler) -> None:
    begun = {name for name in dir(reconcile) if name.startswith("_start_")}
    names = inspect.getsource(Reconciler.run_once)

    assert begun == {name for name in begun if f"self.{name}," in names}


def test_an_action_that_takes_its_time_is_followed_to_its_end(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    serve(whole_region)
    now = wiring.now()
    models.Region.objects.update(synced_at=now)
    row = models.Action.objects.create(
        region=region,
        kind="instance.start",
        resource=f"instance/{PRIMARY}",
        operation="StartInstances",
        args={"InstanceIds": [PRIMARY]},
        touches=[PRIMARY],
        before={PRIMARY: {"state": "stopped"}},
        awaits={"state": "running"},
        actor="olga",
        trigger="api",
        state="progressing",
        begun_at=now,
        answered_at=now,
    )

    run_round(reconcile)

    row.refresh_from_db()
    assert row.state == "done"
    assert row.after == {PRIMARY: {"state": "running"}}
    told = models.AuditEntry.objects.get(action="instance.start")
    assert (told.actor, told.outcome) == ("olga", "done")
    assert models.Instance.objects.get(instance_id=PRIMARY).state == "running"
