"""Secondary private addresses: given, moved with their Elastic IP, taken away."""

from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Sim

FREE = "20.0.1.77"


def assign(sim: Sim, interface_id: str, *addresses: str, **options: Any) -> list[str]:
    """Assign by address; what EC2 says it has assigned."""
    reply = sim.ec2.assign_private_ip_addresses(
        NetworkInterfaceId=interface_id, PrivateIpAddresses=list(addresses), **options
    )
    return [each["PrivateIpAddress"] for each in reply["AssignedPrivateIpAddresses"]]


def refused(sim: Sim, **asked: Any) -> tuple[str, str]:
    """How EC2 refuses to assign."""
    asked = {"NetworkInterfaceId": SPARE, **asked}
    return sim.refusal(sim.ec2.assign_private_ip_addresses, **asked)


def addresses(sim: Sim, interface_id: str) -> list[str]:
    """The private addresses of an interface, the primary one first."""
    shown = sim.interface(interface_id)["PrivateIpAddresses"]
    return [each["PrivateIpAddress"] for each in shown]


def test_addresses_are_assigned_by_name_and_by_number(sim: Sim) -> None:
    named = assign(sim, SPARE, FREE)
    counted = sim.ec2.assign_private_ip_addresses(
        NetworkInterfaceId=SPARE, SecondaryPrivateIpAddressCount=2
    )

    assert named == [FREE]
    drawn = [each["PrivateIpAddress"] for each in counted["AssignedPrivateIpAddresses"]]
    assert addresses(sim, SPARE)[1:] == [FREE, *drawn]
    assert len(set(drawn)) == 2
    assert sim.control("state")["violations"] == []


def test_an_address_that_is_here_already_is_assigned_again_in_peace(sim: Sim) -> None:
    assign(sim, SPARE, FREE)

    again = assign(sim, SPARE, FREE)

    assert again == [FREE]
    assert addresses(sim, SPARE).count(FREE) == 1


def test_the_primary_address_cannot_be_secondary_too(sim: Sim) -> None:
    own = addresses(sim, SPARE)[0]

    assert refused(sim, PrivateIpAddresses=[own])[0] == "Resource.AlreadyAssigned"


def test_a_secondary_address_moves_with_its_elastic_ip_when_allowed(sim: Sim) -> None:
    assign(sim, SPARE, FREE)
    other = sim.ec2.allocate_address(Domain="vpc")["AllocationId"]
    bond = sim.ec2.associate_address(
        AllocationId=other, NetworkInterfaceId=SPARE, PrivateIpAddress=FREE
    )["AssociationId"]
    assert refused(sim, NetworkInterfaceId=FLOATING, PrivateIpAddresses=[FREE]) == (
        "InvalidParameterValue",
        f"[{FREE}] assigned, but move is not allowed.",
    )

    assign(sim, FLOATING, FREE, AllowReassignment=True)

    moved = sim.interface()["PrivateIpAddresses"][1]
    assert moved["PrivateIpAddress"] == FREE
    assert moved["Association"]["AllocationId"] == other
    assert addresses(sim, SPARE) == [sim.interface(SPARE)["PrivateIpAddress"]]
    shown = sim.ec2.describe_addresses(AllocationIds=[other])["Addresses"][0]
    assert shown["InstanceId"] == PRIMARY
    assert shown["AssociationId"] == bond
    assert sim.calls(event="transition", resource=other)[-1]["instance_id"] == PRIMARY
    assert sim.control("state")["violations"] == []


def test_a_primary_address_never_moves(sim: Sim) -> None:
    assert refused(sim, PrivateIpAddresses=["20.0.1.25"], AllowReassignment=True) == (
        "InvalidParameterValue",
        "[20.0.1.25] assigned, but move is not allowed.",
    )
    assert addresses(sim, FLOATING) == ["20.0.1.25"]


def test_all_that_may_not_move_are_named(sim: Sim) -> None:
    assign(sim, SPARE, FREE, "20.0.1.78")
    sim.control(f"instances/{STANDBY}", {"limit": 5})
    made = sim.ec2.create_network_interface(SubnetId="subnet-40043409")
    other = made["NetworkInterface"]["NetworkInterfaceId"]

    _, message = refused(
        sim, NetworkInterfaceId=other, PrivateIpAddresses=[FREE, "20.0.1.78"]
    )

    assert message == f"[{FREE}, 20.0.1.78] assigned, but move is not allowed."


def test_an_instance_type_limits_the_addresses_of_an_interface(sim: Sim) -> None:
    assign(sim, FLOATING, FREE)

    assert refused(
        sim, NetworkInterfaceId=FLOATING, SecondaryPrivateIpAddressCount=1
    ) == (
        "PrivateIpAddressLimitExceeded",
        f"{FLOATING}: Number of private addresses will exceed limit.",
    )
    assert assign(sim, FLOATING, FREE) == [FREE]


