"""The filters of DescribeInstances."""

from collections.abc import Callable, Iterable
from typing import Any

from ec2sim.rules import filters, interface_views, listing, zones
from ec2sim.rules.instance_sights import Sight
from ec2sim.state.instance import STATE_CODES, Instance
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region

# The same for every instance, as instance_views.SAME shows it.
SAME = {
    "capacity-reservation-specification.capacity-reservation-preference": "open",
    "current-instance-boot-mode": "legacy-bios",
    "ena-support": "true",
    "enclave-options.enabled": "false",
    "hibernation-options.configured": "false",
    "hypervisor": "xen",
    "maintenance-options.auto-recovery": "default",
    "metadata-options.state": "applied",
    "network-performance-options.bandwidth-weighting": "default",
    "operator.managed": "false",
    "platform-details": "Linux/UNIX",
    "private-dns-name-options.enable-resource-name-dns-a-record": "false",
    "private-dns-name-options.enable-resource-name-dns-aaaa-record": "false",
    "private-dns-name-options.hostname-type": "ip-name",
    "root-device-name": "/dev/xvda",
    "root-device-type": "ebs",
    "tenancy": "default",
    "usage-operation": "RunInstances",
    "virtualization-type": "hvm",
}
# Documented, and nothing that ec2sim has can match them.
NEVER = (
    "affinity",
    "block-device-mapping.attach-time",
    "block-device-mapping.delete-on-termination",
    "block-device-mapping.device-name",
    "block-device-mapping.status",
    "block-device-mapping.volume-id",
    "boot-mode",
    "capacity-reservation-id",
    "capacity-reservation-specification.capacity-reservation-target."
    "capacity-reservation-id",
    "capacity-reservation-specification.capacity-reservation-target."
    "capacity-reservation-resource-group-arn",
    "host-id",
    "iam-instance-profile.id",
    "instance-lifecycle",
    "ipv6-address",
    "kernel-id",
    "operator.principal",
    "outpost-arn",
    "placement-group-name",
    "placement-partition-number",
    "platform",
    "product-code",
    "product-code.type",
    "ramdisk-id",
    "requester-id",
    "spot-instance-request-id",
    "tpm-support",
    "network-interface.addresses.association.carrier-ip",
    "network-interface.addresses.association.customer-owned-ip",
    "network-interface.association.carrier-ip",
    "network-interface.association.customer-owned-ip",
    "network-interface.deny-all-igw-traffic",
    "network-interface.ipv4-prefixes.ipv4-prefix",
    "network-interface.ipv6-address",
    "network-interface.ipv6-addresses.is-primary-ipv6",
    "network-interface.ipv6-native",
    "network-interface.ipv6-prefixes.ipv6-prefix",
    "network-interface.outpost-arn",
)
# Names of DescribeInstances for what DescribeNetworkInterfaces calls otherwise.
OF_ADDRESSES = {
    "addresses.association.allocation-id": "association.allocation-id",
    "addresses.association.association-id": "association.association-id",
    "addresses.association.ip-owner-id": "association.ip-owner-id",
    "addresses.association.public-dns-name": "association.public-dns-name",
}
Fields = dict[str, filters.Values[Instance]]


def fields(region: Region, sight: Sight) -> Fields:
    """Every documented filter, for a reader with this sight."""
    found: Fields = dict.fromkeys(NEVER, lambda _row: ())
    for name, value in SAME.items():
        found[name] = _always(value)
    found.update(_own(region))
    found.update(_of_primary(region, sight))
    found.update(_of_interfaces(sight))
    return found


def through(region: Region) -> dict[str, Callable[[str], Iterable[str]]]:
    """The filters that an index of the interfaces can answer: who holds them."""
    interfaces = region.interfaces

    def holders(name: str) -> Callable[[str], Iterable[str]]:
        def found(value: str) -> Iterable[str]:
            rows = interfaces.find(name, value)
            return [row.instance_id for row in rows if row.instance_id]

        return found

    def holder(value: str) -> Iterable[str]:
        row = interfaces.get(value)
        return [row.instance_id] if row is not None and row.instance_id else []

    return {
        "ip-address": holders("association.public-ip"),
        "private-ip-address": holders("private-ip-address"),
        "network-interface.network-interface-id": holder,
        **{
            f"network-interface.{name}": holders(OF_ADDRESSES.get(name, name))
            for name in (*interface_views.FIELDS, *OF_ADDRESSES)
            if interfaces.is_indexed(OF_ADDRESSES.get(name, name))
        },
    }


def architecture(region: Region, row: Instance) -> str:
    """What an instance's image was built for."""
    image = region.images.get(row.image_id)
    return "x86_64" if image is None else image.architecture


