"""DescribeNetworkInterfaces, and an interface in EC2's own shape."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from ec2sim.rules import filters, listing
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.filters import text
from ec2sim.state import ids
from ec2sim.state.interface import (
    Association,
    Attachment,
    NetworkInterface,
    PrivateAddress,
)
from ec2sim.state.region import Region


def public_dns_name(region_name: str, public_ip: str) -> str:
    """The public name of an address."""
    return f"ec2-{public_ip.replace('.', '-')}.{region_name}.compute.amazonaws.com"


def view(region: Region, row: NetworkInterface) -> dict[str, Any]:
    """An interface as DescribeNetworkInterfaces shows it."""
    shown: dict[str, Any] = {
        "AvailabilityZone": row.zone,
        "AvailabilityZoneId": row.zone_id,
        "Description": row.description,
        "Groups": [{"GroupId": key, "GroupName": name} for key, name in row.groups],
        "InterfaceType": row.interface_type,
        "Ipv6Addresses": [],
        "MacAddress": row.mac_address,
        "NetworkInterfaceId": row.id,
        "OwnerId": row.owner_id,
        "PrivateDnsName": row.private_dns_name,
        "PrivateIpAddress": row.private_ip,
        "PrivateIpAddresses": [
            _private(region, row, private) for private in row.addresses
        ],
        "RequesterManaged": row.requester_managed,
        "SourceDestCheck": row.source_dest_check,
        "Status": row.status,
        "SubnetId": row.subnet_id,
        "TagSet": listing.tag_set(row.tags),
        "VpcId": row.vpc_id,
        "Operator": {"Managed": row.operator is not None},
    }
    if row.requester_id is not None:
        shown["RequesterId"] = row.requester_id
    if row.operator is not None:
        shown["Operator"]["Principal"] = row.operator
    if row.attachment is not None:
        shown["Attachment"] = attachment_view(row.attachment)
    bond = row.addresses[0].association
    if bond is not None:
        shown["Association"] = association_view(region, bond)
    return shown


def created(region: Region, row: NetworkInterface) -> dict[str, Any]:
    """An interface as the reply of its creation shows it."""
    return {**view(region, row), "Status": "pending"}


def attachment_view(bond: Attachment) -> dict[str, Any]:
    """An attachment in EC2's shape."""
    shown: dict[str, Any] = {
        "AttachTime": bond.attach_time,
        "AttachmentId": bond.id,
        "DeleteOnTermination": bond.delete_on_termination,
        "DeviceIndex": bond.device_index,
        "NetworkCardIndex": bond.network_card_index,
        "InstanceOwnerId": bond.instance_owner_id,
        "Status": bond.status,
    }
    if bond.instance_id is not None:
        shown["InstanceId"] = bond.instance_id
    return shown


def association_view(region: Region, bond: Association) -> dict[str, Any]:
    """A public address's bond in EC2's shape."""
    shown = {
        "IpOwnerId": bond.ip_owner_id,
        "PublicDnsName": public_dns_name(region.name, bond.public_ip),
        "PublicIp": bond.public_ip,
    }
    if bond.allocation_id is not None and bond.association_id is not None:
        shown["AllocationId"] = bond.allocation_id
        shown["AssociationId"] = bond.association_id
    return shown


def _private(
    region: Region, row: NetworkInterface, private: PrivateAddress
) -> dict[str, Any]:
    dns = f"ip-{private.address.replace('.', '-')}.{region.name}.compute.internal"
    shown: dict[str, Any] = {
        "Primary": private.primary,
        "PrivateDnsName": row.private_dns_name if private.primary else dns,
        "PrivateIpAddress": private.address,
    }
    if private.association is not None:
        shown["Association"] = association_view(region, private.association)
    return shown


def _bonds(row: NetworkInterface) -> Iterable[Association]:
    return (private.association for private in row.addresses if private.association)


def _when(moment: float) -> str:
    return listing.timestamp(moment)


