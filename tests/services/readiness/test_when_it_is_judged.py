"""When a pair that rests is judged, on what facts, and how old these may be."""

from django.test import Client

from failover import models, wiring
from failover.engine.budget import Read
from failover.models import Job, Pair
from failover.services import inventory, swaps
from failover.services.readiness import checking, due
from tests.services import moving, world
from tests.services.moving import Console
from tests.services.readiness import readying
from tests.services.readiness.readying import HEALTH, Faults
from tests.services.world import OLGA, STANDBY, Sim


def reads(sim: Sim) -> list[str]:
    return [c["action"] for c in sim.calls() if c["action"].startswith("Describe")]


def test_a_new_pair_is_judged_at_once_and_from_the_inventory_alone(
    article: Pair, sim: Sim
) -> None:
    before = len(reads(sim))

    assert readying.judge() == {"article"}

    assert len(reads(sim)) == before
    shown = readying.seen()
    assert shown.ready
    assert {
        "same_zone",
        "same_vpc",
        "interface_secondary",
        "interface_managed",
        "target_state",
        "target_status",
        "free_index",
        "free_slot",
        "delete_on_termination",
        "inventory_age",
        "frozen",
        "job_active",
    } <= {c.code for c in shown.checks}
    article.refresh_from_db()
    assert article.readiness_at is not None
    assert article.readiness_rests_on is not None
    assert article.readiness_rests_on < article.readiness_at


def test_a_pair_at_rest_is_judged_once_a_minute(article: Pair) -> None:
    readying.judge()
    readying.judge_later(3)

    assert readying.judge_later(50) == set()
    assert readying.judge_later(11) == {"article"}


def test_facts_that_nobody_has_seen_lately_are_looked_at(
    article: Pair, sim: Sim
) -> None:
    readying.judge()
    before = len(reads(sim))

    readying.judge_later(61)

    assert sorted(reads(sim)[before:]) == [
        "DescribeInstanceStatus",
        "DescribeInstances",
        "DescribeNetworkInterfaces",
    ]
    article.refresh_from_db()
    assert article.readiness_rests_on is not None
    assert (wiring.now() - article.readiness_rests_on).total_seconds() < 30


def test_what_a_sync_finds_changed_is_judged_at_once(
    article: Pair, region: models.Region, console: Console
) -> None:
    readying.judge()
    readying.let_pass(20)
    assert readying.judge() == set()
    console.ec2.stop_instances(InstanceIds=[STANDBY])
    inventory.sync(region)

    assert readying.judge() == {"article"}

    assert readying.failed()["target_state"] == "error"
    assert not readying.seen().ready
    assert "Start it" in readying.said("target_state")


def test_a_change_of_another_instance_judges_nobody(
    article: Pair, region: models.Region, console: Console
) -> None:
    launched = console.ec2.run_instances(
        ImageId="ami-0c55b159cbfafe1f0",
        InstanceType="t2.micro",
        SubnetId=moving.SUBNET,
        MinCount=1,
        MaxCount=1,
    )
    readying.judge()
    readying.let_pass(20)
    inventory.sync(region)

    assert launched["Instances"]
    assert readying.judge() == set()


def test_a_pair_is_judged_as_soon_as_its_job_has_ended_and_not_before(
    article: Pair,
) -> None:
    readying.judge()
    readying.let_pass(20)
    job = swaps.request_swap(pair=article, actor=OLGA)

    assert readying.judge() == set()
    assert readying.failed() == {"job_active": "error"}
    world.finish(job)
    assert readying.judge() == {"article"}
    assert readying.seen().ready


def test_several_reconcilers_judge_a_pair_once(article: Pair) -> None:
    found = due.list_due()
    (asked,) = found.values()

    checking.check(asked)
    article.refresh_from_db()
    first = article.readiness_at
    checking.check(asked)

    article.refresh_from_db()
    assert article.readiness_at == first


def test_a_failover_has_the_quota_to_itself(
    article: Pair, region: models.Region, sim: Sim
) -> None:
    now = wiring.now()
    Job.objects.create(
        region=region,
        kind="swap",
        state="running",
        network_interface_id="eni-of-another",
        trigger="api",
        requested_by="anna",
        requested_at=now,
        first_intent_at=now,
        outage_started_at=now,
    )
    readying.judge()
    before = len(reads(sim))

    assert readying.judge_later(61) == {"article"}

    assert len(reads(sim)) == before
    assert readying.seen().ready


def test_a_bucket_of_reads_that_a_driver_needs_is_left_alone(
    article: Pair, region: models.Region, sim: Sim
) -> None:
    readying.judge()
    readying.let_pass(61)
    before = len(reads(sim))
    wiring.store().owe(region_id=region.pk, api=Read.INTERFACES, tokens=1000)

    readying.judge()

    assert len(reads(sim)) == before


def test_facts_grow_doubtful_and_then_worthless_while_ec2_is_silent(
    article: Pair, sim: Sim, fault: Faults
) -> None:
    readying.ask_all()
    readying.judge()
    fault("DescribeNetworkInterfaces", "error-before", probability=1)
    for _ in range(2):
        readying.judge_later(95)

    assert readying.failed() == {"inventory_age": "warning"}
    assert readying.seen().ready
    for _ in range(2):
        readying.judge_later(70)

    assert readying.failed() == {"inventory_age": "error"}
    assert "Does EC2 answer" in readying.said("inventory_age")
    assert not readying.seen().ready
    readying.judge_later(6)
    assert readying.told() == ["not_ready"]


def test_a_readiness_that_nobody_has_judged_lately_is_not_ready(article: Pair) -> None:
    readying.judge()
    client = Client()
    assert client.get(HEALTH).status_code == 200

    readying.let_pass(301)

    assert not readying.seen().ready
    assert "Is the reconciler running?" in readying.said("inventory_age")
    assert client.get(HEALTH).status_code == 503
