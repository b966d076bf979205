"""What interfaces stand in: VPCs, subnets, security groups, route tables."""

from typing import ClassVar

from django.db.models import Q

from failover import models
from failover.services.filters import properties as p
from failover.services.filters.places import of_region
from failover.services.filters.table import Table

# What each of these tables can be ordered by.
ORDERED = {
    "name": "name",
    "account": "region__account__name",
    "region": "region__name",
}


class VpcFilter(Table):
    """VPCs."""

    properties = (
        p.text("name", "Name"),
        p.code("id", "VPC ID", "vpc_id"),
        *of_region(),
        p.code("cidr_block", "IPv4 range"),
        p.flag("is_default", "Default VPC", lambda: Q(is_default=True)),
    )
    searched = ("vpc_id", "name", "cidr_block")
    ordered: ClassVar[dict[str, str]] = {**ORDERED, "id": "vpc_id"}
    default_ordering = ("name", "vpc_id")

    class Meta:
        model = models.Vpc
        fields: ClassVar[list[str]] = []


class SubnetFilter(Table):
    """Subnets."""

    properties = (
        p.text("name", "Name"),
        p.code("id", "Subnet ID", "subnet_id"),
        *of_region(),
        p.code("vpc_id", "VPC ID", many=False),
        p.code("availability_zone", "Availability Zone", many=False),
        p.code("cidr_block", "IPv4 range"),
    )
    searched = ("subnet_id", "name", "cidr_block", "vpc_id", "availability_zone")
    ordered: ClassVar[dict[str, str]] = {
        **ORDERED,
        "id": "subnet_id",
        "vpc_id": "vpc_id",
        "availability_zone": "availability_zone",
    }
    default_ordering = ("name", "subnet_id")

    class Meta:
        model = models.Subnet
        fields: ClassVar[list[str]] = []


class SecurityGroupFilter(Table):
    """Security groups; the name is the group's own."""

    properties = (
        p.text("name", "Name"),
        p.code("id", "Security group ID", "group_id"),
        *of_region(),
        p.code("vpc_id", "VPC ID", many=False),
        p.text("description", "Description"),
    )
    searched = ("group_id", "name", "description", "vpc_id")
    ordered: ClassVar[dict[str, str]] = {
        **ORDERED,
        "id": "group_id",
        "vpc_id": "vpc_id",
    }
    default_ordering = ("name", "group_id")

    class Meta:
        model = models.SecurityGroup
        fields: ClassVar[list[str]] = []


class RouteTableFilter(Table):
    """Route tables."""

    properties = (
        p.text("name", "Name"),
        p.code("id", "Route table ID", "route_table_id"),
        *of_region(),
        p.code("vpc_id", "VPC ID", many=False),
    )
    searched = ("route_table_id", "name", "vpc_id")
    ordered: ClassVar[dict[str, str]] = {
        **ORDERED,
        "id": "route_table_id",
        "vpc_id": "vpc_id",
    }
    default_ordering = ("name", "route_table_id")

    class Meta:
        model = models.RouteTable
        fields: ClassVar[list[str]] = []
