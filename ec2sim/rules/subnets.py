"""Subnets: a range of addresses in one zone."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from ec2sim.errors import Ec2Error, ReplyNever
from ec2sim.rules import filters, listing, lookup, tags, unsimulated, vpcs, zones
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.rules.filters import text
from ec2sim.state import ids
from ec2sim.state.address_space import PrivateSpace
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region

NOT_SIMULATED = (
    "Ipv4IpamPoolId",
    "Ipv4NetmaskLength",
    "Ipv6CidrBlock",
    "Ipv6IpamPoolId",
    "Ipv6Native",
    "Ipv6NetmaskLength",
    "OutpostArn",
)
NOT_CHANGED = (
    "AssignIpv6AddressOnCreation",
    "EnableDns64",
    "EnableResourceNameDnsAAAARecordOnLaunch",
    "EnableResourceNameDnsARecordOnLaunch",
    "MapCustomerOwnedIpOnLaunch",
)
NEVER = (
    "customer-owned-ipv4-pool",
    "enable-lni-at-device-index",
    "ipv6-cidr-block-association.association-id",
    "ipv6-cidr-block-association.ipv6-cidr-block",
    "ipv6-cidr-block-association.state",
    "outpost-arn",
)
# The same for every subnet: the member of the reply, the filter, and the value.
SAME: Mapping[str, tuple[str, bool]] = {
    "EnableDns64": ("enable-dns64", False),
    "Ipv6Native": ("ipv6-native", False),
    "MapCustomerOwnedIpOnLaunch": ("map-customer-owned-ip-on-launch", False),
}
HOST_NAMES = "private-dns-name-options-on-launch"


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
        "AvailableIpAddressCount": _free(region, row),
        "State": "available",
        "DefaultForAz": row.is_default,
        "MapPublicIpOnLaunch": row.lends_public_ip,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "OwnerId": region.account_id,
        "PrivateDnsNameOptionsOnLaunch": {
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": False,
            "EnableResourceNameDnsAAAARecord": False,
        },
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "Tags": listing.tag_set(row.tags),
        **{member: value for member, (_, value) in SAME.items()},
    }


def _free(region: Region, row: Subnet) -> int:
    """The free addresses; none in a subnet that is gone and still shown."""
    space = region.spaces.get(row.id)
    return 0 if space is None else space.free


def _fields(region: Region) -> filters.Fields[Subnet]:
    fields: dict[str, filters.Values[Subnet]] = dict.fromkeys(NEVER, lambda _row: ())
    for filter_name, _ in SAME.values():
        fields[filter_name] = lambda _row: ("false",)
    for name in ("a", "aaaa"):
        fields[f"{HOST_NAMES}.enable-resource-name-dns-{name}-record"] = lambda _row: (
            "false",
        )
    fields.update(
        {
            f"{HOST_NAMES}.hostname-type": lambda _row: ("ip-name",),
            "available-ip-address-count": lambda row: (str(_free(region, row)),),
            "default-for-az": lambda row: (text(row.is_default),),
            "map-public-ip-on-launch": lambda row: (text(row.lends_public_ip),),
            "owner-id": lambda _row: (region.account_id,),
            "state": lambda _row: ("available",),
            "subnet-arn": lambda row: (arn(region, row.id),),
            "subnet-id": lambda row: (row.id,),
            "vpc-id": lambda row: (row.vpc_id,),
        }
    )
    for name in ("availability-zone", "availabilityZone"):
        fields[name] = lambda row: (row.zone,)
    for name in ("availability-zone-id", "availabilityZoneId"):
        fields[name] = lambda row: (row.zone_id,)
    for name in ("cidr-block", "cidr", "cidrBlock"):
        fields[name] = lambda row: (row.cidr,)
    fields["defaultForAz"] = fields["default-for-az"]
    return fields


@action
def describe_subnets(region: Region, params: Params) -> Reply:
    """DescribeSubnets, in pages."""
    asked = listing.Listing(
        action="DescribeSubnets",
        kind=ids.SUBNET,
        ids="SubnetIds",
        fields=_fields(region),
        id_filter="subnet-id",
    )
    found, token = listing.rows(region, region.subnets, asked, params)
    return listing.page("Subnets", [view(region, row) for row in found], token=token)


def make(region: Region, row: Subnet) -> None:
    """Add a subnet with all its addresses free."""
    region.spaces[row.id] = PrivateSpace(row.cidr)
    region.subnets.put(row, at=region.now)


def chosen_zone(region: Region, params: Params) -> str:
    """The zone that a new subnet is for; a change in one that is down is not answered.

    Raises Ec2Error for a zone that the region does not have.
    """
    known = zones.zones(region.name)
    asked = params.get("AvailabilityZone") or params.get("AvailabilityZoneId")
    for zone in known:
        if asked in (None, zone, zones.zone_id(zone)):
            if zone in region.outages:
                raise ReplyNever
            return zone
    raise Ec2Error(
        "InvalidParameterValue",
        f"Value ({asked}) for parameter availabilityZone is invalid. Subnets can "
        "currently only be created in the following availability zones: "
        f"{', '.join(known)}.",
    )


@action
def create_subnet(region: Region, params: Params) -> Reply:
    """CreateSubnet: inside its VPC, beside its neighbours."""
    unsimulated.refuse(params, NOT_SIMULATED)
    vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    cidr = vpcs.network(required(params, "CidrBlock"), code="InvalidSubnet.Range")
    block = IPv4Network(cidr)
    if not block.subnet_of(IPv4Network(vpc.cidr)):
        raise Ec2Error("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    for other in region.subnets:
        if other.vpc_id == vpc.id and block.overlaps(IPv4Network(other.cidr)):
            raise Ec2Error(
                "InvalidSubnet.Conflict",
                f"The CIDR '{cidr}' conflicts with another subnet",
            )
    named = tags.specified(params, "subnet")
    zone = chosen_zone(region, params)
    row = Subnet(
        id=ids.SUBNET.make(region.around.chance),
        vpc_id=vpc.id,
        cidr=cidr,
        zone=zone,
        zone_id=zones.zone_id(zone),
        tags=named,
    )
    make(region, row)
    return {"Subnet": {**view(region, row), "State": "pending"}}


@action
def delete_subnet(region: Region, params: Params) -> Reply:
    """DeleteSubnet: only an empty one; it leaves its route table."""
    row = lookup.subnet(region, params["SubnetId"])
    if region.interfaces.count("subnet-id", row.id):
        raise Ec2Error(
            "DependencyViolation",
            f"The subnet '{row.id}' has dependencies and cannot be deleted.",
        )
    for table in list(region.route_tables):
        bonds = tuple(b for b in table.associations if b.subnet_id != row.id)
        if bonds != table.associations:
            region.route_tables.put(replace(table, associations=bonds), at=region.now)
    region.subnets.drop(row.id, at=region.now)
    del region.spaces[row.id]
    return {}


@action
def modify_subnet_attribute(region: Region, params: Params) -> Reply:
    """ModifySubnetAttribute: MapPublicIpOnLaunch."""
    row = lookup.subnet(region, params["SubnetId"])
    asked = {name: (params.get(name) or {}).get("Value") for name in NOT_CHANGED}
    unsimulated.refuse(asked, NOT_CHANGED)
    unsimulated.refuse(params, ("CustomerOwnedIpv4Pool", "EnableLniAtDeviceIndex"))
    wanted = params.get("MapPublicIpOnLaunch")
    if wanted is not None:
        changed = replace(row, lends_public_ip=bool(wanted.get("Value")))
        region.subnets.put(changed, at=region.now)
    return {}
