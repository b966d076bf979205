"""The reverse name of an Elastic IP: modify, reset, describe."""

from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import elastic_ip_views, elastic_ips, filters, listing, lookup
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.region import Region

ATTRIBUTE = "domain-name"


def view(row: ElasticIp) -> dict[str, Any]:
    """The attributes of an address in EC2's shape."""
    shown = {"PublicIp": row.public_ip, "AllocationId": row.id}
    if row.reverse_name is not None:
        shown["PtrRecord"] = row.reverse_name
    return shown


@action
def modify_address_attribute(region: Region, params: Params) -> Reply:
    """ModifyAddressAttribute: the reverse name is there at once."""
    row = lookup.elastic_ip(region, params["AllocationId"])
    name: str = required(params, "DomainName")
    elastic_ips.check_ours(row)
    changed = replace(row, reverse_name=f"{name.removesuffix('.')}.")
    region.elastic_ips.put(changed, at=region.now)
    return {"Address": view(changed)}


@action
def reset_address_attribute(region: Region, params: Params) -> Reply:
    """ResetAddressAttribute: without a reverse name the address can be released."""
    row = lookup.elastic_ip(region, params["AllocationId"])
    _check_attribute(params["Attribute"])
    elastic_ips.check_ours(row)
    changed = replace(row, reverse_name=None)
    region.elastic_ips.put(changed, at=region.now)
    return {"Address": view(changed)}


@action
def describe_addresses_attribute(region: Region, params: Params) -> Reply:
    """DescribeAddressesAttribute: the reverse name of each address, in pages."""
    if params.get("Attribute"):
        _check_attribute(params["Attribute"])
    fields: filters.Fields[ElasticIp] = elastic_ip_views.fields(region)
    asked = listing.Listing(
        action="DescribeAddressesAttribute",
        kind=ids.ALLOCATION,
        ids="AllocationIds",
        fields=fields,
        id_filter="allocation-id",
        least=1,
    )
    found, token = listing.rows(region, region.elastic_ips, asked, params)
    return listing.page("Addresses", [view(row) for row in found], token=token)


def _check_attribute(name: str) -> None:
    if name != ATTRIBUTE:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({name}) for parameter attribute is invalid.",
        )
