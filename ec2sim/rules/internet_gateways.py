"""Internet gateways: the way out of a VPC."""

from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing, lookup, tags
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.network import InternetGateway
from ec2sim.state.region import Region


def view(region: Region, row: InternetGateway) -> dict[str, Any]:
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
    fields: filters.Fields[InternetGateway] = {
        "attachment.state": lambda row: ("available" if row.vpc_id else None,),
        "attachment.vpc-id": lambda row: (row.vpc_id,),
        "internet-gateway-id": lambda row: (row.id,),
        "owner-id": lambda _row: (region.account_id,),
    }
    asked = listing.Listing(
        action="DescribeInternetGateways",
        kind=ids.INTERNET_GATEWAY,
        ids="InternetGatewayIds",
        fields=fields,
        id_filter="internet-gateway-id",
    )
    found, token = listing.rows(region, region.gateways, asked, params)
    return listing.page(
        "InternetGateways", [view(region, row) for row in found], token=token
    )


def make(region: Region, **members: Any) -> InternetGateway:
    """Add a gateway."""
    row = InternetGateway(id=ids.INTERNET_GATEWAY.make(region.around.chance), **members)
    region.gateways.put(row, at=region.now)
    return row


@action
def create_internet_gateway(region: Region, params: Params) -> Reply:
    """CreateInternetGateway."""
    row = make(region, tags=tags.specified(params, "internet-gateway"))
    return {"InternetGateway": view(region, row)}


@action
def attach_internet_gateway(region: Region, params: Params) -> Reply:
    """AttachInternetGateway: one gateway for a VPC, one VPC for a gateway."""
    row = _named(region, params)
    vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    if row.vpc_id:
        raise Ec2Error(
            "Resource.AlreadyAssociated",
            f"resource {row.id} is already attached to network {row.vpc_id}",
        )
    if any(each.vpc_id == vpc.id for each in region.gateways):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Network {vpc.id} already has an internet gateway attached",
        )
    region.gateways.put(replace(row, vpc_id=vpc.id), at=region.now)
    return {}


@action
def detach_internet_gateway(region: Region, params: Params) -> Reply:
    """DetachInternetGateway: not while the VPC has public addresses in use."""
    row = _named(region, params)
    vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    if row.vpc_id != vpc.id:
        raise Ec2Error(
            "Gateway.NotAttached",
            f"resource {row.id} is not attached to network {vpc.id}",
        )
    public = any(
        private.association
        for interface in region.interfaces
        if interface.vpc_id == vpc.id
        for private in interface.addresses
    )
    if public:
        raise Ec2Error(
            "DependencyViolation",
            f"Network {vpc.id} has some mapped public address(es). Please unmap those "
            "public address(es) before detaching the gateway.",
        )
    region.gateways.put(replace(row, vpc_id=None), at=region.now)
    return {}


@action
def delete_internet_gateway(region: Region, params: Params) -> Reply:
    """DeleteInternetGateway: only a detached one."""
    row = _named(region, params)
    if row.vpc_id:
        raise Ec2Error(
            "DependencyViolation",
            f"The internetGateway '{row.id}' has dependencies and cannot be deleted.",
        )
    region.gateways.drop(row.id, at=region.now)
    return {}


def _named(region: Region, params: Params) -> InternetGateway:
    return lookup.named(
        region.gateways, ids.INTERNET_GATEWAY, params["InternetGatewayId"]
    )
