"""Finding what a call names, or refusing it in EC2's words."""

from collections.abc import Iterable
from typing import TypeVar

from ec2sim.errors import Ec2Error
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.instance import Instance
from ec2sim.state.interface import Attachment, NetworkInterface
from ec2sim.state.network import SecurityGroup, Subnet
from ec2sim.state.region import Region
from ec2sim.state.table import Row, Table

R = TypeVar("R", bound=Row)


def named(table: Table[R], kind: ids.Kind, value: str) -> R:
    """The row of that identifier. Raises Ec2Error: malformed, or not found."""
    kind.check(value)
    row = table.get(value)
    if row is None:
        raise kind.missing(value)
    return row


def _seen(region: Region, kind: ids.Kind, row: R) -> R:
    """Refuse a row that is so new that EC2 does not know it yet."""
    if region.hides(row.id):
        raise kind.missing(row.id)
    return row


def interface(region: Region, value: str) -> NetworkInterface:
    """The network interface of that identifier."""
    return _seen(region, ids.INTERFACE, named(region.interfaces, ids.INTERFACE, value))


def instance(region: Region, value: str) -> Instance:
    """The instance of that identifier, terminated ones included."""
    return _seen(region, ids.INSTANCE, named(region.instances, ids.INSTANCE, value))


def instances(region: Region, values: Iterable[str]) -> list[Instance]:
    """The instances of these identifiers, each once, or none of them.

    Raises Ec2Error for the first that is malformed, or for all that are unknown.
    """
    wanted = list(dict.fromkeys(values))
    for value in wanted:
        ids.INSTANCE.check(value)
    missing = [
        value
        for value in wanted
        if value not in region.instances or region.hides(value)
    ]
    if missing:
        raise ids.INSTANCE.missing(*missing)
    return [row for value in wanted if (row := region.instances.get(value))]


def elastic_ip(region: Region, value: str) -> ElasticIp:
    """The Elastic IP of that allocation."""
    row = named(region.elastic_ips, ids.ALLOCATION, value)
    return _seen(region, ids.ALLOCATION, row)


def subnet(region: Region, value: str) -> Subnet:
    """The subnet of that identifier."""
    return _seen(region, ids.SUBNET, named(region.subnets, ids.SUBNET, value))


def attachment(region: Region, value: str) -> tuple[NetworkInterface, Attachment]:
    """The interface that has this attachment, and the attachment."""
    if not value.startswith(f"{ids.SERVICE_ATTACHMENT_PREFIX}-"):
        ids.ATTACHMENT.check(value)
    for row in region.interfaces.find("attachment.attachment-id", value):
        if row.attachment is not None:
            return row, row.attachment
    raise ids.ATTACHMENT.missing(value)


def check_unheld(row: NetworkInterface) -> None:
    """Refuse to attach what a service manages, or what is attached already."""
    if row.is_managed:
        raise Ec2Error(
            "OperationNotPermitted",
            f"You do not have permission to attach the interface '{row.id}', which a "
            "service manages.",
        )
    if row.attachment is not None:
        raise Ec2Error(
            "InvalidNetworkInterface.InUse", f"Interface: [{row.id}] in use."
        )


def groups(
    region: Region, values: list[str], *, vpc_id: str
) -> tuple[tuple[str, str], ...]:
    """Identifier and name of each group; none given means the VPC's default one."""
    if not values:
        default = [
            (group.id, group.name)
            for group in region.groups
            if group.vpc_id == vpc_id and group.name == "default"
        ]
        return tuple(default[:1])
    found: list[SecurityGroup] = []
    for value in values:
        ids.SECURITY_GROUP.check(value)
        group = region.groups.get(value)
        if group is None:
            raise Ec2Error(
                "InvalidGroup.NotFound", f"The security group '{value}' does not exist"
            )
        if group.vpc_id != vpc_id:
            raise Ec2Error(
                "InvalidParameterCombination",
                f"You have specified two resources that belong to different networks: "
                f"'{value}' is not in '{vpc_id}'.",
            )
        found.append(group)
    return tuple((group.id, group.name) for group in found)


def held_by(region: Region, instance_id: str) -> list[NetworkInterface]:
    """The interfaces of an instance, in order of device index."""
    found = region.interfaces.find("attachment.instance-id", instance_id)
    return sorted(
        found, key=lambda row: row.attachment.device_index if row.attachment else 0
    )
