"""Instances: their states in time, and what these do to interfaces."""

from typing import Any

import pytest

from tests.ec2sim.conftest import ALLOCATION, FLOATING, PRIMARY, SPARE, STANDBY, SUBNET
from tests.ec2sim.contract.house import NOBODY, PRIMARYS_OWN, House


def state(house: House, instance_id: str) -> str:
    """The state of an instance."""
    return str(house.instance(instance_id)["State"]["Name"])


def test_an_instance_starts_stops_and_ends_in_ec2s_states(house: House) -> None:
    made = house.launch()
    instance_id = made["InstanceId"]
    seen = [made["State"]["Name"], state(house, instance_id)]
    house.advance(5)
    seen.append(state(house, instance_id))
    for verb in ("StopInstances", "StartInstances", "TerminateInstances"):
        house.call(verb, InstanceIds=[instance_id])
        seen.append(state(house, instance_id))
        house.advance(5)
        seen.append(state(house, instance_id))

    assert seen == [
        "pending",
        "pending",
        "running",
        "stopping",
        "stopped",
        "pending",
        "running",
        "shutting-down",
        "terminated",
    ]


def test_the_primary_interface_of_a_launch_ends_with_its_instance(house: House) -> None:
    made = house.launch()
    own = made["NetworkInterfaces"][0]
    house.advance(5)
    assert own["Attachment"]["DeleteOnTermination"] is True
    assert own["Attachment"]["DeviceIndex"] == 0

    house.call("TerminateInstances", InstanceIds=[made["InstanceId"]])
    house.advance(5)

    named = [own["NetworkInterfaceId"]]
    code = house.code("DescribeNetworkInterfaces", NetworkInterfaceIds=named)
    assert code == "InvalidNetworkInterfaceID.NotFound"


def test_an_existing_interface_of_a_launch_outlives_it(house: House) -> None:
    at = {"DeviceIndex": 0, "NetworkInterfaceId": SPARE}
    refused = house.code(
        "RunInstances",
        ImageId=house.call("DescribeImages")["Images"][0]["ImageId"],
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{**at, "DeleteOnTermination": True}],
    )
    made = house.launch(NetworkInterfaces=[at])
    house.advance(5)
    flag = house.interface(SPARE)["Attachment"]["DeleteOnTermination"]
    house.call("TerminateInstances", InstanceIds=[made["InstanceId"]])
    house.advance(5)

    assert refused in ("InvalidParameterValue", "InvalidParameterCombination")
    assert flag is False
    assert house.interface(SPARE)["Status"] == "available"


def test_a_termination_frees_interfaces_only_when_it_is_over(house: House) -> None:
    house.call("TerminateInstances", InstanceIds=[PRIMARY])
    during = house.interface()
    house.advance(10)
    after = house.interface()

    assert during["Attachment"]["InstanceId"] == PRIMARY
    assert after["Status"] == "available"
    assert after["Association"]["AllocationId"] == ALLOCATION
    assert state(house, PRIMARY) == "terminated"


def test_the_flag_makes_a_termination_delete_the_service_interface(
    house: House,
) -> None:
    house.call(
        "ModifyNetworkInterfaceAttribute",
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": house.bond(), "DeleteOnTermination": True},
    )

    house.call("TerminateInstances", InstanceIds=[PRIMARY])
    house.advance(10)

    code = house.code("DescribeNetworkInterfaces", NetworkInterfaceIds=[FLOATING])
    assert code == "InvalidNetworkInterfaceID.NotFound"
    assert "AssociationId" not in house.address()


def test_a_stop_changes_neither_attachment_nor_address(house: House) -> None:
    before = house.interface()
    house.call("StopInstances", InstanceIds=[PRIMARY])
    house.advance(10)

    assert house.interface() == before
    house.detach()
    house.advance(4)
    assert house.interface()["Status"] == "available"


def test_what_has_ended_is_refused(house: House) -> None:
    house.call("TerminateInstances", InstanceIds=[STANDBY])
    house.advance(10)

    codes = [
        house.code(verb, InstanceIds=[STANDBY])
        for verb in ("StartInstances", "StopInstances")
    ]

    assert codes == ["IncorrectInstanceState"] * 2
    again = house.call("TerminateInstances", InstanceIds=[STANDBY])
    assert again["TerminatingInstances"][0]["CurrentState"]["Name"] == "terminated"
    house.advance(3700)
    code = house.code("DescribeInstances", InstanceIds=[STANDBY])
    assert code == "InvalidInstanceID.NotFound"