def _own(region: Region) -> Fields:
    return {
        "architecture": lambda row: (architecture(region, row),),
        "availability-zone": lambda row: (row.zone,),
        "availability-zone-id": lambda row: (zones.zone_id(row.zone),),
        "client-token": lambda row: (row.client_token or None,),
        "ebs-optimized": lambda row: (filters.text(row.ebs_optimized),),
        "iam-instance-profile.arn": lambda row: (row.profile_arn,),
        "image-id": lambda row: (row.image_id,),
        "instance-id": lambda row: (row.id,),
        "instance-state-code": lambda row: (str(STATE_CODES[row.state]),),
        "instance-state-name": lambda row: (row.state,),
        "instance-type": lambda row: (row.type,),
        "key-name": lambda row: (row.key_name,),
        "launch-index": lambda row: (str(row.launch_index),),
        "launch-time": lambda row: (listing.timestamp(row.launch_time),),
        "metadata-options.http-endpoint": lambda row: (row.metadata.http_endpoint,),
        "metadata-options.http-protocol-ipv4": lambda row: (
            row.metadata.http_endpoint,
        ),
        "metadata-options.http-protocol-ipv6": lambda row: (
            row.metadata.http_protocol_ipv6,
        ),
        "metadata-options.http-put-response-hop-limit": lambda row: (
            str(row.metadata.http_put_response_hop_limit),
        ),
        "metadata-options.http-tokens": lambda row: (row.metadata.http_tokens,),
        "metadata-options.instance-metadata-tags": lambda row: (
            row.metadata.instance_metadata_tags,
        ),
        "monitoring-state": lambda row: ("enabled" if row.monitored else "disabled",),
        "owner-id": lambda _row: (region.account_id,),
        "private-dns-name": lambda row: (row.private_dns_name,),
        "reason": lambda row: (row.transition_reason or None,),
        "reservation-id": lambda row: (row.reservation_id,),
        "state-reason-code": lambda row: (row.state_reason and row.state_reason[0],),
        "state-reason-message": lambda row: (
            row.state_reason and ": ".join(row.state_reason),
        ),
        "subnet-id": lambda row: (row.subnet_id,),
        "usage-operation-update-time": lambda row: (
            listing.timestamp(row.first_launch_time or row.launch_time),
        ),
        "vpc-id": lambda row: (row.vpc_id,),
    }


def _of_primary(region: Region, sight: Sight) -> Fields:
    """What is told of an instance and is its primary interface's."""

    def reader(
        read: Callable[[NetworkInterface], Iterable[str | None]],
    ) -> filters.Values[Instance]:
        def values(row: Instance) -> Iterable[str | None]:
            for interface in sight.held(row):
                bond = interface.attachment
                if bond is not None and bond.device_index == 0:
                    return read(interface)
            return ()

        return values

    def public_dns(row: NetworkInterface) -> Iterable[str | None]:
        for address in _public_ip(row):
            yield interface_views.public_dns_name(region.name, address)

    return {
        "dns-name": reader(public_dns),
        "instance.group-id": reader(lambda row: [key for key, _ in row.groups]),
        "instance.group-name": reader(lambda row: [name for _, name in row.groups]),
        "ip-address": reader(_public_ip),
        "private-ip-address": reader(lambda row: (row.private_ip,)),
        "source-dest-check": reader(lambda row: (filters.text(row.source_dest_check),)),
    }


def _of_interfaces(sight: Sight) -> Fields:
    known: dict[str, filters.Values[NetworkInterface]] = {
        **interface_views.FIELDS,
        **{name: interface_views.FIELDS[other] for name, other in OF_ADDRESSES.items()},
        "addresses.private-dns-name": lambda row: (row.private_dns_name,),
        "attachment.network-card-index": lambda row: (
            () if row.attachment is None else (str(row.attachment.network_card_index),)
        ),
        "public-dns-name": interface_views.FIELDS["association.public-dns-name"],
        "tag-key": lambda row: row.tags.keys(),
        "tag-value": lambda row: row.tags.values(),
    }
    return {
        f"network-interface.{name}": _through(sight, read)
        for name, read in known.items()
    }


def _through(
    sight: Sight, read: filters.Values[NetworkInterface]
) -> filters.Values[Instance]:
    """A filter of interfaces as a filter of the instances that hold them."""
    return lambda row: [value for each in sight.held(row) for value in read(each)]


def _always(value: str) -> filters.Values[Instance]:
    return lambda _row: (value,)


def _public_ip(row: NetworkInterface) -> list[Any]:
    bond = row.addresses[0].association
    return [] if bond is None else [bond.public_ip]
