"""The default VPC of a region, and its subnets."""

from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import internet_gateways, subnets, vpcs, zones
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.network import InternetGateway, Route, Subnet, Vpc
from ec2sim.state.region import Region

CIDR = "172.31.0.0/16"


def make(region: Region) -> Vpc:
    """A default VPC with a subnet in each zone, a gateway and a way out."""
    row = Vpc(id=ids.VPC.make(region.around.chance), cidr=CIDR, is_default=True)
    vpcs.make(region, row)
    open_up(region, row)
    for zone in zones.zones(region.name):
        make_subnet(region, row, zone)
    return row


def open_up(region: Region, row: Vpc) -> InternetGateway:
    """Give a VPC an internet gateway, and its main route table a route to it."""
    gateway = internet_gateways.make(region, vpc_id=row.id)
    for table in list(region.route_tables):
        if table.vpc_id == row.id:
            out = Route(destination="0.0.0.0/0", gateway_id=gateway.id)
            routes = (*table.routes, out)
            region.route_tables.put(replace(table, routes=routes), at=region.now)
    return gateway


def make_subnet(region: Region, vpc: Vpc, zone: str) -> Subnet:
    """The default subnet of a zone; each zone has its own range."""
    place = zones.zones(region.name).index(zone)
    row = Subnet(
        id=ids.SUBNET.make(region.around.chance),
        vpc_id=vpc.id,
        cidr=f"172.31.{place * 16}.0/20",
        zone=zone,
        zone_id=zones.zone_id(zone),
        is_default=True,
        lends_public_ip=True,
    )
    subnets.make(region, row)
    return row


@action
def create_default_vpc(region: Region, _params: Params) -> Reply:
    """CreateDefaultVpc: where there is none."""
    for vpc in region.vpcs:
        if vpc.is_default:
            raise Ec2Error(
                "DefaultVpcAlreadyExists",
                "A Default VPC already exists for this account in this region.",
            )
    return {"Vpc": vpcs.view(region, make(region))}


@action
def create_default_subnet(region: Region, params: Params) -> Reply:
    """CreateDefaultSubnet: one in each zone of the default VPC."""
    zone = subnets.chosen_zone(region, params)
    vpc = next((each for each in region.vpcs if each.is_default), None)
    if vpc is None:
        raise Ec2Error(
            "DefaultVpcDoesNotExist",
            "No default VPC exists for this account in this region.",
        )
    if any(row.is_default and row.zone == zone for row in region.subnets):
        raise Ec2Error(
            "DefaultSubnetAlreadyExistsInAvailabilityZone",
            f"A default subnet already exists in availability zone {zone}.",
        )
    return {"Subnet": subnets.view(region, make_subnet(region, vpc, zone))}
