"""Elastic IPs: allocate, associate, disassociate, release."""

from typing import Any

from tests.ec2sim.conftest import ALLOCATION, FLOATING, MANAGED, PRIMARY, SPARE, STANDBY
from tests.ec2sim.contract.house import ELASTIC_IP, NOBODY, PRIMARYS_OWN, House

ASSOCIATE = "AssociateAddress"


def allocate(house: House) -> str:
    """A new Elastic IP."""
    return str(house.call("AllocateAddress", Domain="vpc")["AllocationId"])


def test_an_allocation_is_told_whole(house: House) -> None:
    tags = [{"Key": "Name", "Value": "service"}]
    made = house.call(
        "AllocateAddress",
        Domain="vpc",
        TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}],
    )

    told = {name: made[name] for name in made if name != "ResponseMetadata"}
    assert set(told) == {
        "AllocationId",
        "PublicIp",
        "Domain",
        "PublicIpv4Pool",
        "NetworkBorderGroup",
    }
    shown = house.address(made["AllocationId"])
    assert shown["Tags"] == tags
    assert "AssociationId" not in shown
    assert {name: shown[name] for name in told} == told


def test_the_quota_of_addresses_ends_allocation(
    house: House, quotas: dict[str, int]
) -> None:
    quotas["elastic_ips"] = 2
    allocate(house)

    assert house.code("AllocateAddress", Domain="vpc") == "AddressLimitExceeded"


def test_reassociation_is_automatic_unless_it_is_forbidden(every_house: House) -> None:
    house = every_house
    before = house.address()["AssociationId"]
    asked = {"AllocationId": ALLOCATION, "NetworkInterfaceId": SPARE}

    assert house.refusal(ASSOCIATE, AllowReassociation=False, **asked) == (
        "Resource.AlreadyAssociated",
        f"resource {ALLOCATION} is already associated with associate-id {before}",
    )
    house.call(ASSOCIATE, **asked)

    assert house.interface(SPARE)["Association"]["PublicIp"] == ELASTIC_IP
    assert "Association" not in house.interface(FLOATING)
    assert house.address()["NetworkInterfaceId"] == SPARE


def test_repeating_an_association_is_no_error(house: House) -> None:
    asked: dict[str, Any] = {
        "AllocationId": ALLOCATION,
        "NetworkInterfaceId": FLOATING,
        "AllowReassociation": True,
    }
    house.call(ASSOCIATE, **asked)

    again = house.call(ASSOCIATE, **asked)["AssociationId"]

    assert house.address()["AssociationId"] == again
    assert house.interface()["Association"]["PublicIp"] == ELASTIC_IP


def test_a_second_address_displaces_the_first_which_stays_allocated(
    house: House,
) -> None:
    other = allocate(house)

    house.call(ASSOCIATE, AllocationId=other, NetworkInterfaceId=FLOATING)

    assert house.interface()["Association"]["AllocationId"] == other
    displaced = house.address()
    assert displaced["PublicIp"] == ELASTIC_IP
    assert "AssociationId" not in displaced


def test_each_private_address_may_have_its_own(house: House) -> None:
    house.call(
        "AssignPrivateIpAddresses",
        NetworkInterfaceId=FLOATING,
        PrivateIpAddresses=["20.0.1.77"],
    )
    other = allocate(house)
    asked = {"AllocationId": other, "NetworkInterfaceId": FLOATING}
    wrong = house.code(ASSOCIATE, PrivateIpAddress="20.0.1.99", **asked)

    house.call(ASSOCIATE, PrivateIpAddress="20.0.1.77", **asked)

    assert wrong == "InvalidParameterValue"
    shown = house.interface()["PrivateIpAddresses"]
    held = [each["Association"]["AllocationId"] for each in shown]
    assert held == [ALLOCATION, other]


def test_an_instance_is_a_target_only_with_one_interface(house: House) -> None:
    other = allocate(house)
    code, message = house.refusal(ASSOCIATE, AllocationId=other, InstanceId=PRIMARY)

    house.call(ASSOCIATE, AllocationId=other, InstanceId=STANDBY)

    assert code == "InvalidInstanceID"
    assert message.startswith("There are multiple interfaces attached to instance")
    assert house.address(other)["InstanceId"] == STANDBY


