"""Tags of every resource that ec2sim keeps itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import listing
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.filters import matches, parse
from ec2sim.state import ids
from ec2sim.state.region import Region
from ec2sim.state.table import Table

KINDS = {
    "network-interface": ids.INTERFACE,
    "instance": ids.INSTANCE,
    "elastic-ip": ids.ALLOCATION,
    "vpc": ids.VPC,
    "subnet": ids.SUBNET,
    "security-group": ids.SECURITY_GROUP,
    "route-table": ids.ROUTE_TABLE,
    "internet-gateway": ids.INTERNET_GATEWAY,
    "image": ids.IMAGE,
}
MOST_TAGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRow:
    """One tag of one resource, as DescribeTags lists it."""

    id: str
    resource_id: str
    resource_type: str
    key: str
    value: str
    tags: Mapping[str, str]


FIELDS = {
    "key": lambda row: (row.key,),
    "value": lambda row: (row.value,),
    "resource-id": lambda row: (row.resource_id,),
    "resource-type": lambda row: (row.resource_type,),
}


def specified(params: Params, resource_type: str) -> dict[str, str]:
    """The tags that a create call gives to the resource it makes."""
    found: dict[str, str] = {}
    for entry in params.get("TagSpecifications") or ():
        if entry.get("ResourceType") == resource_type:
            found.update(_pairs(entry.get("Tags") or ()))
    return found


@action
def create_tags(region: Region, params: Params) -> Reply:
    """CreateTags: all of the resources or none."""
    pairs = _pairs(params["Tags"])
    homes = [_home(region, resource_id) for resource_id in params["Resources"]]
    for table, row in homes:
        tags = {**row.tags, **pairs}
        if len(tags) > MOST_TAGS:
            raise Ec2Error("TagLimitExceeded", "More than 50 tags on a resource.")
        table.put(replace(row, tags=tags), at=region.now)
    return {}


@action
def delete_tags(region: Region, params: Params) -> Reply:
    """DeleteTags: by key, or by key and value; without tags all of them."""
    wanted = params.get("Tags")
    for resource_id in params["Resources"]:
        table, row = _home(region, resource_id)
        if wanted is None:
            tags: dict[str, str] = {}
        else:
            tags = {
                key: value
                for key, value in row.tags.items()
                if not any(_names(entry, key, value) for entry in wanted)
            }
        table.put(replace(row, tags=tags), at=region.now)
    return {}


@action
def describe_tags(region: Region, params: Params) -> Reply:
    """DescribeTags over the resources that ec2sim keeps itself."""
    wanted = parse(params.get("Filters") or (), FIELDS)
    found = [
        TagRow(
            id=row.id,
            resource_id=row.id,
            resource_type=resource_type,
            key=key,
            value=value,
            tags={key: value},
        )
        for resource_type, table in region.tables().items()
        for row in table
        for key, value in row.tags.items()
    ]
    shown = [row for row in found if matches(row, wanted, FIELDS)]
    page, token = listing.cut(
        region,
        shown,
        params,
        action="DescribeTags",
        key=lambda tag: f"{tag.resource_id} {tag.key}",
    )
    reply: Reply = {
        "Tags": [
            {
                "ResourceId": row.resource_id,
                "ResourceType": row.resource_type,
                "Key": row.key,
                "Value": row.value,
            }
            for row in page
        ]
    }
    if token:
        reply["NextToken"] = token
    return reply


def is_ours(resource_id: str) -> bool:
    """Whether a resource is of a kind that ec2sim keeps itself."""
    prefix = resource_id.rpartition("-")[0]
    return any(kind.prefix == prefix for kind in KINDS.values())


def _home(region: Region, resource_id: str) -> tuple[Table[Any], Any]:
    prefix = resource_id.rpartition("-")[0]
    for resource_type, kind in KINDS.items():
        if kind.prefix == prefix:
            kind.check(resource_id)
            table = region.tables()[resource_type]
            row = table.get(resource_id)
            if row is None:
                raise kind.missing(resource_id)
            return table, row
    raise Ec2Error("InvalidID", f"The ID '{resource_id}' is not valid")


def _pairs(entries: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries:
        key = entry.get("Key") or ""
        if not key or len(key) > 127 or key.lower().startswith("aws:"):
            raise Ec2Error("InvalidParameterValue", f"Tag keys may not be '{key}'.")
        found[key] = entry.get("Value") or ""
    return found


def _names(entry: Mapping[str, Any], key: str, value: str) -> bool:
    if entry.get("Key") != key:
        return False
    return entry.get("Value") is None or entry["Value"] == value
