"""CreateNetworkInterface, its description, its change and its end."""

from typing import Any

import pytest

from tests.ec2sim.conftest import ALLOCATION, FLOATING, MANAGED, PRIMARY, SPARE, SUBNET
from tests.ec2sim.contract.house import GROUP, NOBODY, House


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"SubnetId": f"subnet-{NOBODY}"}, "InvalidSubnetID.NotFound"),
        ({"Groups": [f"sg-{NOBODY}"]}, "InvalidSecurityGroupID.NotFound"),
        ({"PrivateIpAddress": "20.0.1.25"}, "InvalidIPAddress.InUse"),
        ({"PrivateIpAddress": "20.0.9.9"}, "InvalidParameterValue"),
        ({"PrivateIpAddress": "20.0.1.3"}, "InvalidParameterValue"),
        ({"PrivateIpAddress": "20.0.1.255"}, "InvalidParameterValue"),
        ({"PrivateIpAddress": "nowhere"}, "InvalidParameterValue"),
    ],
)
def test_what_may_not_be_created_is_refused(
    house: House, params: dict[str, Any], code: str
) -> None:
    before = house.call("DescribeNetworkInterfaces")["NetworkInterfaces"]

    assert (
        house.code("CreateNetworkInterface", **{"SubnetId": SUBNET, **params}) == code
    )

    assert house.call("DescribeNetworkInterfaces")["NetworkInterfaces"] == before


def test_a_taken_address_is_refused_in_ec2s_words(house: House) -> None:
    asked = {"SubnetId": SUBNET, "PrivateIpAddress": "20.0.1.25"}

    assert house.refusal("CreateNetworkInterface", **asked) == (
        "InvalidIPAddress.InUse",
        "The specified address is already in use.",
    )


def test_a_full_subnet_gives_no_address_and_none_twice(house: House) -> None:
    subnet = house.far_subnet("eu-west-1a", "20.0.3.0/28")
    made = [house.create(SubnetId=subnet) for _ in range(11)]

    addresses = {house.interface(each)["PrivateIpAddress"] for each in made}

    assert addresses == {f"20.0.3.{last}" for last in range(4, 15)}
    assert house.code("CreateNetworkInterface", SubnetId=subnet) == (
        "InsufficientFreeAddressesInSubnet"
    )
    house.call("DeleteNetworkInterface", NetworkInterfaceId=made[3])
    assert house.create(SubnetId=subnet) not in made


def test_the_quota_of_a_region_ends_creation(
    house: House, quotas: dict[str, int]
) -> None:
    quotas["network_interfaces"] = 6
    house.create()

    code = house.code("CreateNetworkInterface", SubnetId=SUBNET)

    assert code == "NetworkInterfaceLimitExceeded"


def test_a_repeated_token_makes_one_interface(house: House) -> None:
    asked: dict[str, Any] = {"SubnetId": SUBNET, "ClientToken": "one-for-all"}
    first = house.call("CreateNetworkInterface", **asked)["NetworkInterface"]
    again = house.call("CreateNetworkInterface", **asked)["NetworkInterface"]

    assert again["NetworkInterfaceId"] == first["NetworkInterfaceId"]
    code = house.code("CreateNetworkInterface", **asked, Description="another")
    assert code == "IdempotentParameterMismatch"


def test_a_new_interface_is_told_whole_and_becomes_available(house: House) -> None:
    tags = [{"Key": "Name", "Value": "service"}]
    reply = house.call(
        "CreateNetworkInterface",
        SubnetId=SUBNET,
        Description="service",
        Groups=[GROUP],
        PrivateIpAddress="20.0.1.77",
        SecondaryPrivateIpAddressCount=1,
        TagSpecifications=[{"ResourceType": "network-interface", "Tags": tags}],
    )["NetworkInterface"]

    shown = house.interface(reply["NetworkInterfaceId"])

    assert reply["Status"] == "pending"
    assert shown["Status"] == "available"
    assert "Attachment" not in shown
    assert shown["TagSet"] == tags
    assert shown["PrivateIpAddress"] == "20.0.1.77"
    assert [each["Primary"] for each in shown["PrivateIpAddresses"]] == [True, False]
    assert shown["Groups"] == [{"GroupId": GROUP, "GroupName": "PrivateServer"}]
    assert {**reply, "Status": "available"} == shown