@pytest.mark.parametrize(
    "verb",
    [
        "StartInstances",
        "StopInstances",
        "RebootInstances",
        "TerminateInstances",
        "DescribeInstances",
        "DescribeInstanceStatus",
    ],
)
def test_one_wrong_identifier_fails_the_whole_call(house: House, verb: str) -> None:
    unknown = house.code(verb, InstanceIds=[STANDBY, f"i-{NOBODY}"])
    malformed = house.code(verb, InstanceIds=[STANDBY, "i-12"])

    assert (unknown, malformed) == (
        "InvalidInstanceID.NotFound",
        "InvalidInstanceID.Malformed",
    )
    assert state(house, STANDBY) == "running"


def test_a_repeated_launch_with_its_token_makes_one_instance(house: House) -> None:
    first = house.launch(ClientToken="once")
    second = house.launch(ClientToken="once")

    assert first["InstanceId"] == second["InstanceId"]


def test_status_tells_of_running_instances_unless_asked_for_all(
    every_house: House,
) -> None:
    house = every_house
    house.call("StopInstances", InstanceIds=[STANDBY])
    house.advance(10)

    running = house.call("DescribeInstanceStatus")["InstanceStatuses"]
    every = house.call("DescribeInstanceStatus", IncludeAllInstances=True)

    assert [each["InstanceId"] for each in running] == [PRIMARY]
    told = running[0]
    for name in ("SystemStatus", "InstanceStatus", "AttachedEbsStatus"):
        assert told[name]["Status"] == "ok"
    statuses = {
        each["InstanceId"]: each["SystemStatus"]["Status"]
        for each in every["InstanceStatuses"]
    }
    assert statuses == {PRIMARY: "ok", STANDBY: "not-applicable"}


def test_an_impaired_instance_says_so(house: House) -> None:
    house.control(f"instances/{PRIMARY}", {"system_status": "impaired"})

    shown = house.call("DescribeInstanceStatus", InstanceIds=[PRIMARY])

    told = shown["InstanceStatuses"][0]
    assert told["SystemStatus"]["Status"] == "impaired"
    assert told["InstanceStatus"]["Status"] == "ok"


def test_limits_of_a_status_call(house: House) -> None:
    many = [f"i-{n:08x}" for n in range(101)]
    describe = "DescribeInstanceStatus"

    assert house.code(describe, InstanceIds=[PRIMARY], MaxResults=5) == (
        "InvalidParameterCombination"
    )
    assert house.code(describe, InstanceIds=many).startswith("Invalid")


def test_the_types_limits_are_ec2s(house: House) -> None:
    asked = ["t2.micro", "t3.micro", "m5.large", "m5.xlarge"]
    found = house.call("DescribeInstanceTypes", InstanceTypes=asked)["InstanceTypes"]

    limits: dict[str, Any] = {
        each["InstanceType"]: each["NetworkInfo"]["MaximumNetworkInterfaces"]
        for each in found
    }
    assert limits == {"t2.micro": 2, "t3.micro": 2, "m5.large": 3, "m5.xlarge": 4}
    assert house.code("DescribeInstanceTypes", InstanceTypes=["t9.huge"]) == (
        "InvalidInstanceType"
    )


def test_an_instance_shows_its_interfaces_in_order(house: House) -> None:
    held = house.instance(PRIMARY)["NetworkInterfaces"]

    assert [each["NetworkInterfaceId"] for each in held] == [PRIMARYS_OWN, FLOATING]
    assert [each["Attachment"]["DeviceIndex"] for each in held] == [0, 1]
    assert {each["SubnetId"] for each in held} == {SUBNET}


def test_a_zone_outage_fails_the_reads_that_touch_it(house: House) -> None:
    far = house.far_subnet()
    other = house.launch(SubnetId=far)["InstanceId"]
    house.advance(5)
    house.control("zones/eu-west-1a", {"outage": True})

    found = house.call("DescribeInstances", InstanceIds=[other])

    assert len(found["Reservations"]) == 1
    for asked in ({}, {"InstanceIds": [PRIMARY]}, {"InstanceIds": [PRIMARY, other]}):
        with pytest.raises(Exception, match="Unavailable"):
            house.call("DescribeInstances", **asked)
