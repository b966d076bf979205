"""RunInstances: what it makes, what it lends, and how it is told."""

import base64
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.ec2sim.conftest import SUBNET, Sim
from tests.ec2sim.launching import GROUP, HERE, ONE, OTHER_SUBNET, refused, run


def test_a_launch_tells_what_it_makes(sim: Sim) -> None:
    sim.ec2.create_key_pair(KeyName="ops", KeyType="ed25519")
    made = run(
        sim,
        **HERE,
        KeyName="ops",
        ClientToken="token-1",
        SecurityGroupIds=[GROUP],
        PrivateIpAddress="20.0.1.77",
        Monitoring={"Enabled": True},
        EbsOptimized=True,
        IamInstanceProfile={"Name": "web"},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    )[0]

    assert made["State"] == {"Code": 0, "Name": "pending"}
    assert made["PrivateIpAddress"] == "20.0.1.77"
    assert made["SecurityGroups"] == [{"GroupId": GROUP, "GroupName": "PrivateServer"}]
    assert (made["KeyName"], made["ClientToken"]) == ("ops", "token-1")
    assert made["Monitoring"]["State"] == "enabled"
    assert made["EbsOptimized"] is True
    assert made["IamInstanceProfile"]["Arn"].endswith(":instance-profile/web")
    assert made["MetadataOptions"]["HttpTokens"] == "required"
    assert made["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    assert made["Placement"]["AvailabilityZone"] == "eu-west-1a"
    primary = made["NetworkInterfaces"][0]
    assert primary["Attachment"]["Status"] == "attaching"
    assert primary["Attachment"]["DeleteOnTermination"] is True


def test_a_launch_without_a_subnet_goes_to_the_default_vpc(sim: Sim) -> None:
    made = run(sim, **ONE)[0]

    assert made["SubnetId"] == OTHER_SUBNET
    assert made["InstanceType"] == "t3.micro"


def test_a_client_token_makes_one_launch_only(sim: Sim) -> None:
    first = sim.ec2.run_instances(**HERE, ClientToken="once")
    sim.advance(2)
    again = sim.ec2.run_instances(**HERE, ClientToken="once")

    assert again["ReservationId"] == first["ReservationId"]
    assert again["Instances"][0]["InstanceId"] == first["Instances"][0]["InstanceId"]
    assert again["Instances"][0]["State"]["Name"] == "running"
    assert refused(sim, **{**HERE, "MaxCount": 2}, ClientToken="once") == (
        "IdempotentParameterMismatch",
        "Arguments on this idempotent request are inconsistent with arguments used in "
        "previous request(s).",
    )
    assert refused(sim, **HERE, ClientToken="x" * 65)[0] == "InvalidParameterValue"
    sim.ec2.terminate_instances(InstanceIds=[first["Instances"][0]["InstanceId"]])
    code = refused(sim, **HERE, ClientToken="once")[0]
    assert code == "IdempotentInstanceTerminated"


def test_many_instances_of_one_launch_are_one_reservation(sim: Sim) -> None:
    made = run(sim, **{**HERE, "MinCount": 2, "MaxCount": 3})

    assert [each["AmiLaunchIndex"] for each in made] == [0, 1, 2]
    assert len({each["PrivateIpAddress"] for each in made}) == 3
    wanted = [{"Name": "instance-id", "Values": [each["InstanceId"] for each in made]}]
    found = sim.ec2.describe_instances(Filters=wanted)["Reservations"]
    assert [len(each["Instances"]) for each in found] == [3]


def test_user_data_has_a_limit_and_is_kept(sim: Sim) -> None:
    assert refused(sim, **HERE, UserData="x" * 16_385) == (
        "InvalidParameterValue",
        "User data is limited to 16384 bytes",
    )
    made = run(sim, **HERE, UserData="#!/bin/sh")[0]["InstanceId"]

    told = sim.ec2.describe_instance_attribute(InstanceId=made, Attribute="userData")

    assert base64.b64decode(told["UserData"]["Value"]) == b"#!/bin/sh"


def test_tags_go_to_what_they_are_for(sim: Sim) -> None:
    given = [
        {"ResourceType": kind, "Tags": [{"Key": "for", "Value": kind}]}
        for kind in ("instance", "network-interface", "volume")
    ]
    made = run(sim, **HERE, TagSpecifications=given)[0]

    assert made["Tags"] == [{"Key": "for", "Value": "instance"}]
    interface = sim.interface(made["NetworkInterfaces"][0]["NetworkInterfaceId"])
    assert interface["TagSet"] == [{"Key": "for", "Value": "network-interface"}]


@pytest.mark.parametrize("wish", [True, False])
def test_a_public_address_is_lent_as_wished(sim: Sim, *, wish: bool) -> None:
    only = [{"DeviceIndex": 0, "AssociatePublicIpAddress": wish}]
    made = run(sim, **{**HERE, "NetworkInterfaces": only})[0]["InstanceId"]
    sim.advance(2)

    found = sim.ec2.describe_instances(InstanceIds=[made])["Reservations"][0]

    assert ("PublicIpAddress" in found["Instances"][0]) is wish


def test_a_subnet_says_whether_an_address_is_lent(sim: Sim) -> None:
    def lent(subnet_id: str) -> bool:
        made = run(sim, **{**HERE, "SubnetId": subnet_id})[0]["InstanceId"]
        sim.advance(2)
        found = sim.ec2.describe_instances(InstanceIds=[made])["Reservations"][0]
        return "PublicIpAddress" in found["Instances"][0]

    assert (lent(SUBNET), lent(OTHER_SUBNET)) == (False, True)
    sim.ec2.modify_subnet_attribute(
        SubnetId=SUBNET, MapPublicIpOnLaunch={"Value": True}
    )
    assert lent(SUBNET) is True


@pytest.mark.parametrize("named", [{"SubnetId": SUBNET}, {}])
def test_a_launch_into_a_zone_that_is_down_is_never_answered(
    sim: Sim, named: dict[str, Any]
) -> None:
    hasty = sim.client(read_timeout_s=0.5)
    sim.control("zones/eu-west-1a", {"outage": True})

    with pytest.raises(ReadTimeoutError):
        hasty.run_instances(**ONE, **named)

    assert len(sim.control("state")["instances"]) == 2


def test_a_launch_is_logged_with_its_interfaces(sim: Sim) -> None:
    made = run(sim, **HERE)[0]
    sim.advance(2)
    interface_id = made["NetworkInterfaces"][0]["NetworkInterfaceId"]

    told = [line["to"] for line in sim.calls(event="transition", resource=interface_id)]
    states = [
        line["to"]
        for line in sim.calls(event="transition", resource=made["InstanceId"])
    ]

    assert told == ["attaching", "attached"]
    assert states == ["pending", "running"]
