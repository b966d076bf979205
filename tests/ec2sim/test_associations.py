"""Where Elastic IPs lead: associate and disassociate."""

from typing import Any

import pytest

from tests.ec2sim.conftest import (
    ALLOCATION,
    FLOATING,
    MANAGED,
    PRIMARY,
    SPARE,
    STANDBY,
    Sim,
)

ELASTIC_IP = "127.31.58.118"
NOBODYS = "eipalloc-0123456789abcdef0"


def allocate(sim: Sim) -> str:
    """A new Elastic IP, by its allocation."""
    return str(sim.ec2.allocate_address(Domain="vpc")["AllocationId"])


def test_reassociation_is_allowed_unless_it_is_forbidden(sim: Sim) -> None:
    associate = sim.ec2.associate_address
    bond = sim.interface()["Association"]["AssociationId"]
    assert sim.refusal(
        associate,
        AllocationId=ALLOCATION,
        NetworkInterfaceId=SPARE,
        AllowReassociation=False,
    ) == (
        "Resource.AlreadyAssociated",
        f"resource {ALLOCATION} is already associated with associate-id {bond}",
    )

    associate(AllocationId=ALLOCATION, NetworkInterfaceId=SPARE)

    assert "Association" not in sim.interface(FLOATING)
    moved = sim.interface(SPARE)
    assert moved["Association"]["PublicIp"] == ELASTIC_IP
    assert moved["PrivateIpAddresses"][0]["Association"]["AllocationId"] == ALLOCATION


def test_a_repeated_association_is_no_error(sim: Sim) -> None:
    bond = sim.interface()["Association"]["AssociationId"]
    again = sim.ec2.associate_address(
        AllocationId=ALLOCATION, NetworkInterfaceId=FLOATING, AllowReassociation=False
    )

    assert again["AssociationId"] == bond


def test_a_second_address_displaces_the_first_which_stays_allocated(sim: Sim) -> None:
    other = allocate(sim)

    sim.ec2.associate_address(AllocationId=other, NetworkInterfaceId=FLOATING)

    shown = {a["AllocationId"]: a for a in sim.ec2.describe_addresses()["Addresses"]}
    assert "AssociationId" not in shown[ALLOCATION]
    assert shown[other]["InstanceId"] == PRIMARY
    assert sim.control("state")["violations"] == []


def test_each_private_address_has_an_elastic_ip_of_its_own(sim: Sim) -> None:
    sim.ec2.assign_private_ip_addresses(
        NetworkInterfaceId=FLOATING, PrivateIpAddresses=["20.0.1.77"]
    )
    other = allocate(sim)
    sim.ec2.associate_address(
        AllocationId=other, NetworkInterfaceId=FLOATING, PrivateIpAddress="20.0.1.77"
    )

    shown = sim.interface()
    bonds = [
        each["Association"]["AllocationId"] for each in shown["PrivateIpAddresses"]
    ]
    assert bonds == [ALLOCATION, other]
    assert shown["Association"]["AllocationId"] == ALLOCATION
    assert sim.refusal(
        sim.ec2.associate_address,
        AllocationId=other,
        NetworkInterfaceId=FLOATING,
        PrivateIpAddress="20.0.1.78",
    ) == (
        "InvalidParameterValue",
        f"The private IP address 20.0.1.78 is not assigned to {FLOATING}",
    )


def test_the_association_outlives_a_move_of_the_interface(sim: Sim) -> None:
    before = sim.ec2.describe_addresses()["Addresses"][0]
    sim.detach()
    sim.advance(3)
    free = sim.ec2.describe_addresses()["Addresses"][0]
    sim.attach()
    sim.advance(2)
    by_instance = [{"Name": "instance-id", "Values": [STANDBY]}]
    after = sim.ec2.describe_addresses(Filters=by_instance)["Addresses"][0]

    assert before["InstanceId"] == PRIMARY
    assert "InstanceId" not in free
    assert after["InstanceId"] == STANDBY
    assert before["AssociationId"] == free["AssociationId"] == after["AssociationId"]


def test_an_instance_stands_for_its_only_interface(sim: Sim) -> None:
    other = allocate(sim)
    sim.ec2.associate_address(AllocationId=other, InstanceId=STANDBY)

    assert sim.interface("eni-7d37fb4c")["Association"]["AllocationId"] == other
    assert sim.refusal(
        sim.ec2.associate_address, AllocationId=other, InstanceId=PRIMARY
    ) == (
        "InvalidInstanceID",
        f"There are multiple interfaces attached to instance '{PRIMARY}'. Please "
        "specify an interface ID for the operation instead.",
    )