def test_the_association_survives_the_move_of_its_interface(house: House) -> None:
    before = house.address()
    house.detach()
    house.advance(4)
    between = house.address()
    house.attach()
    house.advance(4)
    after = house.address()

    assert before["InstanceId"] == PRIMARY
    assert "InstanceId" not in between
    assert after["InstanceId"] == STANDBY
    bonds = {each["AssociationId"] for each in (before, between, after)}
    assert len(bonds) == 1
    found = house.call(
        "DescribeAddresses", Filters=[{"Name": "instance-id", "Values": [STANDBY]}]
    )["Addresses"]
    assert [each["AllocationId"] for each in found] == [ALLOCATION]


def test_what_does_not_exist_or_belongs_to_a_service_is_refused(house: House) -> None:
    other = allocate(house)
    codes = [
        house.code(ASSOCIATE, AllocationId=allocation_id, NetworkInterfaceId=interface)
        for allocation_id, interface in (
            (f"eipalloc-{NOBODY}", SPARE),
            (other, f"eni-{NOBODY}"),
            (other, MANAGED),
        )
    ]

    assert codes == [
        "InvalidAllocationID.NotFound",
        "InvalidNetworkInterfaceID.NotFound",
        "AuthFailure",
    ]


def test_a_vpc_without_a_gateway_takes_no_address(house: House) -> None:
    vpc = house.call("CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = house.call("CreateSubnet", VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]
    interface = house.create(SubnetId=subnet["SubnetId"])

    code = house.code(
        ASSOCIATE, AllocationId=allocate(house), NetworkInterfaceId=interface
    )

    assert code == "Gateway.NotAttached"


def test_a_pending_instance_takes_no_address(house: House) -> None:
    launched = house.launch()
    own = launched["NetworkInterfaces"][0]["NetworkInterfaceId"]
    other = allocate(house)

    code = house.code(ASSOCIATE, AllocationId=other, NetworkInterfaceId=own)
    house.advance(5)
    house.call(ASSOCIATE, AllocationId=other, NetworkInterfaceId=own)

    assert code == "IncorrectInstanceState"
    assert house.address(other)["InstanceId"] == launched["InstanceId"]


def test_disassociation_is_idempotent(every_house: House) -> None:
    house = every_house
    bond = house.address()["AssociationId"]

    house.call("DisassociateAddress", AssociationId=bond)
    house.call("DisassociateAddress", AssociationId=bond)

    assert "AssociationId" not in house.address()
    assert "Association" not in house.interface()


def test_release_needs_a_free_address_save_in_a_default_vpc(house: House) -> None:
    code = house.code("ReleaseAddress", AllocationId=ALLOCATION)
    house.call("DisassociateAddress", AssociationId=house.address()["AssociationId"])
    house.call("ReleaseAddress", AllocationId=ALLOCATION)
    other = allocate(house)
    inside_default = house.create(SubnetId="subnet-f10131b8")
    house.call(ASSOCIATE, AllocationId=other, NetworkInterfaceId=inside_default)

    house.call("ReleaseAddress", AllocationId=other)

    assert code == "InvalidIPAddress.InUse"
    gone = house.code("ReleaseAddress", AllocationId=ALLOCATION)
    assert gone == "InvalidAllocationID.NotFound"
    assert "Association" not in house.interface(inside_default)


def test_an_address_is_found_by_any_of_its_names(house: House) -> None:
    by_ip = house.call("DescribeAddresses", PublicIps=[ELASTIC_IP])["Addresses"]
    by_interface = house.call(
        "DescribeAddresses",
        Filters=[{"Name": "network-interface-id", "Values": [FLOATING]}],
    )["Addresses"]

    assert by_ip == by_interface == [house.address()]
    assert house.code("DescribeAddresses", PublicIps=["127.31.9.9"]) == (
        "InvalidAddress.NotFound"
    )
    assert house.interface(PRIMARYS_OWN)["Association"]["PublicIp"] == "34.251.234.50"
