"""Route tables; a route is a blackhole while its interface is not attached."""

from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing, lookup, tags, vpcs
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.filters import text
from ec2sim.state import ids
from ec2sim.state.network import Route, RouteAssociation, RouteTable
from ec2sim.state.region import Region

OTHER_TARGETS = (
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "VpcEndpointId",
)


def state_of(region: Region, route: Route) -> str:
    """`active`, or `blackhole` when what it points at cannot take packets."""
    if route.interface_id is not None:
        interface = region.interfaces.get(route.interface_id)
        gone = interface is None or interface.attachment is None
        return "blackhole" if gone else "active"
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
    return {
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
        "route.instance-id": lambda row: [
            _route(region, route).get("InstanceId") for route in row.routes
        ],
        "route.nat-gateway-id": lambda _row: (),
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
    )
    found, token = listing.rows(region, region.route_tables, asked, params)
    reply: Reply = {"RouteTables": [view(region, row) for row in found]}
    return {**reply, "NextToken": token} if token else reply


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


@action
def create_route(region: Region, params: Params) -> Reply:
    """CreateRoute: to an interface, an instance's only interface, or a gateway."""
    row, destination = _asked(region, params)
    route = _target(region, params, destination)
    for other in row.routes:
        if other.destination == destination:
            raise Ec2Error(
                "RouteAlreadyExists",
                f"The route identified by {destination} already exists.",
            )
    region.route_tables.put(replace(row, routes=(*row.routes, route)), at=region.now)
    return {"Return": True}


@action
def replace_route(region: Region, params: Params) -> Reply:
    """ReplaceRoute: only an existing one, by its exact destination."""
    row, destination = _asked(region, params)
    route = _target(region, params, destination)
    _check_exists(row, destination)
    routes = tuple(
        route if other.destination == destination else other for other in row.routes
    )
    region.route_tables.put(replace(row, routes=routes), at=region.now)
    return {}


@action
def delete_route(region: Region, params: Params) -> Reply:
    """DeleteRoute, by its exact destination."""
    row, destination = _asked(region, params)
    _check_exists(row, destination)
    left = tuple(each for each in row.routes if each.destination != destination)
    region.route_tables.put(replace(row, routes=left), at=region.now)
    return {}


@action
def associate_route_table(region: Region, params: Params) -> Reply:
    """AssociateRouteTable: a subnet has one table."""
    row = lookup.named(region.route_tables, ids.ROUTE_TABLE, params["RouteTableId"])
    subnet = lookup.subnet(region, params.get("SubnetId") or "")
    for table in region.route_tables:
        if any(bond.subnet_id == subnet.id for bond in table.associations):
            raise Ec2Error(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table.id} conflicts with "
                "an existing association",
            )
    bond = RouteAssociation(
        id=ids.ROUTE_ASSOCIATION.make(region.around.chance), subnet_id=subnet.id
    )
    grown = replace(row, associations=(*row.associations, bond))
    region.route_tables.put(grown, at=region.now)
    return {"AssociationId": bond.id, "AssociationState": {"State": "associated"}}


@action
def disassociate_route_table(region: Region, params: Params) -> Reply:
    """DisassociateRouteTable: the subnet falls back to the main table."""
    association_id = params["AssociationId"]
    for row in region.route_tables:
        left = tuple(bond for bond in row.associations if bond.id != association_id)
        if len(left) < len(row.associations):
            region.route_tables.put(replace(row, associations=left), at=region.now)
            return {}
    raise ids.ROUTE_ASSOCIATION.missing(association_id)


def _asked(region: Region, params: Params) -> tuple[RouteTable, str]:
    row = lookup.named(region.route_tables, ids.ROUTE_TABLE, params["RouteTableId"])
    cidr = params.get("DestinationCidrBlock")
    if not cidr:
        raise Ec2Error(
            "MissingParameter",
            "The request must contain the parameter destinationCidrBlock",
        )
    return row, vpcs.network(cidr, least=0, most=32)


def _check_exists(row: RouteTable, destination: str) -> None:
    for route in row.routes:
        if route.destination == destination:
            if route.gateway_id == "local":
                raise Ec2Error(
                    "InvalidParameterValue",
                    "cannot change or remove local route in route table",
                )
            return
    raise Ec2Error(
        "InvalidRoute.NotFound",
        f"no route with destination-cidr-block {destination} in route table {row.id}",
    )


def _target(region: Region, params: Params, destination: str) -> Route:
    if params.get("NetworkInterfaceId"):
        interface = lookup.interface(region, params["NetworkInterfaceId"])
        return Route(destination=destination, interface_id=interface.id)
    if params.get("InstanceId"):
        instance = lookup.instance(region, params["InstanceId"])
        held = lookup.held_by(region, instance.id)
        if len(held) != 1:
            raise Ec2Error(
                "InvalidInstanceID",
                f"There are multiple interfaces attached to instance '{instance.id}'. "
                "Please specify an interface ID for the operation instead.",
            )
        return Route(destination=destination, interface_id=held[0].id)
    if params.get("GatewayId"):
        gateway = lookup.named(
            region.gateways, ids.INTERNET_GATEWAY, params["GatewayId"]
        )
        return Route(destination=destination, gateway_id=gateway.id)
    for name in OTHER_TARGETS:
        if params.get(name):
            return Route(destination=destination, other_target=(name, params[name]))
    raise Ec2Error(
        "MissingParameter", "The request must contain a target for the route."
    )
