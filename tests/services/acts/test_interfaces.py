"""A network interface is made, changed, given addresses and deleted."""

from collections.abc import Callable
from typing import Any

import pytest

from failover import models
from failover.models import Pair
from failover.services import interfaces as jobs
from failover.services import inventory, queries, refusals
from failover.services.acts import changing, interfaces, showing, tagging
from failover.services.acts.changing import Change
from tests.services.acts import stage
from tests.services.world import FLOATING, OLGA, PRIMARY, STANDBY, Sim

HOSTILE = {
    "<script>alert(1)</script>": "{{ 7*7 }}{% load x %}",
    "=cmd|'/c calc'!A1": "\u202egnp.exe",
    "emoji \U0001f9ea": "v" * 256,
    "k" * 127: "'; rm -rf ~ #",
}


def make(region: models.Region, **more: object) -> str:
    subnet = stage.subnet_of(region)
    row = interfaces.create(
        region=region,
        subnet_id=subnet.subnet_id,
        actor=OLGA,
        **more,  # type: ignore[arg-type]
    )
    return str(row.made[0])


def change(region: models.Region, id: str, **what: object) -> list[str]:
    rows = changing.change_interface(
        region=region,
        interface_id=id,
        change=Change(**what),  # type: ignore[arg-type]
        actor=OLGA,
    )
    return [row.kind for row in rows]


def test_what_is_wrong_with_a_new_interface_is_said_before_ec2_is_asked(
    region: models.Region, sim: Sim
) -> None:
    wrong: dict[str, list[Any]] = {
        "private_ip": ["10.9.9.9", "10.0.1.1", "no address"],
        "description": ["d" * 256],
        "tags": [{"aws:x": "1"}, {"k" * 129: ""}, {"k": "v" * 257}],
    }
    for field, values in wrong.items():
        for value in values:
            with pytest.raises(refusals.Invalid) as refused:
                make(region, **{field: value})
            assert list(refused.value.errors) == [field], value
    with pytest.raises(refusals.Invalid):
        make(region, tags={f"key-{n}": "" for n in range(51)})
    with pytest.raises(refusals.NotFound):
        make(region, security_group_ids=["sg-00000000"])
    with pytest.raises(refusals.NotFound):
        interfaces.create(region=region, subnet_id="subnet-00000000", actor=OLGA)

    assert sim.calls("CreateNetworkInterface") == []


def test_groups_of_another_vpc_are_refused_by_name(
    region: models.Region, sim: Sim
) -> None:
    sim.send("CreateVpc", CidrBlock="10.77.0.0/16")
    foreign = foreign_group(region)

    with pytest.raises(refusals.Invalid) as refused:
        make(region, security_group_ids=[foreign])

    assert foreign in refused.value.detail


def foreign_group(region: models.Region) -> str:
    inventory.sync(region)
    ours = stage.subnet_of(region).vpc_id
    groups = models.SecurityGroup.objects.filter(region=region).exclude(vpc_id=ours)
    return groups[0].group_id


def test_an_interface_is_changed_one_attribute_a_call_and_only_where_it_differs(
    region: models.Region, sim: Sim
) -> None:
    eni = make(region, description="old", tags={"Name": "a", "drop": "me"})

    done = change(
        region,
        eni,
        description="new",
        source_dest_check=False,
        tags={"Name": "b", "more": ""},
    )

    assert done == [
        "network-interface.describe",
        "network-interface.source-dest-check",
        "tags.remove",
        "tags.set",
    ]
    row = queries.get_interface(eni)
    assert (row.description, row.source_dest_check) == ("new", False)
    assert row.tags == {"Name": "b", "more": ""}
    told = models.AuditEntry.objects.get(
        action="network-interface.describe", outcome="done"
    )
    assert told.before == {eni: {"description": "old"}}
    assert told.after is not None
    assert told.after[eni] == {"description": "new"}
    kept = models.Action.objects.get(kind="network-interface.describe")
    shown = showing.view_action(kept)
    assert (shown.before, shown.after) == (told.before, {eni: told.after[eni]})
    assert change(region, eni, description="new", tags={"Name": "b", "more": ""}) == []


def test_hostile_tags_come_back_as_they_were_given(region: models.Region) -> None:
    eni = make(region, tags=HOSTILE)

    assert queries.get_interface(eni).tags == HOSTILE
    tagging.replace(region=region, resource_id=eni, tags={}, actor=OLGA)
    assert queries.get_interface(eni).tags == {}