def test_an_interface_with_too_many_addresses_is_not_attached(sim: Sim) -> None:
    sim.ec2.assign_private_ip_addresses(
        NetworkInterfaceId=SPARE, SecondaryPrivateIpAddressCount=2
    )

    code, _ = sim.refusal(
        sim.ec2.attach_network_interface,
        NetworkInterfaceId=SPARE,
        InstanceId=STANDBY,
        DeviceIndex=1,
    )

    assert code == "PrivateIpAddressLimitExceeded"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "InvalidParameterCombination"),
        (
            {"PrivateIpAddresses": [FREE], "SecondaryPrivateIpAddressCount": 1},
            "InvalidParameterCombination",
        ),
        ({"SecondaryPrivateIpAddressCount": 0}, "InvalidParameterValue"),
        ({"SecondaryPrivateIpAddressCount": -1}, "InvalidParameterValue"),
        ({"PrivateIpAddresses": ["twenty"]}, "InvalidParameterValue"),
        ({"PrivateIpAddresses": ["10.1.1.1"]}, "InvalidParameterValue"),
        ({"PrivateIpAddresses": ["20.0.1.3"]}, "InvalidParameterValue"),
        ({"Ipv4PrefixCount": 1}, "UnsupportedOperation"),
        (
            {
                "NetworkInterfaceId": "eni-0123456789abcdef0",
                "SecondaryPrivateIpAddressCount": 1,
            },
            "InvalidNetworkInterfaceID.NotFound",
        ),
        (
            {"SecondaryPrivateIpAddressCount": 1000},
            "PrivateIpAddressLimitExceeded",
        ),
    ],
)
def test_a_wrong_assignment_is_refused_whole(
    sim: Sim, asked: dict[str, Any], code: str
) -> None:
    assert refused(sim, **asked)[0] == code
    assert len(addresses(sim, SPARE)) == 1


def test_one_wrong_address_spoils_the_others(sim: Sim) -> None:
    assert refused(sim, PrivateIpAddresses=[FREE, "10.1.1.1"])[0] == (
        "InvalidParameterValue"
    )

    assert assign(sim, FLOATING, FREE) == [FREE]


def test_a_full_subnet_has_no_address_to_assign(sim: Sim) -> None:
    small = sim.ec2.create_subnet(VpcId="vpc-dbf9cdbc", CidrBlock="20.0.9.0/28")
    made = sim.ec2.create_network_interface(
        SubnetId=small["Subnet"]["SubnetId"], SecondaryPrivateIpAddressCount=9
    )
    full = made["NetworkInterface"]["NetworkInterfaceId"]
    asked: dict[str, Any] = {"NetworkInterfaceId": full}

    code, _ = refused(sim, SecondaryPrivateIpAddressCount=2, **asked)

    assert code == "InsufficientFreeAddressesInSubnet"
    sim.ec2.assign_private_ip_addresses(SecondaryPrivateIpAddressCount=1, **asked)


def test_neither_call_knows_a_dry_run(sim: Sim) -> None:
    sim.ec2.meta.events.register(
        "before-call.ec2.AssignPrivateIpAddresses",
        lambda params, **_: params["body"].update(DryRun="true"),
    )

    assert refused(sim, SecondaryPrivateIpAddressCount=1) == (
        "UnknownParameter",
        "The parameter DryRun is not recognized",
    )


def test_an_unassigned_address_is_free_and_so_is_its_elastic_ip(sim: Sim) -> None:
    assign(sim, SPARE, FREE)
    other = sim.ec2.allocate_address(Domain="vpc")["AllocationId"]
    sim.ec2.associate_address(
        AllocationId=other, NetworkInterfaceId=SPARE, PrivateIpAddress=FREE
    )

    sim.ec2.unassign_private_ip_addresses(
        NetworkInterfaceId=SPARE, PrivateIpAddresses=[FREE]
    )

    assert FREE not in addresses(sim, SPARE)
    shown = sim.ec2.describe_addresses(AllocationIds=[other])["Addresses"][0]
    assert "AssociationId" not in shown
    assert assign(sim, FLOATING, FREE) == [FREE]
    assert sim.control("state")["violations"] == []


def test_what_cannot_be_unassigned_is_refused(sim: Sim) -> None:
    unassign = sim.ec2.unassign_private_ip_addresses
    own = addresses(sim, SPARE)[0]

    assert sim.refusal(
        unassign, NetworkInterfaceId=SPARE, PrivateIpAddresses=[own]
    ) == (
        "InvalidParameterValue",
        f"Value ({own}) for parameter privateIpAddress is invalid. The primary IP "
        "address of an interface cannot be unassigned.",
    )
    assert sim.refusal(
        unassign, NetworkInterfaceId=SPARE, PrivateIpAddresses=[FREE]
    ) == (
        "InvalidParameterValue",
        f"Some of the specified addresses are not assigned to interface {SPARE}",
    )
    assert sim.refusal(unassign, NetworkInterfaceId=SPARE)[0] == "MissingParameter"
    assert sim.refusal(
        unassign, NetworkInterfaceId=SPARE, Ipv4Prefixes=["20.0.1.16/28"]
    )[0] == ("UnsupportedOperation")
