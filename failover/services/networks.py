"""What interfaces stand in, as last read: VPCs, subnets, groups, route tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from failover.models import RouteTable, SecurityGroup, Subnet, Vpc
from failover.services import scoping

# What the page of a VPC says that the role may not read.
READ_OF_VPCS = "ec2:DescribeVpcs"


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcView:
    """A VPC."""

    id: str
    name: str
    account: str
    region: str
    cidr_block: str
    is_default: bool
    tags: Mapping[str, str]
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetView:
    """A subnet."""

    id: str
    name: str
    account: str
    region: str
    vpc_id: str
    availability_zone: str
    cidr_block: str
    tags: Mapping[str, str]
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroupView:
    """A security group; `name` is its own, not a tag."""

    id: str
    name: str
    account: str
    region: str
    vpc_id: str
    description: str
    tags: Mapping[str, str]
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTableView:
    """A route table; a route's interface is null where it leads to something else."""

    id: str
    name: str
    account: str
    region: str
    vpc_id: str
    routes: tuple[Mapping[str, Any], ...]
    subnet_ids: tuple[str, ...]
    tags: Mapping[str, str]
    observed_at: datetime


def list_vpcs() -> QuerySet[Vpc]:
    """VPCs that EC2 still shows."""
    rows = Vpc.objects.filter(vanished_at=None)
    return scoping.visible(rows).select_related("region__account")


def list_subnets() -> QuerySet[Subnet]:
    """Subnets that EC2 still shows."""
    rows = Subnet.objects.filter(vanished_at=None)
    return scoping.visible(rows).select_related("region__account")


def list_security_groups() -> QuerySet[SecurityGroup]:
    """Security groups that EC2 still shows."""
    rows = SecurityGroup.objects.filter(vanished_at=None)
    return scoping.visible(rows).select_related("region__account")


def list_route_tables() -> QuerySet[RouteTable]:
    """Route tables that EC2 still shows."""
    rows = RouteTable.objects.filter(vanished_at=None)
    return scoping.visible(rows).select_related("region__account")


# One of each. Raises NotFound.


def get_vpc(vpc_id: str) -> Vpc:
    """By EC2's id; where VPCs are not read, what its subnets say, in no row yet."""
    rows = list_vpcs().filter(vpc_id=vpc_id)
    subnet = list_subnets().filter(vpc_id=vpc_id).first()
    is_unread = subnet is not None and not subnet.region.read_began_at(Vpc)
    if subnet is None or not is_unread or rows.exists():
        return scoping.one(rows, what="VPC", id=vpc_id)
    scoping.require(subnet)
    return Vpc(
        vpc_id=vpc_id,
        region=subnet.region,
        observed_at=subnet.observed_at,
        observed_began_at=subnet.seen_began_at,
    )


def get_subnet(subnet_id: str) -> Subnet:
    """By EC2's id."""
    rows = list_subnets().filter(subnet_id=subnet_id)
    return scoping.one(rows, what="subnet", id=subnet_id)


def get_security_group(group_id: str) -> SecurityGroup:
    """By EC2's id."""
    rows = list_security_groups().filter(group_id=group_id)
    return scoping.one(rows, what="security group", id=group_id)


def get_route_table(route_table_id: str) -> RouteTable:
    """By EC2's id."""
    rows = list_route_tables().filter(route_table_id=route_table_id)
    return scoping.one(rows, what="route table", id=route_table_id)


# Views.


def view_vpcs(rows: Iterable[Vpc]) -> list[VpcView]:
    return [
        VpcView(
            id=row.vpc_id,
            cidr_block=row.cidr_block,
            is_default=row.is_default,
            **_common(row),
        )
        for row in rows
    ]


def view_subnets(rows: Iterable[Subnet]) -> list[SubnetView]:
    return [
        SubnetView(
            id=row.subnet_id,
            vpc_id=row.vpc_id,
            availability_zone=row.availability_zone,
            cidr_block=row.cidr_block,
            **_common(row),
        )
        for row in rows
    ]


def view_security_groups(rows: Iterable[SecurityGroup]) -> list[SecurityGroupView]:
    return [
        SecurityGroupView(
            id=row.group_id,
            vpc_id=row.vpc_id,
            description=row.description,
            **_common(row),
        )
        for row in rows
    ]


def view_route_tables(rows: Iterable[RouteTable]) -> list[RouteTableView]:
    return [
        RouteTableView(
            id=row.route_table_id,
            vpc_id=row.vpc_id,
            routes=tuple(
                {**r, "network_interface_id": r["network_interface_id"] or None}
                for r in row.routes
            ),
            subnet_ids=tuple(row.subnet_ids),
            **_common(row),
        )
        for row in rows
    ]


def _common(row: Vpc | Subnet | SecurityGroup | RouteTable) -> dict[str, Any]:
    return {
        "name": row.name,
        "account": row.region.account.name,
        "region": row.region.name,
        "tags": row.tags,
        "observed_at": row.seen_at,
    }
