"""Every rule in one place: importing this fills the register of calls."""

from ec2sim.rules import (
    attachments,
    elastic_ip_views,
    elastic_ips,
    images,
    instance_types,
    instance_views,
    instances,
    interface_views,
    interfaces,
    launches,
    private_ips,
    route_tables,
    security_groups,
    subnets,
    tags,
    vpcs,
    zones,
)
from ec2sim.rules.actions import ACTIONS

MODULES = (
    attachments,
    elastic_ip_views,
    elastic_ips,
    images,
    instance_types,
    instance_views,
    instances,
    interface_views,
    interfaces,
    launches,
    private_ips,
    route_tables,
    security_groups,
    subnets,
    tags,
    vpcs,
    zones,
)
__all__ = ["ACTIONS", "MODULES"]
