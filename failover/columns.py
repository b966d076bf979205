"""EC2's facts as columns of the mirror's tables, and which fact belongs to which."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from failover import models
from failover.engine.topology import (
    ElasticIp,
    Instance,
    Interface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from failover.models.inventory import Mirrored

Fact = Interface | Instance | ElasticIp | RouteTable | Vpc | Subnet | SecurityGroup
Columns = Mapping[str, Any]

# EC2 allows tags of 256 and descriptions of 255 characters; what sends more shall
# not stop the others from being written.
NAME_LENGTH, DESCRIPTION_LENGTH = 256, 255
# Tags whose keys begin so, in either case, are set by AWS's services alone.
AWS_OWN = "aws:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the mirror: the column of EC2's id, and how a fact becomes a row."""

    model: type[Mirrored]
    key: str
    id_of: Callable[[Any], str]
    columns_of: Callable[[Any], dict[str, Any]]


def table_of(fact: type[Fact]) -> Table:
    """Where facts of this type are kept."""
    return TABLES[fact]


def keyed(facts: Iterable[Fact], table: Table) -> dict[str, Columns]:
    """The facts' columns by their ids."""
    return {table.id_of(fact): table.columns_of(fact) for fact in facts}


def interface_columns(interface: Interface) -> dict[str, Any]:
    """A network interface's columns."""
    attachment = interface.attachment
    primary = next((a for a in interface.addresses if a.primary), None)
    return {
        "name": _name(interface.tags),
        "tags": dict(interface.tags),
        "status": interface.status,
        "availability_zone": interface.availability_zone,
        "vpc_id": interface.vpc_id,
        "subnet_id": interface.subnet_id,
        "description": interface.description[:DESCRIPTION_LENGTH],
        "interface_type": interface.interface_type,
        "mac_address": interface.mac_address,
        "private_ip": primary.address if primary else "",
        "public_ip": next(
            (a.public_ip for a in interface.addresses if a.public_ip), ""
        ),
        "private_ips": [
            {
                "address": a.address,
                "primary": a.primary,
                "public_ip": a.public_ip,
                "allocation_id": a.allocation_id or "",
                "association_id": a.association_id,
            }
            for a in interface.addresses
        ],
        "ipv6_addresses": list(interface.ipv6_addresses),
        "security_groups": [
            {"id": i, "name": name} for i, name in interface.security_groups
        ],
        "source_dest_check": interface.source_dest_check,
        "requester_managed": interface.requester_managed,
        "attachment_id": attachment.id if attachment else "",
        "instance_id": attachment.instance_id if attachment else "",
        "device_index": attachment.device_index if attachment else None,
        "attachment_status": attachment.status if attachment else "",
        "delete_on_termination": bool(attachment and attachment.delete_on_termination),
        "attach_time": attachment.attach_time if attachment else "",
    }


def instance_columns(instance: Instance) -> dict[str, Any]:
    """An instance's columns."""
    return {
        "name": _name(instance.tags),
        "tags": dict(instance.tags),
        "state": instance.state,
        "availability_zone": instance.availability_zone,
        "vpc_id": instance.vpc_id,
        "subnet_id": instance.subnet_id,
        "type": instance.type,
        "private_ips": list(instance.private_ips),
        "public_ip": instance.public_ip,
        "system_status": instance.system_status,
        "instance_status": instance.instance_status,
        "interfaces": [
            {"id": s.interface_id, "device_index": s.device_index}
            for s in instance.slots
        ],
        "interface_limit": instance.interface_limit,
        "launch_time": instance.launch_time,
    }


def elastic_ip_columns(address: ElasticIp) -> dict[str, Any]:
    """An Elastic IP's columns."""
    return {
        "name": _name(address.tags),
        "tags": dict(address.tags),
        "public_ip": address.public_ip,
        "association_id": address.association_id,
        "network_interface_id": address.interface_id or "",
        "private_ip": address.private_ip,
        "instance_id": address.instance_id or "",
    }


def route_table_columns(table: RouteTable) -> dict[str, Any]:
    """A route table's columns."""
    return {
        "name": _name(table.tags),
        "tags": dict(table.tags),
        "vpc_id": table.vpc_id,
        "routes": [
            {
                "destination_cidr": route.destination_cidr,
                "network_interface_id": route.interface_id or "",
                "state": route.state,
            }
            for route in table.routes
        ],
        "subnet_ids": list(table.subnet_ids),
    }


def vpc_columns(vpc: Vpc) -> dict[str, Any]:
    """A VPC's columns."""
    return {
        "name": _name(vpc.tags),
        "tags": dict(vpc.tags),
        "cidr_block": vpc.cidr_block,
        "is_default": vpc.is_default,
    }


def subnet_columns(subnet: Subnet) -> dict[str, Any]:
    """A subnet's columns."""
    return {
        "name": _name(subnet.tags),
        "tags": dict(subnet.tags),
        "vpc_id": subnet.vpc_id,
        "availability_zone": subnet.availability_zone,
        "cidr_block": subnet.cidr_block,
    }


def security_group_columns(group: SecurityGroup) -> dict[str, Any]:
    """A security group's columns; its name is its own, not a tag's."""
    return {
        "name": group.name[:NAME_LENGTH],
        "tags": dict(group.tags),
        "vpc_id": group.vpc_id,
        "description": group.description[:DESCRIPTION_LENGTH],
    }


def _name(tags: Mapping[str, str]) -> str:
    return tags.get("Name", "")[:NAME_LENGTH]


def _id(fact: Any) -> str:
    return str(fact.id)


def _allocation_id(fact: ElasticIp) -> str:
    return str(fact.allocation_id)


def _table(
    model: type[Mirrored],
    key: str,
    columns_of: Callable[[Any], dict[str, Any]],
    id_of: Callable[[Any], str] = _id,
) -> Table:
    return Table(model=model, key=key, id_of=id_of, columns_of=columns_of)


INTERFACES = _table(models.NetworkInterface, "interface_id", interface_columns)
INSTANCES = _table(models.Instance, "instance_id", instance_columns)
ELASTIC_IPS = _table(
    models.ElasticIp, "allocation_id", elastic_ip_columns, _allocation_id
)
ROUTE_TABLES = _table(models.RouteTable, "route_table_id", route_table_columns)
VPCS = _table(models.Vpc, "vpc_id", vpc_columns)
SUBNETS = _table(models.Subnet, "subnet_id", subnet_columns)
SECURITY_GROUPS = _table(models.SecurityGroup, "group_id", security_group_columns)

TABLES: Mapping[type[Fact], Table] = {
    Interface: INTERFACES,
    Instance: INSTANCES,
    ElasticIp: ELASTIC_IPS,
    RouteTable: ROUTE_TABLES,
    Vpc: VPCS,
    Subnet: SUBNETS,
    SecurityGroup: SECURITY_GROUPS,
}
