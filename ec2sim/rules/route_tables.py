"""Route tables; a route is a blackhole while its interface takes no packets."""

from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing, lookup, tags
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.filters import text
from ec2sim.state import ids
from ec2sim.state.network import Route, RouteTable
from ec2sim.state.region import Region

# States of the instance behind an interface in which no packet gets through.
DOWN = ("stopped", "terminated")
MOST_TABLES = 100


def state_of(region: Region, route: Route) -> str:
    """`active`, or `blackhole` when what it points at cannot take packets.

    An interface can from the moment it is attaching to the end of its detach, unless
    its instance is stopped.
    """
    if route.interface_id is not None:
        interface = region.interfaces.get(route.interface_id)
        if interface is None or interface.attachment is None:
            return "blackhole"
        instance = region.instances.get(interface.instance_id or "")
        is_down = instance is not None and instance.state in DOWN
        return "blackhole" if is_down else "active"
    if route.gateway_id in (None, "local"):
        return "active"
    gateway = region.gateways.get(route.gateway_id or "")
    return "active" if gateway is not None and gateway.vpc_id else "blackhole"


def _route(region: Region, route: Route) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "DestinationCidrBlock": route.destination,
        "Origin": route.origin,
        "State": state_of(region, route),
    }
    if route.gateway_id is not None:
        shown["GatewayId"] = route.gateway_id
    if route.other_target is not None:
        shown[route.other_target[0]] = route.other_target[1]
    if route.interface_id is not None:
        shown["NetworkInterfaceId"] = route.interface_id
        interface = region.interfaces.get(route.interface_id)
        if interface is not None and interface.instance_id is not None:
            shown["InstanceId"] = interface.instance_id
            shown["InstanceOwnerId"] = region.account_id
    return shown


def view(region: Region, row: RouteTable) -> dict[str, Any]:
    """A route table in EC2's shape."""
    bonds = []
    for bond in row.associations:
        shown: dict[str, Any] = {
            "RouteTableAssociationId": bond.id,
            "RouteTableId": row.id,
            "Main": bond.is_main,
            "AssociationState": {"State": "associated"},
        }
        if bond.subnet_id is not None:
            shown["SubnetId"] = bond.subnet_id
        bonds.append(shown)
    return {
        "RouteTableId": row.id,
        "VpcId": row.vpc_id,
        "OwnerId": region.account_id,
        "Routes": [_route(region, route) for route in row.routes],
        "Associations": bonds,
        "PropagatingVgws": [],
        "Tags": listing.tag_set(row.tags),
    }


def _fields(region: Region) -> filters.Fields[RouteTable]:
    def targets(name: str) -> filters.Values[RouteTable]:
        return lambda row: [_route(region, route).get(name) for route in row.routes]

    return {
        "association.gateway-id": lambda _row: (),
        "association.main": lambda row: [text(a.is_main) for a in row.associations],
        "association.route-table-association-id": lambda row: [
            bond.id for bond in row.associations
        ],
        "association.route-table-id": lambda row: (row.id,),
        "association.subnet-id": lambda row: [a.subnet_id for a in row.associations],
        "owner-id": lambda _row: (region.account_id,),
        "route-table-id": lambda row: (row.id,),
        "route.destination-cidr-block": lambda row: [r.destination for r in row.routes],
        "route.gateway-id": lambda row: [r.gateway_id for r in row.routes],
        "route.destination-ipv6-cidr-block": lambda _row: (),
        "route.destination-prefix-list-id": lambda _row: (),
        "route.egress-only-internet-gateway-id": lambda _row: (),
        "route.instance-id": targets("InstanceId"),
        "route.nat-gateway-id": targets("NatGatewayId"),
        "route.transit-gateway-id": targets("TransitGatewayId"),
        "route.vpc-peering-connection-id": targets("VpcPeeringConnectionId"),
        "route.origin": lambda row: [route.origin for route in row.routes],
        "route.state": lambda row: [state_of(region, route) for route in row.routes],
        "vpc-id": lambda row: (row.vpc_id,),
    }


@action
def describe_route_tables(region: Region, params: Params) -> Reply:
    """DescribeRouteTables, in pages."""
    asked = listing.Listing(
        action="DescribeRouteTables",
        kind=ids.ROUTE_TABLE,
        ids="RouteTableIds",
        fields=_fields(region),
        id_filter="route-table-id",
        most=MOST_TABLES,
    )
    found, token = listing.rows(region, region.route_tables, asked, params)
    return listing.page(
        "RouteTables", [view(region, row) for row in found], token=token
    )


@action
def create_route_table(region: Region, params: Params) -> Reply:
    """CreateRouteTable, with the local route."""
    vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    local = Route(destination=vpc.cidr, gateway_id="local", origin="CreateRouteTable")
    row = RouteTable(
        id=ids.ROUTE_TABLE.make(region.around.chance),
        vpc_id=vpc.id,
        routes=(local,),
        tags=tags.specified(params, "route-table"),
    )
    region.route_tables.put(row, at=region.now)
    return {"RouteTable": view(region, row)}


@action
def delete_route_table(region: Region, params: Params) -> Reply:
    """DeleteRouteTable: only one that no subnet uses."""
    row = lookup.named(region.route_tables, ids.ROUTE_TABLE, params["RouteTableId"])
    if row.associations:
        raise Ec2Error(
            "DependencyViolation",
            f"The routeTable '{row.id}' has dependencies and cannot be deleted.",
        )
    region.route_tables.drop(row.id, at=region.now)
    return {}
