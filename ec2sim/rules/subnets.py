"""Subnets: a range of addresses in one zone."""

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing, lookup, tags, vpcs, zones
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.filters import text
from ec2sim.state import ids
from ec2sim.state.address_space import PrivateSpace
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region


def arn(region: Region, subnet_id: str) -> str:
    """The resource name of a subnet."""
    return f"arn:aws:ec2:{region.name}:{region.account_id}:subnet/{subnet_id}"


def view(region: Region, row: Subnet) -> dict[str, Any]:
    """A subnet in EC2's shape."""
    return {
        "SubnetId": row.id,
        "SubnetArn": arn(region, row.id),
        "VpcId": row.vpc_id,
        "CidrBlock": row.cidr,
        "AvailabilityZone": row.zone,
        "AvailabilityZoneId": row.zone_id,
        "AvailableIpAddressCount": region.spaces[row.id].free,
        "State": "available",
        "DefaultForAz": row.is_default,
        "MapPublicIpOnLaunch": row.lends_public_ip,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "OwnerId": region.account_id,
        "Tags": listing.tag_set(row.tags),
    }


FIELDS: filters.Fields[Subnet] = {
    "availability-zone": lambda row: (row.zone,),
    "availabilityZone": lambda row: (row.zone,),
    "availability-zone-id": lambda row: (row.zone_id,),
    "cidr-block": lambda row: (row.cidr,),
    "cidr": lambda row: (row.cidr,),
    "default-for-az": lambda row: (text(row.is_default),),
    "map-public-ip-on-launch": lambda row: (text(row.lends_public_ip),),
    "state": lambda _row: ("available",),
    "subnet-id": lambda row: (row.id,),
    "vpc-id": lambda row: (row.vpc_id,),
}
LISTING = listing.Listing(
    action="DescribeSubnets",
    kind=ids.SUBNET,
    ids="SubnetIds",
    fields=FIELDS,
    id_filter="subnet-id",
)


@action
def describe_subnets(region: Region, params: Params) -> Reply:
    """DescribeSubnets, in pages."""
    found, token = listing.rows(region, region.subnets, LISTING, params)
    reply: Reply = {"Subnets": [view(region, row) for row in found]}
    return {**reply, "NextToken": token} if token else reply


def make(region: Region, row: Subnet) -> None:
    """Add a subnet with all its addresses free."""
    region.spaces[row.id] = PrivateSpace(row.cidr)
    region.subnets.put(row, at=region.now)


@action
def create_subnet(region: Region, params: Params) -> Reply:
    """CreateSubnet: inside its VPC, beside its neighbours."""
    vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    cidr = vpcs.network(params.get("CidrBlock") or "")
    zone = params.get("AvailabilityZone") or zones.zones(region.name)[0]
    if zone not in zones.zones(region.name):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid.",
        )
    block = IPv4Network(cidr)
    if not block.subnet_of(IPv4Network(vpc.cidr)):
        raise Ec2Error("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    for other in region.subnets:
        if other.vpc_id == vpc.id and block.overlaps(IPv4Network(other.cidr)):
            raise Ec2Error(
                "InvalidSubnet.Conflict",
                f"The CIDR '{cidr}' conflicts with another subnet",
            )
    row = Subnet(
        id=ids.SUBNET.make(region.around.chance),
        vpc_id=vpc.id,
        cidr=cidr,
        zone=zone,
        zone_id=zones.zone_id(zone),
        tags=tags.specified(params, "subnet"),
    )
    make(region, row)
    return {"Subnet": view(region, row)}


@action
def delete_subnet(region: Region, params: Params) -> Reply:
    """DeleteSubnet: only an empty one."""
    row = lookup.subnet(region, params["SubnetId"])
    if region.interfaces.find("subnet-id", row.id):
        raise Ec2Error(
            "DependencyViolation",
            f"The subnet '{row.id}' has dependencies and cannot be deleted.",
        )
    region.subnets.drop(row.id, at=region.now)
    del region.spaces[row.id]
    return {}


@action
def modify_subnet_attribute(region: Region, params: Params) -> Reply:
    """ModifySubnetAttribute: MapPublicIpOnLaunch."""
    row = lookup.subnet(region, params["SubnetId"])
    wanted = params.get("MapPublicIpOnLaunch")
    if wanted:
        region.subnets.put(replace(row, lends_public_ip=wanted["Value"]), at=region.now)
    return {}
