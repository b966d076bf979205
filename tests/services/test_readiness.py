"""Readiness: a preflight that never stops, of every pair that rests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from failover import models, wiring
from failover.engine.budget import Read
from failover.engine.job import Action
from failover.engine.topology import Instance, InstanceId, Observation, Scope
from failover.models import Job, Pair
from failover.services import (
    burnt,
    due,
    inventory,
    pairs,
    queries,
    readiness,
    refusals,
    regions,
    swaps,
)
from tests.services import moving, readying, world
from tests.services.moving import FIRST, SECOND, Console
from tests.services.world import FLOATING, OLGA, PRIMARY, REGION, SHELL, STANDBY, Sim

SPARE = "eni-b408c485"
HEALTH = "/api/v1/pairs/article/health"
Faults = Callable[..., None]


@pytest.fixture
def region(database: str, sim: Sim) -> Iterator[models.Region]:
    """The region under management and read once, on either database."""
    wiring.end()
    row = regions.add(region=REGION, actor=SHELL)
    inventory.sync(row)
    row.refresh_from_db()
    yield row
    wiring.end()


@pytest.fixture
def console(sim: Sim) -> Iterator[Console]:
    opened = moving.open_console(sim)
    yield opened
    opened.ec2.close()


@pytest.fixture
def fault(sim: Sim) -> Iterator[Faults]:
    """Plan a fault of ec2sim; they end with the test."""

    def plan(action: str, kind: str, **more: Any) -> None:
        sim.control("faults", {"action": action, "kind": kind, **more})

    yield plan
    sim.end_faults()


def reads(sim: Sim) -> list[str]:
    return [c["action"] for c in sim.calls() if c["action"].startswith("Describe")]


# When a pair is judged, and on what.


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

    readiness.check(asked)
    article.refresh_from_db()
    first = article.readiness_at
    readiness.check(asked)

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


# What is checked.


def test_a_standby_that_fails_its_status_checks_is_a_warning(
    article: Pair, region: models.Region, sim: Sim
) -> None:
    sim.control(f"instances/{STANDBY}", {"system_status": "impaired"})
    inventory.sync(region)

    readying.judge()

    assert readying.failed() == {"target_status": "warning"}
    assert readying.seen().ready


def test_a_standby_whose_place_is_taken_is_not_ready(
    article: Pair, region: models.Region, console: Console
) -> None:
    console.ec2.attach_network_interface(
        NetworkInterfaceId=SPARE, InstanceId=STANDBY, DeviceIndex=1
    )
    inventory.sync(region)

    readying.judge()

    assert readying.failed() == {"free_index": "error", "free_slot": "error"}


def test_places_that_other_pairs_may_need_are_counted(
    article: Pair, region: models.Region
) -> None:
    Pair.objects.create(
        name="neighbour",
        region=region,
        strategy="eni",
        primary_instance_id="i-0aaaaaaaaaaaaaaaa",
        standby_instance_id=STANDBY,
        network_interface_id=SPARE,
        device_index=2,
        created_at=wiring.now(),
    )

    readying.judge()

    assert readying.failed()["free_slot"] == "warning"
    assert "2 of at most 2" in readying.said("free_slot")


def test_a_termination_that_would_delete_the_interface_is_warned_of(
    article: Pair, region: models.Region, console: Console, sim: Sim
) -> None:
    attachment = sim.state()["interfaces"][FLOATING]["attachment_id"]
    console.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": attachment, "DeleteOnTermination": True},
    )
    inventory.sync(region)

    readying.judge()

    assert readying.failed() == {"delete_on_termination": "warning"}
    assert PRIMARY in readying.said("delete_on_termination")


def test_a_standby_that_was_terminated_is_not_ready_even_when_ec2_forgets_it(
    article: Pair, region: models.Region, console: Console
) -> None:
    console.ec2.terminate_instances(InstanceIds=[STANDBY])
    inventory.sync(region)
    readying.judge()
    assert readying.failed()["target_state"] == "error"

    models.Instance.objects.filter(instance_id=STANDBY).update(
        vanished_at=wiring.now(), changed_at=wiring.now()
    )
    readying.judge_later(3)

    assert "not found" in readying.said("target_state")
    assert "inventory_age" not in readying.failed()


def force_a_swap(pair: Pair, sim: Sim) -> Job:
    """From a hung guest, whose device index that spoils."""
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    job = swaps.request_swap(pair=pair, actor=OLGA, force=True)
    Job.objects.filter(id=job.id).update(force_after_s=0.2)
    job = world.finish(job)
    assert (job.state, job.is_index_burnt) == ("succeeded", True)
    return job


def test_an_index_that_force_has_spoilt_is_not_ready_until_a_stop_and_start(
    article: Pair, region: models.Region, console: Console, sim: Sim
) -> None:
    force_a_swap(article, sim)

    readying.judge()

    assert readying.failed() == {"needs_start_stop": "error"}
    assert PRIMARY in readying.said("needs_start_stop")
    with pytest.raises(refusals.PreflightFailed):
        swaps.request_swap(pair=queries.get_pair("article"), actor=OLGA, force=True)

    # Stamps of EC2 have whole seconds.
    readying.let_pass(3)
    sim.control(f"instances/{PRIMARY}", {"guest": "ok"})
    console.ec2.stop_instances(InstanceIds=[PRIMARY], Force=True)
    console.ec2.get_waiter("instance_stopped").wait(
        InstanceIds=[PRIMARY], WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    console.ec2.start_instances(InstanceIds=[PRIMARY])
    console.ec2.get_waiter("instance_running").wait(
        InstanceIds=[PRIMARY], WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    inventory.sync(region)
    readying.judge()
    assert "needs_start_stop" not in readying.failed()
    article.refresh_from_db()
    assert article.needs_start_stop == []


def test_an_index_is_spoilt_though_its_instance_was_launched_in_that_second(
    article: Pair, region: models.Region, console: Console, sim: Sim
) -> None:
    job = force_a_swap(article, sim)
    forced = job.intents.get(args__Force=True)
    forced.ended_at = wiring.now().replace(microsecond=900_000)
    forced.save()
    launched = forced.ended_at.replace(microsecond=100_000)
    instance = Instance(
        id=InstanceId(PRIMARY), state="running", launch_time=launched.isoformat()
    )
    seen = Observation(
        scope=Scope(),
        began_at=0.0,
        ended_at=0.0,
        instances={instance.id: instance},
    )

    burns = burnt.find([article], seen)

    assert [b.instance_id for b in burns[article.pk]] == [PRIMARY]


def test_a_route_needs_its_ends_to_forward(
    region: models.Region, console: Console
) -> None:
    tables = console.make_tables(1)
    console.lead(tables, FIRST)
    console.stop_checking(FIRST, SECOND)
    moving.make_pair(
        region,
        "routes",
        strategy="route",
        route_table_ids=tuple(tables),
        destination_cidr=moving.DESTINATION,
    )
    readying.judge()
    assert readying.seen("routes").ready
    console.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=SECOND, SourceDestCheck={"Value": True}
    )
    inventory.sync(region)

    assert readying.judge_later(3) == {"routes"}

    assert readying.failed("routes") == {"source_dest_check": "error"}


def test_ends_that_let_in_other_traffic_are_warned_of(
    region: models.Region, console: Console
) -> None:
    console.assign(moving.ADDRESS, FIRST)
    moving.make_pair(
        region, "address", strategy="private-ip", private_ip=moving.ADDRESS
    )
    readying.judge()
    assert readying.failed("address") == {}
    console.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=SECOND, Groups=["sg-cf2a82b4"]
    )
    inventory.sync(region)

    readying.judge_later(3)

    assert readying.failed("address") == {"security_groups": "warning"}
    assert "default" in readying.said("security_groups", "address")
    assert "no rehearsal" in readying.said("permission_move", "address")


# Permissions.


def test_each_call_is_rehearsed_once_an_hour_with_a_named_resource(
    article: Pair, sim: Sim
) -> None:
    readying.ask_all()
    readying.judge()

    assert readying.dry_runs(sim) == [
        "DetachNetworkInterface",
        "AttachNetworkInterface",
    ]
    assert readying.failed() == {}
    assert FLOATING in readying.said("permission_detach")
    assert STANDBY in readying.said("permission_attach")
    readying.let_pass(3500)
    readying.ask_all()
    assert len(readying.dry_runs(sim)) == 2
    readying.let_pass(100)
    readying.ask_all()
    assert len(readying.dry_runs(sim)) == 4
    assert sim.state()["interfaces"][FLOATING]["instance_id"] == PRIMARY


def test_questions_come_five_seconds_apart(article: Pair, sim: Sim) -> None:
    readying.ask()
    readying.ask()
    assert len(readying.dry_runs(sim)) == 1

    readying.let_pass(5.1)
    readying.ask()
    assert len(readying.dry_runs(sim)) == 2


def test_no_question_is_asked_from_a_bucket_that_swaps_may_need(
    article: Pair, region: models.Region, sim: Sim
) -> None:
    wiring.store().owe(region_id=region.pk, api=Action.DETACH, tokens=6)

    readying.ask()

    assert readying.dry_runs(sim) == []


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("DetachNetworkInterface", "permission_detach"),
        ("AttachNetworkInterface", "permission_attach"),
    ],
)
def test_a_role_that_may_not_is_not_ready_and_the_call_is_named(
    article: Pair, sim: Sim, fault: Faults, action: str, code: str
) -> None:
    fault(action, "unauthorized")

    readying.ask_all()
    readying.judge()

    assert readying.failed() == {code: "error"}
    assert not readying.seen().ready
    assert f"may not make {action}" in readying.said(code)


@pytest.mark.parametrize("strategy", ["eip", "route"])
def test_a_move_of_one_call_is_rehearsed_too(
    region: models.Region, console: Console, sim: Sim, fault: Faults, strategy: str
) -> None:
    if strategy == "eip":
        allocation = console.allocate()
        console.associate(allocation, FIRST)
        moving.make_pair(region, "moved", strategy="eip", allocation_id=allocation)
    else:
        tables = console.make_tables(1)
        console.lead(tables, FIRST)
        console.stop_checking(FIRST, SECOND)
        moving.make_pair(
            region,
            "moved",
            strategy="route",
            route_table_ids=tuple(tables),
            destination_cidr=moving.DESTINATION,
        )
    fault("AssociateAddress", "unauthorized")
    fault("ReplaceRoute", "unauthorized")

    readying.ask_all()
    readying.judge()

    assert readying.failed("moved")["permission_move"] == "error"
    assert "UnauthorizedOperation" in readying.said("permission_move", "moved")


def test_any_other_answer_keeps_the_last_verdict_with_its_age(
    article: Pair, sim: Sim, fault: Faults
) -> None:
    readying.ask_all()
    readying.judge()
    before = readying.said("permission_attach")
    readying.let_pass(3600)
    fault("AttachNetworkInterface", "throttle", probability=1)
    fault("DetachNetworkInterface", "error-before", probability=1)
    sim.control("config", {"throttle": "off"})

    readying.ask_all()
    readying.judge()

    assert readying.said("permission_attach") == before
    assert readying.seen().ready


def test_a_verdict_that_was_never_given_is_unknown_and_no_error(
    article: Pair, region: models.Region, sim: Sim, fault: Faults
) -> None:
    wiring.store().owe(region_id=region.pk, api=Action.ATTACH, tokens=1000)
    readying.ask_all()

    readying.judge_later(61)

    assert readying.failed()["permission_attach"] == "warning"
    assert "not known" in readying.said("permission_attach")
    assert readying.seen().ready


def test_a_refresh_has_a_mended_role_asked_anew(
    article: Pair, region: models.Region, sim: Sim, fault: Faults
) -> None:
    fault("AttachNetworkInterface", "unauthorized")
    readying.ask_all()
    readying.judge()
    assert not readying.seen().ready
    sim.end_faults()
    readying.ask_all()
    assert len(readying.dry_runs(sim)) == 2

    region.refresh_from_db()
    inventory.request_sync(region, SHELL)
    readying.ask_all()
    readying.judge()

    assert readying.seen().ready


def test_a_call_that_a_swap_was_allowed_needs_no_rehearsal(
    article: Pair, sim: Sim
) -> None:
    world.finish(swaps.request_swap(pair=article, actor=OLGA))
    readying.judge()

    readying.ask_all()

    assert readying.dry_runs(sim) == []
    assert "may make AttachNetworkInterface" in readying.said("permission_attach")


def test_a_denied_swap_has_the_role_asked_at_once(
    article: Pair, sim: Sim, fault: Faults
) -> None:
    readying.ask_all()
    fault("DetachNetworkInterface", "unauthorized")
    world.finish(swaps.request_swap(pair=article, actor=OLGA))
    readying.let_pass(61)
    readying.judge()

    readying.ask_all()
    readying.judge()

    assert readying.failed() == {"permission_detach": "error"}


# Age.


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


# What is told.


def stop_standby(console: Console, region: models.Region) -> None:
    console.ec2.stop_instances(InstanceIds=[STANDBY])
    inventory.sync(region)


def test_a_pair_that_ceases_to_be_ready_is_told_of_once(
    article: Pair, region: models.Region, console: Console
) -> None:
    readying.judge()
    assert readying.told() == []
    stop_standby(console, region)
    readying.judge_later(3)
    assert not readying.seen().ready

    for _ in range(4):
        readying.judge_later(61)

    assert readying.told() == ["not_ready"]
    (entry,) = models.AuditEntry.objects.filter(action="pair.readiness")
    assert entry.actor == "readiness"
    assert entry.after == {"ready": False, "failed": ["target_state"]}
    assert STANDBY in entry.reason
    assert readying.seen().since is not None


def test_a_verdict_that_does_not_last_is_not_told(
    article: Pair, region: models.Region, console: Console
) -> None:
    readying.judge()
    models.Instance.objects.filter(instance_id=STANDBY).update(
        state="stopping", changed_at=wiring.now()
    )
    readying.judge_later(3)
    assert not readying.seen().ready

    models.Instance.objects.filter(instance_id=STANDBY).update(
        state="running", changed_at=wiring.now()
    )
    readying.judge_later(3)
    readying.judge_later(61)

    assert readying.told() == []


def test_freezing_is_no_news_but_shows_at_once(article: Pair) -> None:
    readying.judge()
    pairs.freeze(pair=article, actor=OLGA, reason="patching", until=None)
    assert readying.failed() == {"frozen": "error"}
    assert Client().get(HEALTH).status_code == 503
    for _ in range(3):
        readying.judge_later(61)

    pairs.unfreeze(pair=queries.get_pair("article"), actor=OLGA)

    assert readying.seen().ready
    assert readying.told() == []
