"""VPCs and internet gateways."""

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing, lookup, security_groups, tags
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.filters import text
from ec2sim.state import ids
from ec2sim.state.network import (
    InternetGateway,
    Route,
    RouteAssociation,
    RouteTable,
    Vpc,
)
from ec2sim.state.region import Region


def network(value: str, *, least: int = 16, most: int = 28) -> str:
    """A block of addresses as EC2 keeps it. Raises Ec2Error when it is wrong."""
    try:
        block = IPv4Network(value)
    except ValueError as error:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({value}) for parameter cidrBlock is invalid. This is not a valid "
            "CIDR block.",
        ) from error
    if not least <= block.prefixlen <= most:
        raise Ec2Error("InvalidVpc.Range", f"The CIDR '{value}' is invalid.")
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
        "DhcpOptionsId": "default",
        "CidrBlockAssociationSet": [
            {
                "AssociationId": f"vpc-cidr-assoc-{row.id.removeprefix('vpc-')}",
                "CidrBlock": row.cidr,
                "CidrBlockState": {"State": "associated"},
            }
        ],
        "Tags": listing.tag_set(row.tags),
    }


FIELDS: filters.Fields[Vpc] = {
    "cidr": lambda row: (row.cidr,),
    "cidr-block-association.cidr-block": lambda row: (row.cidr,),
    "cidr-block-association.state": lambda _row: ("associated",),
    "dhcp-options-id": lambda _row: ("default",),
    "is-default": lambda row: (text(row.is_default),),
    "isDefault": lambda row: (text(row.is_default),),
    "state": lambda _row: ("available",),
    "vpc-id": lambda row: (row.id,),
}
LISTING = listing.Listing(
    action="DescribeVpcs",
    kind=ids.VPC,
    ids="VpcIds",
    fields=FIELDS,
    id_filter="vpc-id",
)


@action
def describe_vpcs(region: Region, params: Params) -> Reply:
    """DescribeVpcs, in pages."""
    found, token = listing.rows(region, region.vpcs, LISTING, params)
    reply: Reply = {"Vpcs": [view(region, row) for row in found]}
    return {**reply, "NextToken": token} if token else reply


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
    row = Vpc(
        id=ids.VPC.make(region.around.chance),
        cidr=network(params.get("CidrBlock") or ""),
        dns_hostnames=False,
        tags=tags.specified(params, "vpc"),
    )
    make(region, row)
    return {"Vpc": {**view(region, row), "State": "pending"}}


@action
def delete_vpc(region: Region, params: Params) -> Reply:
    """DeleteVpc: only when nothing is left in it."""
    row = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    inside = [each for each in region.subnets if each.vpc_id == row.id]
    bound = [each for each in region.gateways if each.vpc_id == row.id]
    if inside or bound:
        raise Ec2Error(
            "DependencyViolation",
            f"The vpc '{row.id}' has dependencies and cannot be deleted.",
        )
    for group in [each for each in region.groups if each.vpc_id == row.id]:
        region.groups.drop(group.id, at=region.now)
    for table in [each for each in region.route_tables if each.vpc_id == row.id]:
        region.route_tables.drop(table.id, at=region.now)
    region.vpcs.drop(row.id, at=region.now)
    return {}


@action
def modify_vpc_attribute(region: Region, params: Params) -> Reply:
    """ModifyVpcAttribute: DNS support and host names."""
    row = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    if params.get("EnableDnsSupport"):
        row = replace(row, dns_support=params["EnableDnsSupport"]["Value"])
    if params.get("EnableDnsHostnames"):
        row = replace(row, dns_hostnames=params["EnableDnsHostnames"]["Value"])
    region.vpcs.put(row, at=region.now)
    return {}


@action
def describe_vpc_attribute(region: Region, params: Params) -> Reply:
    """DescribeVpcAttribute: DNS support or host names."""
    row = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    if params["Attribute"] == "enableDnsSupport":
        return {"VpcId": row.id, "EnableDnsSupport": {"Value": row.dns_support}}
    return {"VpcId": row.id, "EnableDnsHostnames": {"Value": row.dns_hostnames}}