FIELDS: filters.Fields[NetworkInterface] = {
    "addresses.association.owner-id": lambda row: [b.ip_owner_id for b in _bonds(row)],
    "addresses.association.public-ip": lambda row: [b.public_ip for b in _bonds(row)],
    "addresses.primary": lambda row: [text(a.primary) for a in row.addresses],
    "addresses.private-ip-address": lambda row: [a.address for a in row.addresses],
    "association.allocation-id": lambda row: [b.allocation_id for b in _bonds(row)],
    "association.association-id": lambda row: [b.association_id for b in _bonds(row)],
    "association.ip-owner-id": lambda row: [b.ip_owner_id for b in _bonds(row)],
    "association.public-dns-name": lambda row: [
        f"ec2-{b.public_ip.replace('.', '-')}.{row.zone[:-1]}.compute.amazonaws.com"
        for b in _bonds(row)
    ],
    "association.public-ip": lambda row: [b.public_ip for b in _bonds(row)],
    "attachment.attach-time": lambda row: _of(row, lambda a: _when(a.attach_time)),
    "attachment.attachment-id": lambda row: _of(row, lambda a: a.id),
    "attachment.delete-on-termination": lambda row: _of(
        row, lambda a: text(a.delete_on_termination)
    ),
    "attachment.device-index": lambda row: _of(row, lambda a: str(a.device_index)),
    "attachment.instance-id": lambda row: _of(row, lambda a: a.instance_id),
    "attachment.instance-owner-id": lambda row: _of(row, lambda a: a.instance_owner_id),
    "attachment.nat-gateway-id": lambda _row: (),
    "attachment.status": lambda row: _of(row, lambda a: a.status),
    "availability-zone": lambda row: (row.zone,),
    "availability-zone-id": lambda row: (row.zone_id,),
    "description": lambda row: (row.description,),
    "group-id": lambda row: [group_id for group_id, _ in row.groups],
    "group-name": lambda row: [name for _, name in row.groups],
    "interface-type": lambda row: (row.interface_type,),
    "ipv6-addresses.ipv6-address": lambda _row: (),
    "mac-address": lambda row: (row.mac_address,),
    "network-interface-id": lambda row: (row.id,),
    "operator.managed": lambda row: (text(row.operator is not None),),
    "operator.principal": lambda row: (row.operator,),
    "owner-id": lambda row: (row.owner_id,),
    "private-dns-name": lambda row: (row.private_dns_name,),
    "private-ip-address": lambda row: [a.address for a in row.addresses],
    "requester-id": lambda row: (row.requester_id,),
    "requester-managed": lambda row: (text(row.requester_managed),),
    "source-dest-check": lambda row: (text(row.source_dest_check),),
    "status": lambda row: (row.status,),
    "subnet-id": lambda row: (row.subnet_id,),
    "vpc-id": lambda row: (row.vpc_id,),
}

LISTING = listing.Listing(
    action="DescribeNetworkInterfaces",
    kind=ids.INTERFACE,
    ids="NetworkInterfaceIds",
    fields=FIELDS,
    id_filter="network-interface-id",
    crowd=20_000,
    narrow=frozenset(
        {
            "attachment.instance-id",
            "group-id",
            "mac-address",
            "network-interface-id",
            "private-dns-name",
            "private-ip-address",
            "subnet-id",
            "vpc-id",
        }
    ),
)


@action
def describe_network_interfaces(region: Region, params: Params) -> Reply:
    """DescribeNetworkInterfaces, in pages of 5 to 1000."""
    found, token = listing.rows(region, region.interfaces, LISTING, params)
    drawn = listing.Drawn(region.interfaces, found, partial(view, region))
    return listing.page("NetworkInterfaces", drawn, token=token)


def _of(row: NetworkInterface, read: Any) -> Iterable[str | None]:
    return () if row.attachment is None else (read(row.attachment),)
