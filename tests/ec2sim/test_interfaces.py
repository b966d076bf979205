"""Interfaces: create, delete, describe and their attributes, in EC2's words."""

from dataclasses import replace
from typing import Any

import pytest

from ec2sim.rules import interfaces, lookup
from tests.ec2sim.conftest import FLOATING, SPARE, SUBNET, Sim

OTHER_VPC_SUBNET = "subnet-f10131b8"
GROUP = "sg-e2d57e99"
DEFAULT_GROUP = "sg-cf2a82b4"


def create(sim: Sim, **params: Any) -> dict[str, Any]:
    """A new interface as the reply of its creation shows it."""
    made = sim.ec2.create_network_interface(**{"SubnetId": SUBNET, **params})
    return dict(made["NetworkInterface"])


def refused(sim: Sim, **params: Any) -> tuple[str, str]:
    """How EC2 refuses to create an interface."""
    return sim.refusal(
        sim.ec2.create_network_interface, **{"SubnetId": SUBNET, **params}
    )


def test_a_new_interface_is_pending_then_available_with_the_default_group(
    sim: Sim,
) -> None:
    made = create(
        sim,
        Description="service",
        TagSpecifications=[
            {
                "ResourceType": "network-interface",
                "Tags": [{"Key": "Name", "Value": "service"}],
            }
        ],
    )

    assert made["Status"] == "pending"
    shown = sim.interface(made["NetworkInterfaceId"])
    assert shown["Status"] == "available"
    assert shown["Groups"] == [{"GroupId": DEFAULT_GROUP, "GroupName": "default"}]
    assert shown["TagSet"] == [{"Key": "Name", "Value": "service"}]
    assert shown["InterfaceType"] == "interface"
    assert shown["SourceDestCheck"] is True
    assert "Attachment" not in shown


def test_a_repeated_create_with_its_token_makes_one_interface(sim: Sim) -> None:
    asked = {"SubnetId": SUBNET, "ClientToken": "once"}
    first = sim.ec2.create_network_interface(**asked)
    second = sim.ec2.create_network_interface(**asked)

    assert (
        first["NetworkInterface"]["NetworkInterfaceId"]
        == second["NetworkInterface"]["NetworkInterfaceId"]
    )
    assert first["ClientToken"] == "once"
    assert refused(sim, ClientToken="once", Description="other") == (
        "IdempotentParameterMismatch",
        "The client token was used with other parameters.",
    )


def test_addresses_are_unique_and_in_the_subnet(sim: Sim) -> None:
    made = [create(sim) for _ in range(20)]

    assert len({each["PrivateIpAddress"] for each in made}) == 20
    assert len({each["MacAddress"] for each in made}) == 20
    assert refused(sim, PrivateIpAddress="20.0.1.25") == (
        "InvalidIPAddress.InUse",
        "The specified address is already in use.",
    )
    assert refused(sim, PrivateIpAddress="10.9.9.9") == (
        "InvalidParameterValue",
        "Address 10.9.9.9 does not fall within the subnet's address range",
    )
    assert refused(sim, PrivateIpAddress="20.0.1.five") == (
        "InvalidParameterValue",
        "invalid value for parameter address: 20.0.1.five",
    )


def test_a_hardware_address_that_is_drawn_twice_is_given_once(sim: Sim) -> None:
    region = sim.running.world.region("123456789012", "eu-west-1")
    region.around.chance.seed(7)
    drawn = interfaces.mac_address(region)
    spare = lookup.interface(region, SPARE)
    region.interfaces.put(replace(spare, mac_address=drawn), at=region.now)
    region.around.chance.seed(7)

    again = interfaces.mac_address(region)

    assert again != drawn


@pytest.mark.parametrize("last", [0, 1, 2, 3, 255])
def test_five_addresses_of_a_subnet_are_kept_by_ec2(sim: Sim, last: int) -> None:
    assert refused(sim, PrivateIpAddress=f"20.0.1.{last}") == (
        "InvalidParameterValue",
        f"Address 20.0.1.{last} is in subnet's reserved address range",
    )


def test_secondary_addresses_come_by_name_or_by_number(sim: Sim) -> None:
    named = create(
        sim,
        PrivateIpAddresses=[
            {"PrivateIpAddress": "20.0.1.71"},
            {"PrivateIpAddress": "20.0.1.70", "Primary": True},
        ],
    )
    counted = create(sim, SecondaryPrivateIpAddressCount=3)

    assert named["PrivateIpAddress"] == "20.0.1.70"
    shown = [
        (each["PrivateIpAddress"], each["Primary"])
        for each in named["PrivateIpAddresses"]
    ]
    assert shown == [("20.0.1.70", True), ("20.0.1.71", False)]
    assert [each["Primary"] for each in counted["PrivateIpAddresses"]] == [
        True,
        False,
        False,
        False,
    ]


