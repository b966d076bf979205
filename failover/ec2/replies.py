"""EC2's replies as facts of the engine. Every field may be absent or free text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    PrivateAddress,
    Route,
    RouteTable,
    RouteTableId,
    SecurityGroup,
    Slot,
    Subnet,
    Vpc,
)

# A reply of boto3, which has no better type; it goes no further than this module.
Reply = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChecks:
    """An instance's two status checks: ok, impaired, initializing and others."""

    system: str
    instance: str


def read_interface(reply: Reply) -> Interface:
    """One element of NetworkInterfaces."""
    return Interface(
        id=InterfaceId(reply["NetworkInterfaceId"]),
        status=reply.get("Status", ""),
        availability_zone=reply.get("AvailabilityZone", ""),
        vpc_id=reply.get("VpcId", ""),
        subnet_id=reply.get("SubnetId", ""),
        description=reply.get("Description", ""),
        interface_type=reply.get("InterfaceType", "interface"),
        mac_address=reply.get("MacAddress", ""),
        addresses=_read_addresses(reply),
        ipv6_addresses=tuple(
            a.get("Ipv6Address", "") for a in reply.get("Ipv6Addresses", ())
        ),
        security_groups=tuple(
            (g.get("GroupId", ""), g.get("GroupName", ""))
            for g in reply.get("Groups", ())
        ),
        source_dest_check=reply.get("SourceDestCheck", True),
        requester_managed=_is_managed(reply),
        attachment=_read_attachment(reply.get("Attachment")),
        tags=read_tags(reply.get("TagSet", ())),
    )


def _is_managed(reply: Reply) -> bool:
    operator = reply.get("Operator") or {}
    return bool(reply.get("RequesterManaged") or operator.get("Managed"))


def _read_attachment(reply: Reply | None) -> Attachment | None:
    # Services of AWS attach without an instance of ours; those have no InstanceId.
    if not reply or not reply.get("AttachmentId"):
        return None
    return Attachment(
        id=AttachmentId(reply["AttachmentId"]),
        instance_id=InstanceId(reply.get("InstanceId", "")),
        device_index=int(reply.get("DeviceIndex", 0)),
        status=reply.get("Status", ""),
        delete_on_termination=bool(reply.get("DeleteOnTermination", False)),
        attach_time=read_time(reply.get("AttachTime")),
    )


def _read_addresses(reply: Reply) -> tuple[PrivateAddress, ...]:
    primary = reply.get("PrivateIpAddress", "")
    listed: Sequence[Reply] = reply.get("PrivateIpAddresses") or (
        [{"PrivateIpAddress": primary, "Primary": True}] if primary else []
    )
    addresses = []
    for entry in listed:
        is_primary = bool(
            entry.get("Primary", entry.get("PrivateIpAddress") == primary)
        )
        # The top-level association is the primary address's; simulators fill only it.
        spare = reply.get("Association") if is_primary else None
        association = entry.get("Association") or spare or {}
        allocation_id = association.get("AllocationId")
        addresses.append(
            PrivateAddress(
                address=entry.get("PrivateIpAddress", ""),
                primary=is_primary,
                public_ip=association.get("PublicIp", ""),
                allocation_id=AllocationId(allocation_id) if allocation_id else None,
                association_id=association.get("AssociationId", ""),
            )
        )
    return tuple(addresses)


def read_instance(
    reply: Reply, *, checks: StatusChecks | None, interface_limit: int | None
) -> Instance:
    """One element of Reservations[].Instances, with its checks and type's limit."""
    interfaces: Sequence[Reply] = reply.get("NetworkInterfaces", ())
    return Instance(
        id=InstanceId(reply["InstanceId"]),
        state=(reply.get("State") or {}).get("Name", ""),
        availability_zone=(reply.get("Placement") or {}).get("AvailabilityZone", ""),
        vpc_id=reply.get("VpcId", ""),
        subnet_id=reply.get("SubnetId", ""),
        type=reply.get("InstanceType", ""),
        slots=tuple(_read_slot(i) for i in interfaces),
        private_ips=_read_private_ips(reply, interfaces),
        public_ip=reply.get("PublicIpAddress", ""),
        system_status=checks.system if checks else "",
        instance_status=checks.instance if checks else "",
        interface_limit=interface_limit,
        launch_time=read_time(reply.get("LaunchTime")),
        tags=read_tags(reply.get("Tags", ())),
    )


