"""Routes: create, replace and delete, each by its exact destination."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network

from ec2sim.errors import Ec2Error
from ec2sim.rules import attachments, lookup, unsimulated
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.network import Route, RouteTable
from ec2sim.state.region import Region

# Targets that moto keeps: they are written down as they are given.
OTHER_TARGETS = (
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "VpcEndpointId",
)
TARGETS = ("NetworkInterfaceId", "InstanceId", "GatewayId", *OTHER_TARGETS)
NOT_SIMULATED = (
    "DestinationIpv6CidrBlock",
    "DestinationPrefixListId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "EgressOnlyInternetGatewayId",
    "LocalGatewayId",
    "OdbNetworkArn",
)


@action
def create_route(region: Region, params: Params) -> Reply:
    """CreateRoute: to an interface, an instance's only interface, or a gateway.

    The destination is written down in its canonical form, as EC2 does.
    """
    row, block = _asked(region, params)
    destination = str(block)
    route = _target(region, row, params, destination)
    if any(other.destination == destination for other in row.routes):
        raise Ec2Error(
            "RouteAlreadyExists",
            f"The route identified by {destination} already exists.",
        )
    region.route_tables.put(replace(row, routes=(*row.routes, route)), at=region.now)
    return {"Return": True}


@action
def replace_route(region: Region, params: Params) -> Reply:
    """ReplaceRoute: only an existing one, by its exact destination."""
    row, _ = _asked(region, params)
    old = _existing(row, params["DestinationCidrBlock"])
    if params.get("LocalTarget"):
        return _reset_to_local(old, params)
    route = _target(region, row, params, old.destination)
    if old.gateway_id == "local":
        raise _local_stays(row, old, "replace")
    routes = tuple(
        route if other.destination == old.destination else other for other in row.routes
    )
    region.route_tables.put(replace(row, routes=routes), at=region.now)
    return {}


@action
def delete_route(region: Region, params: Params) -> Reply:
    """DeleteRoute, by its exact destination."""
    row, _ = _asked(region, params)
    old = _existing(row, params["DestinationCidrBlock"])
    if old.gateway_id == "local":
        raise _local_stays(row, old, "remove")
    left = tuple(each for each in row.routes if each.destination != old.destination)
    region.route_tables.put(replace(row, routes=left), at=region.now)
    return {}


def _asked(region: Region, params: Params) -> tuple[RouteTable, IPv4Network]:
    unsimulated.refuse(params, NOT_SIMULATED)
    row = lookup.named(region.route_tables, ids.ROUTE_TABLE, params["RouteTableId"])
    cidr = params.get("DestinationCidrBlock")
    if not cidr:
        raise Ec2Error(
            "MissingParameter",
            "The request must contain the parameter destinationCidrBlock",
        )
    try:
        block = IPv4Network(cidr, strict=False)
    except ValueError as error:
        raise _bad_block(cidr) from error
    if "/" not in cidr:
        raise _bad_block(cidr)
    return row, block


def _bad_block(cidr: str) -> Ec2Error:
    return Ec2Error(
        "InvalidParameterValue",
        f"Value ({cidr}) for parameter destinationCidrBlock is invalid. This is not a "
        "valid CIDR block.",
    )


def _existing(row: RouteTable, destination: str) -> Route:
    for route in row.routes:
        if route.destination == destination:
            return route
    raise Ec2Error(
        "InvalidRoute.NotFound",
        f"no route with destination-cidr-block {destination} in route table {row.id}",
    )


def _local_stays(row: RouteTable, route: Route, verb: str) -> Ec2Error:
    return Ec2Error(
        "InvalidParameterValue",
        f"cannot {verb} local route {route.destination} in route table {row.id}",
    )


def _reset_to_local(old: Route, params: Params) -> Reply:
    """The local route keeps its default target here, so there is nothing to do."""
    if old.gateway_id != "local":
        raise Ec2Error(
            "InvalidParameterValue",
            f"{old.destination} is not a local route, which alone can have the target "
            "local",
        )
    if any(params.get(name) for name in TARGETS):
        raise _not_one()
    return {}


def _target(region: Region, row: RouteTable, params: Params, destination: str) -> Route:
    given = {name: str(params[name]) for name in TARGETS if params.get(name)}
    if not given:
        raise Ec2Error(
            "MissingParameter", "The request must contain a target for the route."
        )
    if len(given) > 1:
        raise _not_one()
    if "GatewayId" in given:
        return _to_gateway(region, row, given["GatewayId"], destination)
    for name in OTHER_TARGETS:
        if name in given:
            return Route(destination=destination, other_target=(name, given[name]))
    return _to_interface(region, row, given, destination)


def _to_interface(
    region: Region, row: RouteTable, given: Mapping[str, str], destination: str
) -> Route:
    if "NetworkInterfaceId" in given:
        interface = lookup.interface(region, given["NetworkInterfaceId"])
    else:
        instance = lookup.instance(region, given["InstanceId"])
        interface = attachments.only_interface(region, instance.id)
    if interface.vpc_id != row.vpc_id:
        raise _other_network(row, f"interface {interface.id}")
    return Route(destination=destination, interface_id=interface.id)


def _to_gateway(
    region: Region, row: RouteTable, gateway_id: str, destination: str
) -> Route:
    gateway = region.gateways.get(gateway_id)
    if gateway is None:
        raise Ec2Error(
            "InvalidGatewayID.NotFound", f"The gateway ID '{gateway_id}' does not exist"
        )
    if gateway.vpc_id != row.vpc_id:
        raise _other_network(row, f"network gateway {gateway.id}")
    return Route(destination=destination, gateway_id=gateway.id)


def _other_network(row: RouteTable, target: str) -> Ec2Error:
    return Ec2Error(
        "InvalidParameterValue",
        f"route table {row.id} and {target} belong to different networks",
    )


def _not_one() -> Ec2Error:
    return Ec2Error(
        "InvalidParameterCombination", "A route must have exactly one target."
    )
