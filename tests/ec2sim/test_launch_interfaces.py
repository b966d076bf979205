"""RunInstances with interfaces: those it makes, those it takes, those it refuses."""

from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, MANAGED, SPARE, SUBNET, VPC, Sim
from tests.ec2sim.launching import GROUP, ONE, OTHER_SUBNET, refused, run, spec


def flags(sim: Sim, instance_id: str) -> dict[int, bool]:
    """DeleteOnTermination by device index."""
    found = sim.ec2.describe_instances(InstanceIds=[instance_id])
    held = found["Reservations"][0]["Instances"][0]["NetworkInterfaces"]
    return {
        each["Attachment"]["DeviceIndex"]: each["Attachment"]["DeleteOnTermination"]
        for each in held
    }


def test_a_quota_of_interfaces_leaves_nothing_half_made(sim: Sim) -> None:
    sim.control("seed", {"quotas": {"network_interfaces": 6}})
    two = [spec(0), spec(1)]

    code = refused(sim, **ONE, InstanceType="t3.micro", NetworkInterfaces=two)[0]

    assert code == "NetworkInterfaceLimitExceeded"


def test_flags_of_interfaces_are_the_callers_or_the_defaults(sim: Sim) -> None:
    made = run(
        sim,
        **ONE,
        InstanceType="m5.xlarge",
        NetworkInterfaces=[
            spec(0),
            spec(1, DeleteOnTermination=True, SecondaryPrivateIpAddressCount=2),
            spec(2),
            {"DeviceIndex": 3, "NetworkInterfaceId": SPARE},
        ],
    )[0]["InstanceId"]
    sim.advance(2)
    assert flags(sim, made) == {0: True, 1: True, 2: False, 3: False}
    held = sim.control("state")["instances"][made]["interfaces"]
    assert len(sim.interface(held[1])["PrivateIpAddresses"]) == 3

    sim.ec2.terminate_instances(InstanceIds=[made])
    sim.advance(3)

    left = sim.control("state")["interfaces"]
    assert [name in left for name in held] == [False, False, True, True]
    assert left[SPARE]["status"] == "available"
    assert sim.control("state")["violations"] == []


def test_a_primary_interface_may_be_made_to_stay(sim: Sim) -> None:
    asked = [spec(0, DeleteOnTermination=False, Description="kept")]
    made = run(sim, **ONE, NetworkInterfaces=asked)[0]
    interface_id = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert made["NetworkInterfaces"][0]["Description"] == "kept"
    sim.advance(2)

    sim.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    sim.advance(3)

    assert sim.interface(interface_id)["Status"] == "available"


def test_an_existing_interface_may_be_the_primary_one(sim: Sim) -> None:
    asked = [{"DeviceIndex": 0, "NetworkInterfaceId": SPARE}]

    made = run(sim, **ONE, InstanceType="t3.micro", NetworkInterfaces=asked)[0]

    assert made["SubnetId"] == SUBNET
    assert made["NetworkInterfaces"][0]["NetworkInterfaceId"] == SPARE
    assert flags(sim, made["InstanceId"]) == {0: False}
    bond = sim.interface(SPARE)["Attachment"]["AttachmentId"]
    sim.advance(2)
    answer = sim.refusal(sim.ec2.detach_network_interface, AttachmentId=bond)
    assert answer[0] == "OperationNotPermitted"


