"""Instances are launched, started, stopped and rebooted, and followed to the end."""

from typing import Any

import pytest

from failover import models, wiring
from failover.models import Pair
from failover.services import queries, refusals, swaps
from failover.services.acts import choices, instances, showing
from tests.services.acts import stage
from tests.services.world import FLOATING, OLGA, PRIMARY, STANDBY, Sim

ADA_DATA = "#!/bin/sh\necho 'secret-of-ada' > /etc/motd\n"


def launch(region: models.Region, **more: Any) -> models.Action:
    asked: dict[str, Any] = {
        "name": "server",
        "image_id": choices.list_images(region)[0].id,
        "type": "t3.micro",
        "subnet_id": stage.subnet_of(region).subnet_id,
    }
    return instances.launch(region=region, actor=OLGA, **{**asked, **more})


def test_instances_are_launched_and_followed_until_they_run(
    region: models.Region, sim: Sim
) -> None:
    row = launch(region, count=2, user_data=ADA_DATA)

    assert row.state == "progressing"
    assert len(row.made) == 2
    shown = [queries.get_instance(i) for i in row.made]
    assert {i.name for i in shown} == {"server"}
    assert {i.state for i in shown} <= {"pending", "running"}
    # Their own interfaces are in the mirror too.
    assert all(queries.get_interface(i.interfaces[0]["id"]) for i in shown)
    assert "secret-of-ada" not in str(row.args)
    assert all(
        "secret-of-ada" not in str((e.before, e.after))
        for e in models.AuditEntry.objects.all()
    )

    row = stage.follow_until_over(region, row)

    assert row.state == "done"
    assert queries.get_instance(row.made[0]).state == "running"
    assert [outcome for outcome, _ in stage.told(row)] == ["requested", "done"]


def test_a_lost_launch_is_found_by_its_token(region: models.Region, sim: Sim) -> None:
    before = len(sim.state()["instances"])
    stage.fault(sim, "RunInstances", "drop-after", times=3)
    with pytest.raises(refusals.OutcomeUnknown) as unknown:
        launch(region)
    row = showing.get_action(unknown.value.action)

    row = stage.follow_until_over(region, row)

    assert (row.state, len(row.made)) == ("done", 1)
    assert len(sim.state()["instances"]) == before + 1


def test_what_is_wrong_with_a_launch_is_said_at_its_field(
    region: models.Region, sim: Sim
) -> None:
    wrong: dict[str, Any] = {
        "count": 21,
        "user_data": "x" * 16385,
        "type": "t3.imaginary",
        "key_name": "nobody",
    }
    for field, value in wrong.items():
        with pytest.raises(refusals.Invalid) as refused:
            launch(region, **{field: value})
        assert list(refused.value.errors) == [field]
    for missing in ({"image_id": "ami-00000000"}, {"subnet_id": "subnet-00000000"}):
        with pytest.raises(refusals.NotFound):
            launch(region, **missing)
    assert sim.calls("RunInstances") == []


def test_an_instance_is_stopped_started_and_rebooted(
    region: models.Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = instances.stop(region=region, instance_id=STANDBY, actor=OLGA)
    stopped = stage.follow_until_over(region, stopped)
    assert queries.get_instance(STANDBY).state == "stopped"
    assert stopped.after == {STANDBY: {"state": "stopped"}}
    with pytest.raises(refusals.Ec2Said) as refused:
        instances.reboot(region=region, instance_id=STANDBY, actor=OLGA)
    assert (refused.value.status, refused.value.code) == (409, "wrong_state")
    assert refused.value.ec2_code == "IncorrectInstanceState"

    started = instances.start(region=region, instance_id=STANDBY, actor=OLGA)
    stage.follow_until_over(region, started)
    assert queries.get_instance(STANDBY).state == "running"

    # EC2 shows nothing of a reboot: it is over when all is well a while later.
    rebooted = instances.reboot(region=region, instance_id=STANDBY, actor=OLGA)
    assert rebooted.state == "progressing"
    stage.follow(region)
    rebooted.refresh_from_db()
    assert rebooted.finished_at is None
    models.Action.objects.filter(id=rebooted.id).update(
        answered_at=rebooted.begun_at.replace(year=2020)
    )
    assert stage.follow_until_over(region, rebooted).state == "done"


def test_what_takes_too_long_is_said_with_the_limit(
    region: models.Region, sim: Sim
) -> None:
    sim.control("clock", {"mode": "manual"})
    row = instances.stop(region=region, instance_id=STANDBY, actor=OLGA)
    assert row.state == "progressing"
    stage.grow_older(row, 700)

    stage.follow(region)

    row.refresh_from_db()
    assert (row.state, row.error_code) == ("unknown", "time_limit")
    assert "still not stopped after 10 minutes" in showing.tell(row)
    sim.control("clock", {"mode": "real"})


def test_a_lost_reply_of_a_stop_is_followed_like_an_accepted_one(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "StopInstances", "drop-after")
    with pytest.raises(refusals.OutcomeUnknown) as unknown:
        instances.stop(region=region, instance_id=STANDBY, actor=OLGA)

    row = showing.get_action(unknown.value.action)
    assert stage.follow_until_over(region, row).state == "done"
    assert len(sim.calls("StopInstances")) == 1


def test_an_end_of_an_active_job_is_not_stopped(article: Pair, sim: Sim) -> None:
    job = swaps.request_swap(pair=article, actor=OLGA)

    for instance_id in (PRIMARY, STANDBY):
        with pytest.raises(refusals.JobActive) as refused:
            instances.stop(region=article.region, instance_id=instance_id, actor=OLGA)
        assert refused.value.job_id == job.id
    assert sim.calls("StopInstances") == []


def test_forms_offer_what_can_be_taken_and_say_why_the_rest_cannot(
    region: models.Region, sim: Sim
) -> None:
    row = queries.get_interface(FLOATING)
    stopped = instances.stop(region=region, instance_id=STANDBY, actor=OLGA)
    stage.follow_until_over(region, stopped)
    models.Instance.objects.filter(instance_id=PRIMARY).update(
        availability_zone="eu-west-1z"
    )

    offered = {c.id: c for c in choices.list_attachable(row)}

    assert offered[STANDBY].is_possible
    assert "never leaves its zone" in offered[PRIMARY].reason
    assert [c.id for c in choices.list_attachable(row, q=PRIMARY)] == [PRIMARY]
    assert {s.subnet_id for s in choices.list_subnets(region)} >= {row.subnet_id}
    assert choices.list_groups(region, vpc_id=row.vpc_id).count() > 0
    assert choices.list_free_elastic_ips(region).count() == 0
    places = choices.list_places(region, q=FLOATING)
    assert [p.network_interface_id for p in places][:1] == [FLOATING]
    assert places[0].taken_by
    types = {t.name: t for t in choices.list_types(region)}
    assert types["t3.micro"].interface_limit == 2
    asked = len(sim.calls("DescribeInstanceTypes"))
    choices.list_types(region)
    assert len(sim.calls("DescribeInstanceTypes")) == asked
    assert wiring.monotonic() > 0