def _read_slot(reply: Reply) -> Slot:
    attachment = reply.get("Attachment") or {}
    return Slot(
        interface_id=InterfaceId(reply.get("NetworkInterfaceId", "")),
        device_index=int(attachment.get("DeviceIndex", 0)),
        status=attachment.get("Status", "attached"),
    )


def _read_private_ips(reply: Reply, interfaces: Iterable[Reply]) -> tuple[str, ...]:
    own = reply.get("PrivateIpAddress", "")
    listed = [
        address.get("PrivateIpAddress", "")
        for interface in interfaces
        for address in interface.get("PrivateIpAddresses", ())
    ]
    # A dict keeps the order and drops repeats.
    return tuple(ip for ip in dict.fromkeys([own, *listed]) if ip)


def read_elastic_ip(reply: Reply) -> ElasticIp:
    """One element of Addresses. Association fields are absent while it is free."""
    interface_id = reply.get("NetworkInterfaceId")
    instance_id = reply.get("InstanceId")
    return ElasticIp(
        allocation_id=AllocationId(reply.get("AllocationId", "")),
        public_ip=reply.get("PublicIp", ""),
        association_id=reply.get("AssociationId", ""),
        interface_id=InterfaceId(interface_id) if interface_id else None,
        private_ip=reply.get("PrivateIpAddress", ""),
        instance_id=InstanceId(instance_id) if instance_id else None,
        tags=read_tags(reply.get("Tags", ())),
    )


def read_route_table(reply: Reply) -> RouteTable:
    """One element of RouteTables, with its IPv4 routes."""
    bonds: Sequence[Reply] = reply.get("Associations", ())
    return RouteTable(
        id=RouteTableId(reply["RouteTableId"]),
        vpc_id=reply.get("VpcId", ""),
        routes=tuple(
            _read_route(route)
            for route in reply.get("Routes", ())
            if route.get("DestinationCidrBlock")
        ),
        subnet_ids=tuple(bond["SubnetId"] for bond in bonds if bond.get("SubnetId")),
        tags=read_tags(reply.get("Tags", ())),
    )


def _read_route(reply: Reply) -> Route:
    interface_id = reply.get("NetworkInterfaceId")
    return Route(
        destination_cidr=reply["DestinationCidrBlock"],
        interface_id=InterfaceId(interface_id) if interface_id else None,
        state=reply.get("State", ""),
    )


def read_vpc(reply: Reply) -> Vpc:
    """One element of Vpcs."""
    return Vpc(
        id=reply["VpcId"],
        cidr_block=reply.get("CidrBlock", ""),
        is_default=bool(reply.get("IsDefault", False)),
        tags=read_tags(reply.get("Tags", ())),
    )


def read_subnet(reply: Reply) -> Subnet:
    """One element of Subnets."""
    return Subnet(
        id=reply["SubnetId"],
        vpc_id=reply.get("VpcId", ""),
        availability_zone=reply.get("AvailabilityZone", ""),
        cidr_block=reply.get("CidrBlock", ""),
        tags=read_tags(reply.get("Tags", ())),
    )


def read_security_group(reply: Reply) -> SecurityGroup:
    """One element of SecurityGroups."""
    return SecurityGroup(
        id=reply["GroupId"],
        name=reply.get("GroupName", ""),
        vpc_id=reply.get("VpcId", ""),
        description=reply.get("Description", ""),
        tags=read_tags(reply.get("Tags", ())),
    )


def read_checks(reply: Reply) -> StatusChecks:
    """One element of InstanceStatuses."""
    return StatusChecks(
        system=(reply.get("SystemStatus") or {}).get("Status", ""),
        instance=(reply.get("InstanceStatus") or {}).get("Status", ""),
    )


def read_tags(tags: Iterable[Reply]) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags if "Key" in tag}


def read_time(moment: datetime | str | None) -> str:
    """EC2's time as RFC 3339, or '' where it sent none."""
    if isinstance(moment, datetime):
        return moment.isoformat().replace("+00:00", "Z")
    return moment or ""
