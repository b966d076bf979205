"""Eventual consistency: old reads, and new resources that nobody knows yet."""

from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, SPARE, STANDBY, SUBNET, Sim


def bond_states(sim: Sim) -> list[str]:
    """What one read says of the floating interface and the spare one."""
    wanted = [{"Name": "network-interface-id", "Values": [FLOATING, SPARE]}]
    found = sim.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    return [
        each.get("Attachment", {"Status": "available"})["Status"]
        for each in sorted(found, key=lambda row: str(row["NetworkInterfaceId"]))
    ]


def test_a_read_may_be_stale_but_not_older_than_said(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10})
    sim.detach()
    seen = {sim.interface()["Attachment"]["Status"] for _ in range(20)}
    assert seen == {"attached"}

    sim.advance(2)
    seen = {sim.interface()["Attachment"]["Status"] for _ in range(60)}
    assert seen == {"attached", "detaching"}

    sim.advance(20)
    assert sim.interface()["Status"] == "available"


def test_attached_is_still_shown_after_a_detach(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10})
    sim.detach()
    sim.advance(3.5)

    seen = {str(sim.interface().get("Attachment", {}).get("Status")) for _ in range(90)}

    assert seen == {"attached", "detaching", "None"}
    assert sim.control("state")["interfaces"][FLOATING]["status"] == "available"


def test_each_resource_of_one_read_has_an_age_of_its_own(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10, "attach_s": 60, "detach_s": 60})
    sim.attach(interface_id=SPARE, index=2)
    sim.detach()
    sim.advance(5)

    seen = {tuple(bond_states(sim)) for _ in range(120)}

    assert seen == {
        (floating, spare)
        for floating in ("attached", "detaching")
        for spare in ("available", "attaching")
    }


def test_the_same_seed_shows_the_same_old_things(sim: Sim) -> None:
    told = []
    for _ in range(2):
        sim.control("reset", {})
        sim.control("seed", {"article": True})
        sim.control("clock", {"mode": "manual"})
        sim.control("config", {"stale_s": 10, "detach_s": 60})
        sim.detach()
        sim.advance(5)
        told.append([bond_states(sim)[0] for _ in range(30)])
    sim.control("config", {"stale_s": 0})

    assert told[0] == told[1]
    assert len(set(told[0])) == 2


def test_without_staleness_a_read_tells_what_is(sim: Sim) -> None:
    sim.detach()

    assert {sim.interface()["Attachment"]["Status"] for _ in range(20)} == {"detaching"}


def test_a_new_interface_is_unknown_for_a_while_to_every_call(sim: Sim) -> None:
    sim.control("config", {"visible_s": 10})
    made = sim.ec2.create_network_interface(SubnetId=SUBNET)["NetworkInterface"]
    made_id = str(made["NetworkInterfaceId"])
    by_filter = [{"Name": "network-interface-id", "Values": [made_id]}]
    calls: list[tuple[Any, dict[str, Any]]] = [
        (sim.ec2.describe_network_interfaces, {"NetworkInterfaceIds": [made_id]}),
        (
            sim.ec2.attach_network_interface,
            {
                "NetworkInterfaceId": made_id,
                "InstanceId": STANDBY,
                "DeviceIndex": 1,
            },
        ),
        (
            sim.ec2.create_tags,
            {"Resources": [made_id], "Tags": [{"Key": "a", "Value": "b"}]},
        ),
        (sim.ec2.delete_network_interface, {"NetworkInterfaceId": made_id}),
    ]

    for action, params in calls:
        code, _ = sim.refusal(action, **params)
        assert code == "InvalidNetworkInterfaceID.NotFound"
    listed = sim.ec2.describe_network_interfaces(Filters=by_filter)
    assert listed["NetworkInterfaces"] == []
    assert made_id in sim.control("state")["interfaces"]

    sim.advance(10)
    assert sim.attach(interface_id=made_id)


def test_what_has_been_seen_is_never_lost_from_sight(sim: Sim) -> None:
    sim.control("config", {"visible_s": 10})
    made = sim.ec2.create_network_interface(SubnetId=SUBNET)["NetworkInterface"]
    by_filter = [
        {"Name": "network-interface-id", "Values": [made["NetworkInterfaceId"]]}
    ]

    sights = []
    for _ in range(21):
        listed = sim.ec2.describe_network_interfaces(Filters=by_filter)
        sights.append(len(listed["NetworkInterfaces"]))
        sim.advance(0.5)

    assert sights == sorted(sights)
    assert (sights[0], sights[-1]) == (0, 1)


def test_new_instances_and_addresses_are_unknown_for_a_while_too(sim: Sim) -> None:
    image = sim.ec2.describe_images()["Images"][0]["ImageId"]
    sim.control("config", {"visible_s": 10})
    run = sim.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=SUBNET)
    instance_id = run["Instances"][0]["InstanceId"]
    allocation_id = sim.ec2.allocate_address()["AllocationId"]

    assert [
        sim.refusal(sim.ec2.describe_instances, InstanceIds=[instance_id])[0],
        sim.refusal(sim.ec2.stop_instances, InstanceIds=[instance_id])[0],
        sim.refusal(
            sim.ec2.associate_address,
            AllocationId=allocation_id,
            NetworkInterfaceId=SPARE,
        )[0],
        sim.refusal(sim.ec2.describe_addresses, AllocationIds=[allocation_id])[0],
    ] == [
        "InvalidInstanceID.NotFound",
        "InvalidInstanceID.NotFound",
        "InvalidAllocationID.NotFound",
        "InvalidAllocationID.NotFound",
    ]
    sim.advance(10)
    assert sim.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]


def test_what_a_seed_builds_is_known_at_once(sim: Sim) -> None:
    sim.control("config", {"visible_s": 60, "stale_s": 60})
    sim.control("seed", {"pairs": 1, "region": "eu-west-2"})

    there = sim.client(region_name="eu-west-2")

    assert len(there.describe_network_interfaces()["NetworkInterfaces"]) == 3


@pytest.mark.parametrize("name", ["stale_s", "visible_s"])
def test_a_wrong_window_is_refused(sim: Sim, name: str) -> None:
    assert name in sim.refused_control("config", {name: -1})
    assert name in sim.refused_control("config", {name: "long"})
