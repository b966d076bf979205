"""The one set of DHCP options that a region has, which every VPC uses."""

import hashlib

from ec2sim.rules import entries, listing
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.entries import Entry
from ec2sim.state import ids
from ec2sim.state.region import Region


def default_id(region: Region) -> str:
    """The identifier of the set, the same whenever it is asked for."""
    named = f"{region.account_id} {region.name}".encode()
    return f"{ids.DHCP_OPTIONS.prefix}-0{hashlib.sha256(named).hexdigest()[:16]}"


@action
def describe_dhcp_options(region: Region, params: Params) -> Reply:
    """DescribeDhcpOptions: Amazon's own name servers."""
    domain = f"{region.name}.compute.internal"
    if region.name == "us-east-1":
        domain = "ec2.internal"
    told = {"domain-name": domain, "domain-name-servers": "AmazonProvidedDNS"}
    shown = {
        "DhcpOptionsId": default_id(region),
        "OwnerId": region.account_id,
        "DhcpConfigurations": [
            {"Key": key, "Values": [{"Value": value}]} for key, value in told.items()
        ],
        "Tags": listing.tag_set({}),
    }
    for named in params.get("DhcpOptionsIds") or ():
        ids.DHCP_OPTIONS.check(named)
        if named != default_id(region):
            raise ids.DHCP_OPTIONS.missing(named)
    fields: entries.Fields = {
        "dhcp-options-id": entries.member("DhcpOptionsId"),
        "key": lambda _entry: told.keys(),
        "value": lambda _entry: told.values(),
        "owner-id": entries.member("OwnerId"),
        "tag-key": entries.never,
    }
    found = entries.chosen(
        [Entry(id=default_id(region), shown=shown)], params, fields, tagged=True
    )
    return entries.page(
        region, found, params, action="DescribeDhcpOptions", member="DhcpOptions"
    )
