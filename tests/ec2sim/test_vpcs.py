"""VPCs, subnets, gateways, DHCP options, zones and regions."""

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.ec2sim.conftest import FLOATING, SUBNET, VPC, Sim

DEFAULT_VPC = "vpc-2ef9cd49"


def vpc(sim: Sim, cidr: str = "10.5.0.0/16") -> str:
    """A new VPC."""
    return str(sim.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])


def subnet(sim: Sim, vpc_id: str, cidr: str = "10.5.1.0/24", **more: Any) -> str:
    """A new subnet."""
    made = sim.ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr, **more)
    return str(made["Subnet"]["SubnetId"])


def test_a_vpc_comes_with_a_table_and_a_group(sim: Sim) -> None:
    made = vpc(sim)
    mine = [{"Name": "vpc-id", "Values": [made]}]

    shown = sim.ec2.describe_vpcs(VpcIds=[made])["Vpcs"][0]
    tables = sim.ec2.describe_route_tables(Filters=mine)["RouteTables"]
    groups = sim.ec2.describe_security_groups(Filters=mine)["SecurityGroups"]

    assert (shown["State"], shown["IsDefault"]) == ("available", False)
    assert shown["CidrBlockAssociationSet"][0]["CidrBlock"] == "10.5.0.0/16"
    assert tables[0]["Associations"][0]["Main"] is True
    assert [each["GroupName"] for each in groups] == ["default"]
    options = sim.ec2.describe_dhcp_options(DhcpOptionsIds=[shown["DhcpOptionsId"]])
    assert options["DhcpOptions"][0]["DhcpConfigurations"][0]["Values"] == [
        {"Value": "eu-west-1.compute.internal"}
    ]


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("10.0.0.0/8", "InvalidVpc.Range"),
        ("10.0.0.0/29", "InvalidVpc.Range"),
        ("10.0.0.0/33", "InvalidParameterValue"),
        ("nonsense", "InvalidParameterValue"),
    ],
)
def test_a_wrong_range_is_refused(sim: Sim, cidr: str, code: str) -> None:
    assert sim.refusal(sim.ec2.create_vpc, CidrBlock=cidr)[0] == code


def test_a_vpc_is_deleted_only_when_it_is_empty(sim: Sim) -> None:
    made = vpc(sim)
    inside = subnet(sim, made)
    delete = sim.ec2.delete_vpc
    assert sim.refusal(delete, VpcId=made) == (
        "DependencyViolation",
        f"The vpc '{made}' has dependencies and cannot be deleted.",
    )
    sim.ec2.delete_subnet(SubnetId=inside)
    group = sim.ec2.create_security_group(
        GroupName="web", Description="web", VpcId=made
    )["GroupId"]
    assert sim.refusal(delete, VpcId=made)[0] == "DependencyViolation"
    sim.ec2.delete_security_group(GroupId=group)
    table = sim.ec2.create_route_table(VpcId=made)["RouteTable"]["RouteTableId"]
    assert sim.refusal(delete, VpcId=made)[0] == "DependencyViolation"
    sim.ec2.delete_route_table(RouteTableId=table)

    delete(VpcId=made)

    assert sim.refusal(delete, VpcId=made)[0] == "InvalidVpcID.NotFound"
    mine = [{"Name": "vpc-id", "Values": [made]}]
    assert sim.ec2.describe_security_groups(Filters=mine)["SecurityGroups"] == []
    assert sim.ec2.describe_route_tables(Filters=mine)["RouteTables"] == []


@pytest.mark.parametrize(
    ("attribute", "member"),
    [
        ("enableDnsSupport", "EnableDnsSupport"),
        ("enableDnsHostnames", "EnableDnsHostnames"),
        ("enableNetworkAddressUsageMetrics", "EnableNetworkAddressUsageMetrics"),
    ],
)
def test_an_attribute_of_a_vpc_is_changed(
    sim: Sim, attribute: str, member: str
) -> None:
    def told() -> bool:
        shown = sim.ec2.describe_vpc_attribute(VpcId=VPC, Attribute=attribute)
        return bool(shown[member]["Value"])

    wanted = not told()
    sim.ec2.modify_vpc_attribute(VpcId=VPC, **{member: {"Value": wanted}})

    assert told() is wanted


def test_attributes_of_a_vpc_are_changed_one_by_one(sim: Sim) -> None:
    modify = sim.ec2.modify_vpc_attribute
    both = {
        name: {"Value": True} for name in ("EnableDnsSupport", "EnableDnsHostnames")
    }

    assert sim.refusal(modify, VpcId=VPC, **both)[0] == "InvalidParameterCombination"
    assert sim.refusal(modify, VpcId=VPC)[0] == "MissingParameter"
    describe = sim.ec2.describe_vpc_attribute
    answer = sim.refusal(describe, VpcId=VPC, Attribute="colour")
    assert answer[0] == "InvalidParameterValue"