def test_an_unknown_identifier_fails_the_whole_describe(house: House) -> None:
    wanted = [FLOATING, f"eni-{NOBODY}"]
    describe = "DescribeNetworkInterfaces"
    code, message = house.refusal(describe, NetworkInterfaceIds=wanted)

    assert code == "InvalidNetworkInterfaceID.NotFound"
    assert message == f"The networkInterface ID 'eni-{NOBODY}' does not exist"
    found = house.call(
        describe,
        Filters=[{"Name": "network-interface-id", "Values": wanted}],
    )["NetworkInterfaces"]
    assert [each["NetworkInterfaceId"] for each in found] == [FLOATING]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (
            {"NetworkInterfaceIds": ["eni-nonsense"]},
            "InvalidNetworkInterfaceId.Malformed",
        ),
        ({"NetworkInterfaceIds": [PRIMARY]}, "InvalidNetworkInterfaceId.Malformed"),
        (
            {"NetworkInterfaceIds": [FLOATING], "MaxResults": 5},
            "InvalidParameterCombination",
        ),
        ({"MaxResults": 4}, "InvalidParameterValue"),
        ({"MaxResults": 1001}, "InvalidParameterValue"),
        ({"MaxResults": 5, "NextToken": "nonsense"}, "InvalidNextToken"),
        ({"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
        (
            {"Filters": [{"Name": "vpc-id", "Values": [str(n) for n in range(201)]}]},
            "FilterLimitExceeded",
        ),
    ],
)
def test_a_wrong_question_is_refused(
    house: House, params: dict[str, Any], code: str
) -> None:
    assert house.code("DescribeNetworkInterfaces", **params) == code


def test_each_private_address_has_its_own_association(house: House) -> None:
    shown = house.interface()

    assert shown["Association"]["AllocationId"] == ALLOCATION
    assert shown["PrivateIpAddresses"][0]["Association"] == shown["Association"]
    assert "Association" not in house.interface(SPARE)
    assert shown["Attachment"]["InstanceId"] == PRIMARY


def test_an_interface_in_use_is_not_deleted(house: House) -> None:
    assert house.refusal("DeleteNetworkInterface", NetworkInterfaceId=FLOATING) == (
        "InvalidParameterValue",
        f"Network interface '{FLOATING}' is currently in use.",
    )
    house.detach()
    code = house.code("DeleteNetworkInterface", NetworkInterfaceId=FLOATING)
    assert code == "InvalidParameterValue"
    house.advance(4)

    house.call("DeleteNetworkInterface", NetworkInterfaceId=FLOATING)

    code = house.code("DeleteNetworkInterface", NetworkInterfaceId=FLOATING)
    assert code == "InvalidNetworkInterfaceID.NotFound"
    assert "NetworkInterfaceId" not in house.address()


def test_an_attachments_flag_needs_the_current_attachment(house: House) -> None:
    modify = "ModifyNetworkInterfaceAttribute"
    flag = {"DeleteOnTermination": True}
    wrong = house.code(
        modify,
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": f"eni-attach-{NOBODY}", **flag},
    )
    house.call(
        modify,
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": house.bond(), **flag},
    )

    assert wrong == "InvalidAttachmentID.NotFound"
    assert house.interface()["Attachment"]["DeleteOnTermination"] is True


def test_one_call_changes_one_attribute(house: House) -> None:
    modify = "ModifyNetworkInterfaceAttribute"
    two = {"Description": {"Value": "new"}, "SourceDestCheck": {"Value": False}}
    code = house.code(modify, NetworkInterfaceId=FLOATING, **two)
    assert code == "InvalidParameterCombination"
    assert house.interface()["Description"] == "Secondary/Interface"

    for name, value in two.items():
        house.call(modify, NetworkInterfaceId=FLOATING, **{name: value})

    shown = house.interface()
    assert (shown["Description"], shown["SourceDestCheck"]) == ("new", False)
    house.call(modify, NetworkInterfaceId=FLOATING, Description={"Value": ""})
    assert house.interface()["Description"] == ""


def test_a_managed_interface_is_told_as_one(house: House) -> None:
    shown = house.interface(MANAGED)

    assert shown["RequesterManaged"] is True
    assert shown["InterfaceType"] == "nat_gateway"
    assert shown["Attachment"]["InstanceOwnerId"] == "amazon-aws"
    assert "InstanceId" not in shown["Attachment"]
