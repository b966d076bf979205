"""Every rule in one place: importing this fills the register of calls."""

from ec2sim.rules import (  # noqa: F401 - imported so that each registers its calls
    attachments,
    consoles,
    default_vpcs,
    dhcp_options,
    elastic_ip_associations,
    elastic_ip_attributes,
    elastic_ip_views,
    elastic_ips,
    group_permissions,
    images,
    instance_attributes,
    instance_options,
    instance_status,
    instance_types,
    instance_views,
    instances,
    interface_attributes,
    interface_views,
    interfaces,
    internet_gateways,
    key_pairs,
    launches,
    private_ips,
    route_table_associations,
    route_tables,
    routes,
    security_groups,
    subnets,
    tag_views,
    tags,
    vpcs,
    zones,
)
from ec2sim.rules.actions import ACTIONS

__all__ = ["ACTIONS"]
