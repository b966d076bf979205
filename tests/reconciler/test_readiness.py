"""The reconciler judges idle pairs, at once where something has changed."""

import threading
from collections.abc import Callable

import pytest

from failover import models, wiring
from failover.reconciler import Reconciler
from failover.services import inventory
from tests.ec2.endpoint import Endpoint, Parameters, Say, Script, refusal
from tests.reconciler.test_rounds import ENI, run_round, whole_region
from tests.services.readiness import readying

Serve = Callable[[Script], Endpoint]
PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"


def rehearsing(asked: Parameters) -> Say:
    """An EC2 that allows every rehearsal, and nothing but rehearsals."""
    if asked["Action"].startswith("Describe"):
        return whole_region(asked)
    if asked.get("DryRun") == "true":
        return refusal("DryRunOperation", status=412)
    return refusal("UnauthorizedOperation", status=403)


@pytest.fixture
def pair(region: models.Region) -> models.Pair:
    return models.Pair.objects.create(
        name="article",
        region=region,
        strategy="eni",
        primary_instance_id=PRIMARY,
        standby_instance_id=STANDBY,
        network_interface_id=ENI,
        created_at=wiring.now(),
    )


def a_round() -> None:
    """A round of a reconciler that has just started: nothing waits for its turn."""
    run_round(Reconciler(name="rita", vantage="", stop=threading.Event()))


def state_of(pair: models.Pair) -> str:
    pair.refresh_from_db()
    checks = {c["code"]: c for c in pair.readiness}
    return str(checks["target_state"]["args"]["state"])


def test_what_a_requested_sync_finds_changed_is_judged_in_the_next_round(
    region: models.Region, pair: models.Pair, serve: Serve
) -> None:
    served = serve(rehearsing)
    inventory.sync(region)
    a_round()
    before = state_of(pair)
    standby = f"<item><instancesSet><item><instanceId>{STANDBY}</instanceId>"
    running = "<instanceState><name>running</name></instanceState>"

    def started(asked: Parameters) -> Say:
        said = rehearsing(asked)
        if asked["Action"] != "DescribeInstances":
            return said
        more = f"{standby}{running}</item></instancesSet></item>"
        body = said.body.replace("<reservationSet>", f"<reservationSet>{more}")
        return Say(body, said.status)

    served.script = started
    readying.let_pass(5)
    models.Region.objects.update(sync_requested_at=wiring.now())
    a_round()
    readying.let_pass(3)
    a_round()

    assert before == "not found"
    assert state_of(pair) == "running"


def test_what_the_role_may_do_is_asked_by_rehearsals_that_change_nothing(
    region: models.Region, pair: models.Pair, serve: Serve
) -> None:
    served = serve(rehearsing)
    inventory.sync(region)
    for _ in range(3):
        a_round()
        readying.let_pass(6)

    mutating = [a for a in served.asked if not a["Action"].startswith("Describe")]
    assert [a["Action"] for a in mutating] == [
        "DetachNetworkInterface",
        "AttachNetworkInterface",
    ]
    assert all(a["DryRun"] == "true" for a in mutating)
    region.refresh_from_db()
    assert all(v["is_allowed"] for v in region.permissions.values())
    pair.refresh_from_db()
    codes = {c["code"] for c in pair.readiness if c["ok"]}
    assert {"permission_detach", "permission_attach"} <= codes


def test_two_reconcilers_ask_and_look_no_more_than_one(
    region: models.Region, pair: models.Pair, serve: Serve
) -> None:
    served = serve(rehearsing)
    models.Region.objects.update(synced_at=wiring.now())

    a_round()
    looks = served.actions().count("DescribeInstances")
    # However long that took: the second comes right after the first has begun.
    models.Region.objects.update(readiness_begun_at=wiring.now())
    a_round()

    assert looks == 1
    assert served.actions().count("DescribeInstances") == 1
