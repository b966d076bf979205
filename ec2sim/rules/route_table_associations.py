"""Which route table a subnet uses: associate, replace, disassociate."""

from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import lookup, unsimulated
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.state import ids
from ec2sim.state.network import RouteAssociation, RouteTable, Subnet
from ec2sim.state.region import Region

NOT_SIMULATED = ("GatewayId", "PublicIpv4Pool")
ASSOCIATED = {"State": "associated"}


@action
def associate_route_table(region: Region, params: Params) -> Reply:
    """AssociateRouteTable: a subnet has one table."""
    unsimulated.refuse(params, NOT_SIMULATED)
    row = _table(region, params["RouteTableId"])
    subnet = lookup.subnet(region, required(params, "SubnetId"))
    _check_network(row, subnet)
    for table in region.route_tables:
        if any(bond.subnet_id == subnet.id for bond in table.associations):
            raise Ec2Error(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {row.id} conflicts with "
                "an existing association",
            )
    bond = RouteAssociation(
        id=ids.ROUTE_ASSOCIATION.make(region.around.chance), subnet_id=subnet.id
    )
    _add(region, row, bond)
    return {"AssociationId": bond.id, "AssociationState": ASSOCIATED}


@action
def replace_route_table_association(region: Region, params: Params) -> Reply:
    """ReplaceRouteTableAssociation: of a subnet, or of a VPC's main table."""
    old, bond = _found(region, params["AssociationId"])
    row = _table(region, params["RouteTableId"])
    if row.vpc_id != old.vpc_id:
        raise Ec2Error(
            "InvalidParameterValue",
            f"route table {row.id} and route table {old.id} belong to different "
            "networks",
        )
    _drop(region, old, bond)
    made = replace(bond, id=ids.ROUTE_ASSOCIATION.make(region.around.chance))
    # It may be the table that has just lost it.
    _add(region, _table(region, row.id), made)
    return {"NewAssociationId": made.id, "AssociationState": ASSOCIATED}


@action
def disassociate_route_table(region: Region, params: Params) -> Reply:
    """DisassociateRouteTable: the subnet falls back to the main table."""
    row, bond = _found(region, params["AssociationId"])
    if bond.is_main:
        raise Ec2Error(
            "InvalidParameterValue",
            f"cannot disassociate the main route table association {bond.id}",
        )
    _drop(region, row, bond)
    return {}


def _table(region: Region, value: str) -> RouteTable:
    return lookup.named(region.route_tables, ids.ROUTE_TABLE, value)


def _found(region: Region, value: str) -> tuple[RouteTable, RouteAssociation]:
    for row in region.route_tables:
        for bond in row.associations:
            if bond.id == value:
                return row, bond
    raise ids.ROUTE_ASSOCIATION.missing(value)


def _add(region: Region, row: RouteTable, bond: RouteAssociation) -> None:
    grown = replace(row, associations=(*row.associations, bond))
    region.route_tables.put(grown, at=region.now)


def _drop(region: Region, row: RouteTable, bond: RouteAssociation) -> None:
    left = tuple(each for each in row.associations if each.id != bond.id)
    region.route_tables.put(replace(row, associations=left), at=region.now)


def _check_network(row: RouteTable, subnet: Subnet) -> None:
    if subnet.vpc_id != row.vpc_id:
        raise Ec2Error(
            "InvalidParameterValue",
            f"route table {row.id} and subnet {subnet.id} belong to different networks",
        )