def test_a_change_that_stops_half_way_says_what_was_done(
    region: models.Region, sim: Sim
) -> None:
    eni = make(region, description="old")
    stage.fault(
        sim, "ModifyNetworkInterfaceAttribute", "refuse:UnauthorizedOperation", nth=2
    )

    with pytest.raises(refusals.ChangedInPart) as refused:
        change(region, eni, description="new", source_dest_check=False)

    problem = refused.value.as_problem()
    assert (problem["status"], problem["code"]) == (422, "ec2_refused")
    assert problem["ec2_code"] == "UnauthorizedOperation"
    assert problem["applied"] == ["Description changed"]
    assert queries.get_interface(eni).description == "new"


def test_addresses_are_assigned_and_unassigned(region: models.Region) -> None:
    eni = make(region)
    network = stage.subnet_of(region).cidr_block.rsplit(".", 1)[0]

    interfaces.assign_ips(
        region=region, interface_id=eni, actor=OLGA, addresses=[f"{network}.77"]
    )
    interfaces.assign_ips(region=region, interface_id=eni, actor=OLGA, count=2)
    shown = [a["address"] for a in queries.get_interface(eni).private_ips]
    assert len(shown) == 4
    assert f"{network}.77" in shown
    interfaces.unassign_ips(
        region=region, interface_id=eni, actor=OLGA, addresses=shown[1:]
    )

    assert len(queries.get_interface(eni).private_ips) == 1
    refused: list[Callable[[], object]] = [
        lambda: interfaces.unassign_ips(
            region=region, interface_id=eni, actor=OLGA, addresses=[shown[0]]
        ),
        lambda: interfaces.unassign_ips(
            region=region, interface_id=eni, actor=OLGA, addresses=["10.0.9.9"]
        ),
        lambda: interfaces.assign_ips(region=region, interface_id=eni, actor=OLGA),
        lambda: interfaces.assign_ips(
            region=region, interface_id=eni, actor=OLGA, addresses=[shown[0]]
        ),
    ]
    for ask in refused:
        with pytest.raises(refusals.Invalid):
            ask()


def test_a_free_interface_is_deleted_and_gone_at_once(
    region: models.Region, sim: Sim
) -> None:
    eni = make(region)

    row = interfaces.delete(region=region, interface_id=eni, actor=OLGA)

    assert row.state == "done"
    assert eni not in sim.state()["interfaces"]
    with pytest.raises(refusals.NotFound):
        queries.get_interface(eni)
    with pytest.raises(refusals.NotFound):
        interfaces.delete(region=region, interface_id=eni, actor=OLGA)


def test_a_lost_reply_of_a_delete_is_found_out_by_looking(
    region: models.Region, sim: Sim
) -> None:
    eni = make(region)
    stage.fault(sim, "DeleteNetworkInterface", "drop-after")
    with pytest.raises(refusals.OutcomeUnknown):
        interfaces.delete(region=region, interface_id=eni, actor=OLGA)

    stage.follow(region)

    [row] = models.Action.objects.filter(kind="network-interface.delete")
    assert row.state == "done"
    assert len(sim.calls("DeleteNetworkInterface")) == 1
    with pytest.raises(refusals.NotFound):
        queries.get_interface(eni)


def test_what_belongs_to_a_pair_is_protected(article: Pair, sim: Sim) -> None:
    region = article.region
    with pytest.raises(refusals.MovedByPair) as refused:
        interfaces.delete(region=region, interface_id=FLOATING, actor=OLGA)
    assert (refused.value.status, refused.value.code) == (409, "belongs_to_pair")
    assert "article" in refused.value.detail
    with pytest.raises(refusals.MovedByPair):
        change(region, FLOATING, delete_on_termination=True)
    assert sim.mutating_calls() == []

    # What does not take it away may be done, and lowering the trap's flag.
    assert change(region, FLOATING, description="floating") == [
        "network-interface.describe"
    ]
    attachment = sim.state()["interfaces"][FLOATING]["attachment_id"]
    sim.send(
        "ModifyNetworkInterfaceAttribute",
        **{
            "NetworkInterfaceId": FLOATING,
            "Attachment.AttachmentId": attachment,
            "Attachment.DeleteOnTermination": "true",
        },
    )
    assert change(region, FLOATING, delete_on_termination=False) == [
        "network-interface.delete-on-termination"
    ]


def test_an_interface_in_use_or_of_a_job_is_left_alone(
    region: models.Region, sim: Sim
) -> None:
    with pytest.raises(refusals.InUse) as refused:
        interfaces.delete(region=region, interface_id=FLOATING, actor=OLGA)
    assert PRIMARY in refused.value.detail

    eni = make(region)
    job = jobs.request_attach(
        interface_id=eni, region=region, instance_id=STANDBY, actor=OLGA
    )
    with pytest.raises(refusals.JobActive) as busy:
        interfaces.delete(region=region, interface_id=eni, actor=OLGA)
    assert busy.value.job_id == job.id
    with pytest.raises(refusals.JobActive):
        change(region, eni, description="x")
    assert sim.calls("DeleteNetworkInterface") == []
