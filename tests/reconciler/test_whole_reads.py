"""Whole reads by the reconciler: many regions side by side, and what they find."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from failover import models, wiring
from failover.reconciler import Reconciler
from failover.services import changes
from tests.ec2.endpoint import Endpoint, Parameters, Say, Script, refusal
from tests.reconciler.test_rounds import ENI, run_round, whole_region

Serve = Callable[[Script], Endpoint]
PATIENCE_S = 30.0


def test_a_region_that_does_not_answer_holds_up_no_other(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    account = models.Account.objects.create(name="other")
    models.Region.objects.create(
        account=account, name="us-east-1", aws_account_id="210987654321"
    )
    answers, firsts = threading.Event(), iter([True])

    def script(asked: Parameters) -> Say:
        if asked["Action"] == "DescribeVpcs" and next(firsts, False):
            answers.wait(PATIENCE_S)
        return whole_region(asked)

    serve(script)
    reconcile.run_once()

    until = time.monotonic() + PATIENCE_S
    while models.Region.objects.filter(synced_at=None).count() > 1:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert models.Region.objects.filter(synced_at=None).count() == 1
    answers.set()
    reconcile.wait_for_chores(PATIENCE_S)
    assert not models.Region.objects.filter(synced_at=None).exists()


def test_a_region_that_failed_is_left_alone_until_its_next_try(
    reconcile: Reconciler, region: models.Region, serve: Serve
) -> None:
    served = serve(lambda _: refusal("UnauthorizedOperation", status=403))

    run_round(reconcile)
    asked = len(served.asked)
    models.Region.objects.update(
        sync_retry_at=wiring.now() + timedelta(seconds=300), sync_claimed_until=0.0
    )
    another = Reconciler(name="rolf", vantage="", stop=threading.Event())
    run_round(another)

    assert asked > 0
    assert len(served.asked) == asked
    models.Region.objects.update(sync_requested_at=wiring.now())
    run_round(another)
    assert len(served.asked) > asked
    region.refresh_from_db()
    assert region.sync_failures == 2


def test_what_a_look_notes_is_judged_in_a_round(
    reconcile: Reconciler, region: models.Region
) -> None:
    now = wiring.now()
    models.Region.objects.update(synced_at=now)
    models.DriftEvent.objects.create(
        region=region,
        seen_at=now,
        resource_type="network-interface",
        resource_id=ENI,
        change="description",
        before="",
        after="new",
    )

    run_round(reconcile)

    assert changes.list_drift_events().get().resource_id == ENI