def test_a_subnet_lies_inside_its_vpc_beside_the_others(sim: Sim) -> None:
    made = vpc(sim)
    create = sim.ec2.create_subnet
    first = subnet(sim, made)

    for cidr, code in (
        ("10.5.1.128/25", "InvalidSubnet.Conflict"),
        ("10.6.0.0/24", "InvalidSubnet.Range"),
        ("10.5.2.0/29", "InvalidSubnet.Range"),
        ("10.5.2.0/33", "InvalidParameterValue"),
    ):
        assert sim.refusal(create, VpcId=made, CidrBlock=cidr)[0] == code
    answer = sim.refusal(
        create, VpcId=made, CidrBlock="10.5.2.0/24", AvailabilityZone="eu-west-1z"
    )
    assert answer == (
        "InvalidParameterValue",
        "Value (eu-west-1z) for parameter availabilityZone is invalid. Subnets can "
        "currently only be created in the following availability zones: eu-west-1a, "
        "eu-west-1b, eu-west-1c.",
    )
    by_id = subnet(sim, made, "10.5.2.0/24", AvailabilityZoneId="euw1-az3")
    shown = sim.ec2.describe_subnets(SubnetIds=[first, by_id])["Subnets"]
    assert [each["AvailabilityZone"][-1] for each in shown] == ["a", "c"]
    assert [each["AvailableIpAddressCount"] for each in shown] == [251, 251]


def test_a_subnet_in_use_is_not_deleted(sim: Sim) -> None:
    assert sim.refusal(sim.ec2.delete_subnet, SubnetId=SUBNET) == (
        "DependencyViolation",
        f"The subnet '{SUBNET}' has dependencies and cannot be deleted.",
    )


def test_a_deleted_subnet_leaves_its_route_table(sim: Sim) -> None:
    made = vpc(sim)
    inside = subnet(sim, made)
    table = sim.ec2.create_route_table(VpcId=made)["RouteTable"]["RouteTableId"]
    sim.ec2.associate_route_table(RouteTableId=table, SubnetId=inside)

    sim.ec2.delete_subnet(SubnetId=inside)

    shown = sim.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    assert shown["Associations"] == []
    sim.ec2.delete_route_table(RouteTableId=table)


def test_what_is_not_simulated_of_a_subnet_is_refused(sim: Sim) -> None:
    modify = sim.ec2.modify_subnet_attribute
    answer = sim.refusal(
        modify, SubnetId=SUBNET, AssignIpv6AddressOnCreation={"Value": True}
    )

    assert answer[0] == "UnsupportedOperation"
    modify(SubnetId=SUBNET, AssignIpv6AddressOnCreation={"Value": False})
    modify(SubnetId=SUBNET, MapPublicIpOnLaunch={"Value": True})
    shown = sim.ec2.describe_subnets(SubnetIds=[SUBNET])["Subnets"][0]
    assert shown["MapPublicIpOnLaunch"] is True


def test_a_gateway_has_one_vpc_and_a_vpc_one_gateway(sim: Sim) -> None:
    made, other = vpc(sim), vpc(sim, "10.6.0.0/16")
    create = sim.ec2.create_internet_gateway
    first, second = (create()["InternetGateway"]["InternetGatewayId"] for _ in range(2))
    attach, detach = sim.ec2.attach_internet_gateway, sim.ec2.detach_internet_gateway
    attach(InternetGatewayId=first, VpcId=made)

    assert sim.refusal(attach, InternetGatewayId=first, VpcId=other)[0] == (
        "Resource.AlreadyAssociated"
    )
    assert sim.refusal(attach, InternetGatewayId=second, VpcId=made)[0] == (
        "InvalidParameterValue"
    )
    assert sim.refusal(detach, InternetGatewayId=first, VpcId=other)[0] == (
        "Gateway.NotAttached"
    )
    delete = sim.ec2.delete_internet_gateway
    assert sim.refusal(delete, InternetGatewayId=first)[0] == "DependencyViolation"
    mine = [{"Name": "attachment.vpc-id", "Values": [made]}]
    shown = sim.ec2.describe_internet_gateways(Filters=mine)["InternetGateways"][0]
    assert shown["Attachments"] == [{"State": "available", "VpcId": made}]
    detach(InternetGatewayId=first, VpcId=made)
    delete(InternetGatewayId=first)