def test_a_pending_instance_takes_no_address(sim: Sim) -> None:
    other = allocate(sim)
    sim.ec2.stop_instances(InstanceIds=[STANDBY])
    sim.advance(3)
    sim.ec2.start_instances(InstanceIds=[STANDBY])
    associate = sim.ec2.associate_address

    by_interface = sim.refusal(
        associate, AllocationId=other, NetworkInterfaceId="eni-7d37fb4c"
    )
    by_instance = sim.refusal(associate, AllocationId=other, InstanceId=STANDBY)

    assert by_interface[0] == "IncorrectInstanceState"
    assert by_instance == (
        "InvalidInstanceID",
        f"The pending instance '{STANDBY}' is not in a valid state for this operation.",
    )
    sim.advance(2)
    associate(AllocationId=other, InstanceId=STANDBY)


def test_a_network_without_a_gateway_takes_no_address(sim: Sim) -> None:
    other = allocate(sim)
    vpc = sim.ec2.create_vpc(CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    subnet = sim.ec2.create_subnet(VpcId=vpc, CidrBlock="10.5.1.0/24")["Subnet"]
    made = sim.ec2.create_network_interface(SubnetId=subnet["SubnetId"])
    inside = made["NetworkInterface"]["NetworkInterfaceId"]

    assert sim.refusal(
        sim.ec2.associate_address, AllocationId=other, NetworkInterfaceId=inside
    ) == (
        "Gateway.NotAttached",
        f"Network {vpc} is not attached to any internet gateway",
    )


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"NetworkInterfaceId": SPARE}, "MissingParameter"),
        ({"AllocationId": ALLOCATION}, "MissingParameter"),
        (
            {
                "AllocationId": ALLOCATION,
                "NetworkInterfaceId": SPARE,
                "InstanceId": STANDBY,
            },
            "InvalidParameterCombination",
        ),
        (
            {
                "AllocationId": ALLOCATION,
                "PublicIp": ELASTIC_IP,
                "NetworkInterfaceId": SPARE,
            },
            "InvalidParameterCombination",
        ),
        (
            {"AllocationId": NOBODYS, "NetworkInterfaceId": SPARE},
            "InvalidAllocationID.NotFound",
        ),
        (
            {"AllocationId": "eipalloc-x", "NetworkInterfaceId": SPARE},
            "InvalidAllocationID.NotFound",
        ),
        (
            {
                "AllocationId": ALLOCATION,
                "NetworkInterfaceId": "eni-0123456789abcdef0",
            },
            "InvalidNetworkInterfaceID.NotFound",
        ),
        (
            {"AllocationId": ALLOCATION, "InstanceId": "i-0123456789abcdef0"},
            "InvalidInstanceID.NotFound",
        ),
        ({"AllocationId": ALLOCATION, "NetworkInterfaceId": MANAGED}, "AuthFailure"),
    ],
)
def test_a_wrong_association_is_refused(
    sim: Sim, asked: dict[str, Any], code: str
) -> None:
    assert sim.refusal(sim.ec2.associate_address, **asked)[0] == code
    assert sim.interface()["Association"]["AllocationId"] == ALLOCATION


def test_a_public_address_does_not_stand_for_its_allocation(sim: Sim) -> None:
    ip = {"PublicIp": ELASTIC_IP}
    associate = sim.ec2.associate_address

    assert sim.refusal(associate, InstanceId=STANDBY, **ip) == (
        "InvalidParameterCombination",
        "You must specify an allocation id when mapping an address to a VPC instance",
    )
    assert sim.refusal(associate, NetworkInterfaceId=SPARE, **ip) == (
        "InvalidParameterCombination",
        "You must specify an allocation id when mapping an address to a network "
        "interface",
    )
    assert sim.refusal(sim.ec2.release_address, **ip) == (
        "InvalidParameterValue",
        "You must specify an allocation id when releasing a VPC elastic IP address",
    )
    assert sim.refusal(sim.ec2.disassociate_address, **ip) == (
        "InvalidParameterValue",
        "You must specify an association id when unmapping an address from a VPC "
        "instance",
    )
    codes = [
        sim.refusal(sim.ec2.release_address, PublicIp=each)[0]
        for each in ("127.31.9.9", "nonsense")
    ]
    assert codes == ["InvalidAddress.NotFound", "InvalidAddress.Malformed"]