def test_what_addresses_may_not_be_asked_together(sim: Sim) -> None:
    primary = {"PrivateIpAddress": "20.0.1.70", "Primary": True}
    second = {"PrivateIpAddress": "20.0.1.71", "Primary": True}
    plain = {"PrivateIpAddress": "20.0.1.72"}
    codes = [
        refused(sim, **asked)[0]
        for asked in (
            {"PrivateIpAddresses": [primary, second]},
            {"PrivateIpAddress": "20.0.1.73", "PrivateIpAddresses": [primary]},
            {
                "PrivateIpAddresses": [primary, plain],
                "SecondaryPrivateIpAddressCount": 1,
            },
            {"SecondaryPrivateIpAddressCount": 0},
            {"PrivateIpAddresses": [{"Primary": True}]},
            {"PrivateIpAddresses": [plain, plain]},
        )
    ]

    assert codes == [
        "InvalidParameterCombination",
        "InvalidParameterCombination",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "MissingParameter",
        "InvalidIPAddress.InUse",
    ]
    assert create(sim, PrivateIpAddress="20.0.1.72")["Status"] == "pending"


def test_a_full_subnet_refuses(sim: Sim) -> None:
    small = sim.ec2.create_subnet(VpcId="vpc-dbf9cdbc", CidrBlock="20.0.9.0/28")
    subnet = small["Subnet"]["SubnetId"]
    create(sim, SubnetId=subnet, SecondaryPrivateIpAddressCount=9)

    create(sim, SubnetId=subnet)

    assert refused(sim, SubnetId=subnet) == (
        "InsufficientFreeAddressesInSubnet",
        "The specified subnet does not have enough free addresses to satisfy the "
        "request.",
    )


def test_a_quota_of_interfaces_is_kept(sim: Sim) -> None:
    sim.control("seed", {"quotas": {"network_interfaces": 6}})
    create(sim)

    assert refused(sim)[0] == "NetworkInterfaceLimitExceeded"


def test_an_unknown_subnet_or_group_is_refused(sim: Sim) -> None:
    assert refused(sim, SubnetId="subnet-0123456789abcdef0")[0] == (
        "InvalidSubnetID.NotFound"
    )
    assert refused(sim, SubnetId="subnet-x")[0] == "InvalidSubnetId.Malformed"
    assert refused(sim, Groups=["sg-0123456789abcdef0"]) == (
        "InvalidSecurityGroupID.NotFound",
        "The securityGroup ID 'sg-0123456789abcdef0' does not exist",
    )
    assert refused(sim, Groups=["x"])[0] == "InvalidGroupId.Malformed"
    assert refused(sim, SubnetId=OTHER_VPC_SUBNET, Groups=[GROUP]) == (
        "InvalidParameter",
        f"Security group {GROUP} and subnet {OTHER_VPC_SUBNET} belong to different "
        "networks.",
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"Ipv6AddressCount": 1},
        {"Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}]},
        {"Ipv6PrefixCount": 1},
        {"Ipv4PrefixCount": 1},
        {"Ipv4Prefixes": [{"Ipv4Prefix": "20.0.1.16/28"}]},
        {"EnablePrimaryIpv6": True},
        {"ConnectionTrackingSpecification": {"UdpTimeout": 30}},
        {"InterfaceType": "trunk"},
    ],
)
def test_what_is_not_simulated_is_refused(sim: Sim, asked: dict[str, Any]) -> None:
    assert refused(sim, **asked)[0] == "UnsupportedOperation"


def test_wrong_types_and_tags_are_refused(sim: Sim) -> None:
    assert refused(sim, InterfaceType="lambda")[0] == "InvalidParameterValue"
    wrong = [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]
    assert refused(sim, TagSpecifications=wrong) == (
        "InvalidParameterValue",
        "'instance' is not a valid taggable resource type for this operation.",
    )


def test_an_interface_in_use_is_not_deleted(sim: Sim) -> None:
    delete = sim.ec2.delete_network_interface
    assert sim.refusal(delete, NetworkInterfaceId=FLOATING) == (
        "InvalidParameterValue",
        f"Network interface '{FLOATING}' is currently in use.",
    )

    delete(NetworkInterfaceId=SPARE)

    assert sim.refusal(delete, NetworkInterfaceId=SPARE) == (
        "InvalidNetworkInterfaceID.NotFound",
        f"The networkInterface ID '{SPARE}' does not exist",
    )


def test_just_after_its_detach_an_interface_may_still_be_in_use(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10})
    sim.detach()
    sim.advance(3.001)

    code, _ = sim.refusal(sim.ec2.delete_network_interface, NetworkInterfaceId=FLOATING)

    assert code == "InvalidParameterValue"
    sim.advance(10)
    sim.ec2.delete_network_interface(NetworkInterfaceId=FLOATING)


def test_a_deleted_interface_leaves_its_elastic_ip_unbound(sim: Sim) -> None:
    sim.detach()
    sim.advance(3)
    sim.ec2.delete_network_interface(NetworkInterfaceId=FLOATING)

    address = sim.ec2.describe_addresses()["Addresses"][0]

    assert "AssociationId" not in address
    assert "NetworkInterfaceId" not in address
    assert create(sim, PrivateIpAddress="20.0.1.25")["Status"] == "pending"
    assert sim.control("state")["violations"] == []
