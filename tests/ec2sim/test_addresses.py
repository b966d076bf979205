"""Elastic IPs and private addresses."""

from tests.ec2sim.conftest import ALLOCATION, FLOATING, PRIMARY, SPARE, SUBNET, Sim


def test_reassociation_is_allowed_unless_it_is_forbidden(sim: Sim) -> None:
    associate = sim.ec2.associate_address
    code, message = sim.refusal(
        associate,
        AllocationId=ALLOCATION,
        NetworkInterfaceId=SPARE,
        AllowReassociation=False,
    )
    assert code == "Resource.AlreadyAssociated"
    assert message.startswith(f"resource {ALLOCATION} is already associated with")

    associate(AllocationId=ALLOCATION, NetworkInterfaceId=SPARE)

    assert "Association" not in sim.interface(FLOATING)
    moved = sim.interface(SPARE)
    assert moved["Association"]["PublicIp"] == "127.31.58.118"
    assert moved["PrivateIpAddresses"][0]["Association"]["AllocationId"] == ALLOCATION


def test_a_second_address_displaces_the_first_which_stays_allocated(sim: Sim) -> None:
    other = sim.ec2.allocate_address(Domain="vpc")

    sim.ec2.associate_address(
        AllocationId=other["AllocationId"], NetworkInterfaceId=FLOATING
    )

    shown = {a["AllocationId"]: a for a in sim.ec2.describe_addresses()["Addresses"]}
    assert "AssociationId" not in shown[ALLOCATION]
    assert shown[other["AllocationId"]]["InstanceId"] == PRIMARY
    assert sim.control("state")["violations"] == []


def test_disassociation_is_idempotent_and_release_needs_it(sim: Sim) -> None:
    bond = sim.interface()["Association"]["AssociationId"]
    refused = sim.refusal(sim.ec2.release_address, AllocationId=ALLOCATION)
    assert refused[0] == "InvalidIPAddress.InUse"

    sim.ec2.disassociate_address(AssociationId=bond)
    sim.ec2.disassociate_address(AssociationId=bond)
    sim.ec2.release_address(AllocationId=ALLOCATION)

    refused = sim.refusal(sim.ec2.release_address, AllocationId=ALLOCATION)
    assert refused[0] == "InvalidAllocationID.NotFound"


def test_an_instance_with_two_interfaces_must_be_told_which(sim: Sim) -> None:
    other = sim.ec2.allocate_address(Domain="vpc")["AllocationId"]

    code, _ = sim.refusal(
        sim.ec2.associate_address, AllocationId=other, InstanceId=PRIMARY
    )

    assert code == "InvalidInstanceID"


def test_a_secondary_address_moves_with_its_elastic_ip_when_allowed(sim: Sim) -> None:
    assign = sim.ec2.assign_private_ip_addresses
    assign(NetworkInterfaceId=SPARE, PrivateIpAddresses=["20.0.1.77"])
    other = sim.ec2.allocate_address(Domain="vpc")["AllocationId"]
    sim.ec2.associate_address(
        AllocationId=other, NetworkInterfaceId=SPARE, PrivateIpAddress="20.0.1.77"
    )
    code, message = sim.refusal(
        assign, NetworkInterfaceId=FLOATING, PrivateIpAddresses=["20.0.1.77"]
    )
    assert code == "InvalidParameterValue"
    assert message == "[20.0.1.77] assigned, but move is not allowed."

    assign(
        NetworkInterfaceId=FLOATING,
        PrivateIpAddresses=["20.0.1.77"],
        AllowReassignment=True,
    )

    private = sim.interface()["PrivateIpAddresses"]
    assert [each["PrivateIpAddress"] for each in private] == ["20.0.1.25", "20.0.1.77"]
    assert private[1]["Association"]["AllocationId"] == other
    assert len(sim.interface(SPARE)["PrivateIpAddresses"]) == 1
    assert sim.control("state")["violations"] == []


def test_no_address_is_given_out_twice(sim: Sim) -> None:
    create = sim.ec2.create_network_interface
    made = [create(SubnetId=SUBNET)["NetworkInterface"] for _ in range(20)]

    assert len({each["PrivateIpAddress"] for each in made}) == 20
    for wrong, code in (
        ("20.0.1.25", "InvalidIPAddress.InUse"),
        ("20.0.1.1", "InvalidParameterValue"),
        ("10.9.9.9", "InvalidParameterValue"),
    ):
        refused = sim.refusal(create, SubnetId=SUBNET, PrivateIpAddress=wrong)
        assert refused[0] == code


def test_an_interface_in_use_is_not_deleted(sim: Sim) -> None:
    delete = sim.ec2.delete_network_interface
    assert sim.refusal(delete, NetworkInterfaceId=FLOATING) == (
        "InvalidParameterValue",
        f"Network interface '{FLOATING}' is currently in use.",
    )

    delete(NetworkInterfaceId=SPARE)

    refused = sim.refusal(delete, NetworkInterfaceId=SPARE)
    assert refused[0] == "InvalidNetworkInterfaceID.NotFound"


def test_a_repeated_create_with_its_token_makes_one_interface(sim: Sim) -> None:
    asked = {"SubnetId": SUBNET, "ClientToken": "once"}
    first = sim.ec2.create_network_interface(**asked)["NetworkInterface"]
    second = sim.ec2.create_network_interface(**asked)["NetworkInterface"]

    assert first["NetworkInterfaceId"] == second["NetworkInterfaceId"]
    refused = sim.refusal(
        sim.ec2.create_network_interface, **asked, Description="other"
    )
    assert refused[0] == "IdempotentParameterMismatch"