@pytest.mark.parametrize(
    ("specs", "code", "said"),
    [
        ([spec(1)], "InvalidParameterCombination", "Primary network interface"),
        (
            [{"SubnetId": SUBNET}],
            "InvalidParameterValue",
            "Each network interface requires a device index.",
        ),
        (
            [spec(0), spec(0)],
            "InvalidParameterValue",
            "Each network interface requires a unique device index.",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "NetworkInterfaceId": FLOATING}],
            "InvalidNetworkInterface.InUse",
            f"Interface: [{FLOATING}] in use.",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "NetworkInterfaceId": MANAGED}],
            "OperationNotPermitted",
            "which a service manages",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "NetworkInterfaceId": "eni-12345678"}],
            "InvalidNetworkInterfaceID.NotFound",
            "The networkInterface ID 'eni-12345678' does not exist",
        ),
        (
            [
                spec(0),
                {
                    "DeviceIndex": 1,
                    "NetworkInterfaceId": SPARE,
                    "DeleteOnTermination": True,
                },
            ],
            "InvalidParameterCombination",
            "A network interface may not specify a network interface ID and delete on "
            "termination as true",
        ),
        (
            [{"DeviceIndex": 0, "NetworkInterfaceId": SPARE, "SubnetId": SUBNET}],
            "InvalidParameterCombination",
            "A network interface may not specify both a network interface ID and a "
            "subnet",
        ),
        (
            [
                {"DeviceIndex": 0, "NetworkInterfaceId": SPARE},
                {"DeviceIndex": 1, "NetworkInterfaceId": SPARE},
            ],
            "InvalidParameterValue",
            f"Network interface ID '{SPARE}' may not be specified on multiple",
        ),
        (
            [spec(0), spec(1, AssociatePublicIpAddress=True)],
            "InvalidParameterCombination",
            "The associatePublicIPAddress parameter cannot be specified when launching "
            "with multiple network interfaces.",
        ),
        (
            [
                {
                    "DeviceIndex": 0,
                    "NetworkInterfaceId": SPARE,
                    "AssociatePublicIpAddress": True,
                }
            ],
            "InvalidParameterCombination",
            "The associatePublicIPAddress parameter cannot be specified for a network "
            "interface with an ID.",
        ),
        (
            [spec(0), spec(1), spec(2)],
            "AttachmentLimitExceeded",
            "Interface count 3 exceeds the limit for t3.micro",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "SubnetId": OTHER_SUBNET}],
            "InvalidParameterValue",
            "Network interface attachments may not cross VPC boundaries.",
        ),
        (
            [spec(0, Ipv6AddressCount=1)],
            "UnsupportedOperation",
            "The parameter Ipv6AddressCount is not simulated.",
        ),
    ],
)
def test_wrong_interfaces_are_refused(
    sim: Sim, specs: list[dict[str, Any]], code: str, said: str
) -> None:
    answer = refused(sim, **ONE, InstanceType="t3.micro", NetworkInterfaces=specs)

    assert answer[0] == code
    assert said in answer[1]


def test_interfaces_of_two_zones_are_not_one_instance(sim: Sim) -> None:
    far = sim.ec2.create_subnet(
        VpcId=VPC, CidrBlock="20.0.2.0/24", AvailabilityZone="eu-west-1b"
    )["Subnet"]["SubnetId"]
    two = [spec(0), {"DeviceIndex": 1, "SubnetId": far}]

    assert refused(sim, **ONE, NetworkInterfaces=two) == (
        "InvalidParameterCombination",
        "You may not attach a network interface to an instance if they are not in the "
        "same availability zone",
    )


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({"SubnetId": SUBNET}, "subnet ID"),
        ({"SecurityGroupIds": [GROUP]}, "security groups"),
        ({"PrivateIpAddress": "20.0.1.9"}, "private IP address"),
    ],
)
def test_interfaces_and_a_network_of_the_instance_exclude_each_other(
    sim: Sim, beside: dict[str, Any], said: str
) -> None:
    assert refused(sim, **ONE, NetworkInterfaces=[spec(0)], **beside) == (
        "InvalidParameterCombination",
        f"Network interfaces and an instance-level {said} may not be specified on the "
        "same request",
    )


def test_an_existing_interface_is_for_one_instance(sim: Sim) -> None:
    asked = [{"DeviceIndex": 0, "NetworkInterfaceId": SPARE}]

    answer = refused(sim, **{**ONE, "MaxCount": 2}, NetworkInterfaces=asked)

    assert answer[0] == "InvalidParameterCombination"
