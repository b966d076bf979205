"""VPCs: create, describe, change, delete."""

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import (
    dhcp_options,
    filters,
    listing,
    lookup,
    security_groups,
    tags,
    unsimulated,
)
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.rules.filters import text
from ec2sim.state import ids
from ec2sim.state.network import Route, RouteAssociation, RouteTable, Vpc
from ec2sim.state.region import Region

NOT_SIMULATED = (
    "AmazonProvidedIpv6CidrBlock",
    "Ipv4IpamPoolId",
    "Ipv4NetmaskLength",
    "Ipv6CidrBlock",
    "Ipv6CidrBlockNetworkBorderGroup",
    "Ipv6IpamPoolId",
    "Ipv6NetmaskLength",
    "Ipv6Pool",
    "VpcEncryptionControl",
)
# The attributes, the members that tell of them, and the fields that hold them.
ATTRIBUTES = {
    "enableDnsSupport": ("EnableDnsSupport", "dns_support"),
    "enableDnsHostnames": ("EnableDnsHostnames", "dns_hostnames"),
    "enableNetworkAddressUsageMetrics": (
        "EnableNetworkAddressUsageMetrics",
        "usage_metrics",
    ),
}
NEVER = (
    "ipv6-cidr-block-association.ipv6-cidr-block",
    "ipv6-cidr-block-association.ipv6-pool",
    "ipv6-cidr-block-association.association-id",
    "ipv6-cidr-block-association.state",
)


def network(value: str, *, code: str = "InvalidVpc.Range") -> str:
    """A block of addresses as EC2 keeps it. Raises Ec2Error when it is wrong."""
    try:
        block = IPv4Network(value, strict=False)
    except ValueError as error:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({value}) for parameter cidrBlock is invalid. This is not a valid "
            "CIDR block.",
        ) from error
    if not 16 <= block.prefixlen <= 28:
        raise Ec2Error(code, f"The CIDR '{value}' is invalid.")
    return str(block)


def view(region: Region, row: Vpc) -> dict[str, Any]:
    """A VPC in EC2's shape."""
    return {
        "VpcId": row.id,
        "CidrBlock": row.cidr,
        "State": "available",
        "IsDefault": row.is_default,
        "OwnerId": region.account_id,
        "InstanceTenancy": "default",
        "DhcpOptionsId": dhcp_options.default_id(region),
        "CidrBlockAssociationSet": [
            {
                "AssociationId": _association_id(row),
                "CidrBlock": row.cidr,
                "CidrBlockState": {"State": "associated"},
            }
        ],
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "Tags": listing.tag_set(row.tags),
    }


def _association_id(row: Vpc) -> str:
    return f"vpc-cidr-assoc-{row.id.removeprefix('vpc-')}"


def _fields(region: Region) -> filters.Fields[Vpc]:
    never: dict[str, filters.Values[Vpc]] = dict.fromkeys(NEVER, lambda _row: ())
    return {
        **never,
        "cidr": lambda row: (row.cidr,),
        "cidr-block": lambda row: (row.cidr,),
        "cidrBlock": lambda row: (row.cidr,),
        "cidr-block-association.association-id": lambda row: (_association_id(row),),
        "cidr-block-association.cidr-block": lambda row: (row.cidr,),
        "cidr-block-association.state": lambda _row: ("associated",),
        "dhcp-options-id": lambda _row: (dhcp_options.default_id(region),),
        "is-default": lambda row: (text(row.is_default),),
        "isDefault": lambda row: (text(row.is_default),),
        "owner-id": lambda _row: (region.account_id,),
        "state": lambda _row: ("available",),
        "vpc-id": lambda row: (row.id,),
    }


@action
def describe_vpcs(region: Region, params: Params) -> Reply:
    """DescribeVpcs, in pages."""
    asked = listing.Listing(
        action="DescribeVpcs",
        kind=ids.VPC,
        ids="VpcIds",
        fields=_fields(region),
        id_filter="vpc-id",
    )
    found, token = listing.rows(region, region.vpcs, asked, params)
    return listing.page("Vpcs", [view(region, row) for row in found], token=token)


def make(region: Region, row: Vpc) -> None:
    """Add a VPC with its main route table and its default group."""
    region.vpcs.put(row, at=region.now)
    chance = region.around.chance
    table = RouteTable(
        id=ids.ROUTE_TABLE.make(chance),
        vpc_id=row.id,
        routes=(
            Route(destination=row.cidr, gateway_id="local", origin="CreateRouteTable"),
        ),
        associations=(
            RouteAssociation(id=ids.ROUTE_ASSOCIATION.make(chance), is_main=True),
        ),
    )
    region.route_tables.put(table, at=region.now)
    if not any(
        group.vpc_id == row.id and group.name == "default" for group in region.groups
    ):
        security_groups.make(
            region, vpc_id=row.id, name="default", description="default VPC group"
        )


@action
def create_vpc(region: Region, params: Params) -> Reply:
    """CreateVpc, with what comes along in EC2."""
    unsimulated.refuse(params, NOT_SIMULATED)
    if params.get("InstanceTenancy") not in (None, "default"):
        unsimulated.refuse(params, ("InstanceTenancy",))
    row = Vpc(
        id=ids.VPC.make(region.around.chance),
        cidr=network(required(params, "CidrBlock")),
        dns_hostnames=False,
        tags=tags.specified(params, "vpc"),
    )
    make(region, row)
    return {"Vpc": {**view(region, row), "State": "pending"}}


@action
def delete_vpc(region: Region, params: Params) -> Reply:
    """DeleteVpc: only when nothing is left in it but what came along with it."""
    row = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    groups = [each for each in region.groups if each.vpc_id == row.id]
    tables = [each for each in region.route_tables if each.vpc_id == row.id]
    is_used = (
        any(each.vpc_id == row.id for each in region.subnets)
        or any(each.vpc_id == row.id for each in region.gateways)
        or any(group.name != "default" for group in groups)
        or any(not _is_main(table) for table in tables)
    )
    if is_used:
        raise Ec2Error(
            "DependencyViolation",
            f"The vpc '{row.id}' has dependencies and cannot be deleted.",
        )
    for group in groups:
        security_groups.remove(region, group)
    for table in tables:
        region.route_tables.drop(table.id, at=region.now)
    region.vpcs.drop(row.id, at=region.now)
    return {}


@action
def modify_vpc_attribute(region: Region, params: Params) -> Reply:
    """ModifyVpcAttribute: one attribute in each call."""
    row = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    given = {
        field: params[member]["Value"]
        for member, field in ATTRIBUTES.values()
        if params.get(member) is not None
    }
    if not given:
        raise Ec2Error("MissingParameter", "No attribute to modify was given.")
    if len(given) > 1:
        raise Ec2Error(
            "InvalidParameterCombination",
            "Fields for multiple attribute types specified: " + ", ".join(given),
        )
    region.vpcs.put(replace(row, **given), at=region.now)
    return {}


@action
def describe_vpc_attribute(region: Region, params: Params) -> Reply:
    """DescribeVpcAttribute: one attribute of one VPC."""
    row = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    name = params["Attribute"]
    if name not in ATTRIBUTES:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({name}) for parameter attribute is invalid. Unknown attribute.",
        )
    member, field = ATTRIBUTES[name]
    return {"VpcId": row.id, member: {"Value": getattr(row, field)}}


def _is_main(table: RouteTable) -> bool:
    return any(bond.is_main for bond in table.associations)
