"""DescribeAddresses, and an Elastic IP in EC2's own shape."""

from functools import partial
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import elastic_ips, filters, listing
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region


def view(region: Region, row: ElasticIp) -> dict[str, Any]:
    """An Elastic IP in EC2's shape; its instance follows the attachment."""
    shown: dict[str, Any] = {
        "AllocationId": row.id,
        "PublicIp": row.public_ip,
        "Domain": "vpc",
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": region.name,
        "Tags": listing.tag_set(row.tags),
    }
    if row.service is not None:
        shown["ServiceManaged"] = row.service
    interface = region.interfaces.get(row.interface_id or "")
    if interface is not None:
        shown["AssociationId"] = row.association_id
        shown["NetworkInterfaceId"] = interface.id
        shown["NetworkInterfaceOwnerId"] = interface.owner_id
        shown["PrivateIpAddress"] = row.private_ip
        if interface.instance_id is not None:
            shown["InstanceId"] = interface.instance_id
    return shown


def fields(region: Region) -> filters.Fields[ElasticIp]:
    """The filters of DescribeAddresses."""

    def holder(row: ElasticIp) -> NetworkInterface | None:
        return region.interfaces.get(row.interface_id or "")

    def instance_ids(row: ElasticIp) -> list[str | None]:
        interface = holder(row)
        return [interface.instance_id if interface else None]

    return {
        "allocation-id": lambda row: (row.id,),
        "association-id": lambda row: (row.association_id,),
        "domain": lambda _row: ("vpc",),
        "instance-id": instance_ids,
        "network-border-group": lambda _row: (region.name,),
        "network-interface-id": lambda row: (row.interface_id,),
        "network-interface-owner-id": lambda row: (
            region.account_id if row.interface_id else None,
        ),
        "private-ip-address": lambda row: (row.private_ip,),
        "public-ip": lambda row: (row.public_ip,),
    }


@action
def describe_addresses(region: Region, params: Params) -> Reply:
    """DescribeAddresses: never paged, by allocation, public address or filter."""
    asked = listing.Listing(
        action="DescribeAddresses",
        kind=ids.ALLOCATION,
        ids="AllocationIds",
        fields=fields(region),
        id_filter="allocation-id",
        paged=False,
        through={"instance-id": partial(_of_instance, region)},
    )
    public_ips = list(dict.fromkeys(params.get("PublicIps") or ()))
    _check_known(region, public_ips)
    if public_ips and not params.get("AllocationIds") and not _is_dim(region):
        named = [
            region.elastic_ips.find("public-ip", each)[0].id for each in public_ips
        ]
        params = {**params, "AllocationIds": named}
    found, _ = listing.rows(region, region.elastic_ips, asked, params)
    if public_ips:
        found = [row for row in found if row.public_ip in public_ips]
    return {"Addresses": [view(region, row) for row in found]}


def _of_instance(region: Region, instance_id: str) -> list[str]:
    """The addresses on the interfaces of an instance."""
    return [
        address.id
        for interface in region.interfaces.find("attachment.instance-id", instance_id)
        for address in region.elastic_ips.find("network-interface-id", interface.id)
    ]


def _is_dim(region: Region) -> bool:
    """Whether a reader may meet another state than the one that the indexes know."""
    return bool(region.around.config.stale_s or region.unseen)


def _check_known(region: Region, public_ips: list[str]) -> None:
    """Refuse addresses that are malformed, or that the account does not have."""
    for public_ip in public_ips:
        elastic_ips.check_written(public_ip)
    missing = [
        public_ip
        for public_ip in public_ips
        if not region.elastic_ips.find("public-ip", public_ip)
    ]
    if len(missing) == 1:
        raise Ec2Error("InvalidAddress.NotFound", f"Address '{missing[0]}' not found.")
    if missing:
        named = ", ".join(missing)
        raise Ec2Error("InvalidAddress.NotFound", f"Addresses '{named}' not found.")