def test_a_gateway_in_use_by_public_addresses_stays(sim: Sim) -> None:
    mine = [{"Name": "attachment.vpc-id", "Values": [VPC]}]
    found = sim.ec2.describe_internet_gateways(Filters=mine)["InternetGateways"][0]

    assert sim.refusal(
        sim.ec2.detach_internet_gateway,
        InternetGatewayId=found["InternetGatewayId"],
        VpcId=VPC,
    ) == (
        "DependencyViolation",
        f"Network {VPC} has some mapped public address(es). Please unmap those public "
        "address(es) before detaching the gateway.",
    )


def test_a_region_without_a_default_vpc_is_given_one(sim: Sim) -> None:
    sim.control("seed", {"region": "eu-north-1", "empty_vpc": True})
    north = sim.client(region_name="eu-north-1")
    answer = sim.refusal(north.create_default_subnet, AvailabilityZone="eu-north-1a")
    assert answer[0] == "DefaultVpcDoesNotExist"

    made = north.create_default_vpc()["Vpc"]

    assert (made["IsDefault"], made["CidrBlock"]) == (True, "172.31.0.0/16")
    default = [{"Name": "default-for-az", "Values": ["true"]}]
    assert len(north.describe_subnets(Filters=default)["Subnets"]) == 3
    assert sim.refusal(north.create_default_vpc)[0] == "DefaultVpcAlreadyExists"
    answer = sim.refusal(north.create_default_subnet, AvailabilityZone="eu-north-1a")
    assert answer[0] == "DefaultSubnetAlreadyExistsInAvailabilityZone"


def test_a_default_subnet_that_is_missing_is_made(sim: Sim) -> None:
    made = sim.ec2.create_default_subnet(AvailabilityZone="eu-west-1b")["Subnet"]

    assert (made["VpcId"], made["DefaultForAz"]) == (DEFAULT_VPC, True)


def test_a_subnet_in_a_zone_that_is_down_is_never_answered(sim: Sim) -> None:
    hasty = sim.client(read_timeout_s=0.5)
    sim.control("zones/eu-west-1b", {"outage": True})
    asked = {"VpcId": VPC, "CidrBlock": "20.0.7.0/24"}

    with pytest.raises(ReadTimeoutError):
        hasty.create_subnet(**asked, AvailabilityZone="eu-west-1b")

    sim.ec2.create_subnet(**asked, AvailabilityZone="eu-west-1a")


def test_zones_are_told_by_name_and_by_identifier(sim: Sim) -> None:
    describe = sim.ec2.describe_availability_zones
    by_name = describe(ZoneNames=["eu-west-1b"])["AvailabilityZones"]
    by_id = describe(ZoneIds=["euw1-az2"])["AvailabilityZones"]

    assert by_name == by_id
    assert (by_name[0]["ZoneId"], by_name[0]["State"]) == ("euw1-az2", "available")
    for wrong in ({"ZoneNames": ["eu-west-2a"]}, {"ZoneIds": ["euw1-az9"]}):
        assert sim.refusal(describe, **wrong)[0] == "InvalidParameterValue"
    tagged = [{"Name": "tag:Name", "Values": ["x"]}]
    assert sim.refusal(describe, Filters=tagged)[0] == "InvalidParameterValue"


def test_regions_are_those_that_are_enabled_or_all(sim: Sim) -> None:
    describe = sim.ec2.describe_regions
    enabled = {each["RegionName"] for each in describe()["Regions"]}
    every = {each["RegionName"] for each in describe(AllRegions=True)["Regions"]}

    assert {"eu-west-1", "us-east-1"} <= enabled < every
    named = describe(RegionNames=["eu-west-1"])["Regions"]
    assert [each["Endpoint"] for each in named] == ["ec2.eu-west-1.amazonaws.com"]
    answer = sim.refusal(describe, RegionNames=["mars-north-1"])
    assert answer[0] == "InvalidParameterValue"


def test_attributes_of_the_account_tell_its_quotas(sim: Sim) -> None:
    sim.control("seed", {"quotas": {"instances": 7, "elastic_ips": 9}})

    found = sim.ec2.describe_account_attributes()["AccountAttributes"]

    told = {
        each["AttributeName"]: each["AttributeValues"][0]["AttributeValue"]
        for each in found
    }
    assert told["default-vpc"] == DEFAULT_VPC
    assert (told["max-instances"], told["vpc-max-elastic-ips"]) == ("7", "9")
    answer = sim.refusal(sim.ec2.describe_account_attributes, AttributeNames=["colour"])
    assert answer[0] == "InvalidParameterValue"


def test_a_subnet_counts_its_free_addresses(sim: Sim) -> None:
    def free() -> int:
        shown = sim.ec2.describe_subnets(SubnetIds=[SUBNET])["Subnets"][0]
        return int(shown["AvailableIpAddressCount"])

    before = free()
    sim.ec2.assign_private_ip_addresses(
        NetworkInterfaceId=FLOATING, SecondaryPrivateIpAddressCount=1
    )

    assert free() == before - 1