GATEWAY_FIELDS: filters.Fields[InternetGateway] = {
    "attachment.state": lambda row: ("available" if row.vpc_id else None,),
    "attachment.vpc-id": lambda row: (row.vpc_id,),
    "internet-gateway-id": lambda row: (row.id,),
}
GATEWAY_LISTING = listing.Listing(
    action="DescribeInternetGateways",
    kind=ids.INTERNET_GATEWAY,
    ids="InternetGatewayIds",
    fields=GATEWAY_FIELDS,
    id_filter="internet-gateway-id",
)


def gateway_view(region: Region, row: InternetGateway) -> dict[str, Any]:
    """An internet gateway in EC2's shape."""
    bonds = [{"VpcId": row.vpc_id, "State": "available"}] if row.vpc_id else []
    return {
        "InternetGatewayId": row.id,
        "OwnerId": region.account_id,
        "Attachments": bonds,
        "Tags": listing.tag_set(row.tags),
    }


@action
def describe_internet_gateways(region: Region, params: Params) -> Reply:
    """DescribeInternetGateways, in pages."""
    found, token = listing.rows(region, region.gateways, GATEWAY_LISTING, params)
    reply: Reply = {"InternetGateways": [gateway_view(region, row) for row in found]}
    return {**reply, "NextToken": token} if token else reply


@action
def create_internet_gateway(region: Region, params: Params) -> Reply:
    """CreateInternetGateway."""
    row = InternetGateway(
        id=ids.INTERNET_GATEWAY.make(region.around.chance),
        tags=tags.specified(params, "internet-gateway"),
    )
    region.gateways.put(row, at=region.now)
    return {"InternetGateway": gateway_view(region, row)}


@action
def attach_internet_gateway(region: Region, params: Params) -> Reply:
    """AttachInternetGateway: one gateway for a VPC, one VPC for a gateway."""
    row = lookup.named(
        region.gateways, ids.INTERNET_GATEWAY, params["InternetGatewayId"]
    )
    vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    taken = any(each.vpc_id == vpc.id for each in region.gateways)
    if row.vpc_id or taken:
        raise Ec2Error(
            "Resource.AlreadyAssociated",
            f"resource {row.id} is already attached to network {row.vpc_id or vpc.id}",
        )
    region.gateways.put(replace(row, vpc_id=vpc.id), at=region.now)
    return {}


@action
def detach_internet_gateway(region: Region, params: Params) -> Reply:
    """DetachInternetGateway: not while the VPC has public addresses in use."""
    row = lookup.named(
        region.gateways, ids.INTERNET_GATEWAY, params["InternetGatewayId"]
    )
    if row.vpc_id != params["VpcId"]:
        raise Ec2Error(
            "Gateway.NotAttached",
            f"resource {row.id} is not attached to network {params['VpcId']}",
        )
    public = any(
        private.association
        for interface in region.interfaces
        if interface.vpc_id == row.vpc_id
        for private in interface.addresses
    )
    if public:
        raise Ec2Error(
            "DependencyViolation",
            f"Network {row.vpc_id} has some mapped public address(es). Please unmap "
            "those public address(es) before detaching the gateway.",
        )
    region.gateways.put(replace(row, vpc_id=None), at=region.now)
    return {}


@action
def delete_internet_gateway(region: Region, params: Params) -> Reply:
    """DeleteInternetGateway: only a detached one."""
    row = lookup.named(
        region.gateways, ids.INTERNET_GATEWAY, params["InternetGatewayId"]
    )
    if row.vpc_id:
        raise Ec2Error(
            "DependencyViolation",
            f"The internetGateway '{row.id}' has dependencies and cannot be deleted.",
        )
    region.gateways.drop(row.id, at=region.now)
    return {}
