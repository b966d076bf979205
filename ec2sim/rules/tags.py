"""Tags of every resource that ec2sim keeps itself: set and taken away."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules.actions import Params, Reply, action
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
    "security-group-rule": ids.RULE,
    "route-table": ids.ROUTE_TABLE,
    "internet-gateway": ids.INTERNET_GATEWAY,
    "image": ids.IMAGE,
    "key-pair": ids.KEY_PAIR,
}
MOST_TAGS = 50
MOST_RESOURCES = 1000
LONGEST_KEY = 127
LONGEST_VALUE = 256
# What no XML document can carry, so that no reply could show it.
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def specified(
    params: Params, resource_type: str, *, also: Iterable[str] = ()
) -> dict[str, str]:
    """The tags that a create call gives to the resource it makes.

    Raises Ec2Error for tags that are wrong, or of a kind that is neither this one nor
    one of `also`.
    """
    found: dict[str, str] = {}
    for entry in params.get("TagSpecifications") or ():
        kind = entry.get("ResourceType")
        if not kind:
            raise Ec2Error(
                "InvalidParameterValue",
                "Tag specification resource type must have a value",
            )
        if kind != resource_type and kind not in also:
            raise Ec2Error(
                "InvalidParameterValue",
                f"'{kind}' is not a valid taggable resource type for this operation.",
            )
        new = pairs(entry.get("Tags") or ())
        if kind == resource_type:
            found.update(new)
    check_count(found)
    return found


@action
def create_tags(region: Region, params: Params) -> Reply:
    """CreateTags: on all of the resources or on none."""
    new = pairs(params["Tags"])
    homes = _homes(region, params)
    for _, row in homes:
        check_count({**row.tags, **new})
    for table, row in homes:
        table.put(replace(row, tags={**row.tags, **new}), at=region.now)
    return {}


@action
def delete_tags(region: Region, params: Params) -> Reply:
    """DeleteTags: by key, or by key and value; without tags all of them."""
    wanted = params.get("Tags")
    for table, row in _homes(region, params):
        left = {
            key: value
            for key, value in row.tags.items()
            if wanted and not any(_names(entry, key, value) for entry in wanted)
        }
        if left != row.tags:
            table.put(replace(row, tags=left), at=region.now)
    return {}


def is_ours(resource_id: str) -> bool:
    """Whether a resource is of a kind that ec2sim keeps itself."""
    prefix = resource_id.rpartition("-")[0]
    return any(kind.prefix == prefix for kind in KINDS.values())


def pairs(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Key and value of each tag. Raises Ec2Error for what may not be one."""
    found: dict[str, str] = {}
    for entry in entries:
        key, value = entry.get("Key") or "", entry.get("Value") or ""
        _check(key, value)
        if key in found:
            raise _wrong(f"Duplicate tag key '{key}' specified.")
        found[key] = value
    return found


def check_count(tags: Mapping[str, str]) -> None:
    """Refuse more tags than a resource may have."""
    if len(tags) > MOST_TAGS:
        raise Ec2Error(
            "TagLimitExceeded",
            "The maximum number of Tags for a resource has been reached.",
        )


def _check(key: str, value: str) -> None:
    if not key:
        raise _wrong("Tag key cannot be empty.")
    if len(key) > LONGEST_KEY:
        raise _wrong(f"Tag key exceeds the maximum length of {LONGEST_KEY} characters")
    if len(value) > LONGEST_VALUE:
        raise _wrong(
            f"Tag value exceeds the maximum length of {LONGEST_VALUE} characters"
        )
    if key.lower().startswith("aws:"):
        raise _wrong("Tag keys starting with 'aws:' are reserved for internal use")
    if UNSAYABLE.search(key) or UNSAYABLE.search(value):
        raise _wrong("Tag keys and values may not contain control characters")


def _wrong(said: str) -> Ec2Error:
    return Ec2Error("InvalidParameterValue", said)


def _homes(region: Region, params: Params) -> list[tuple[Table[Any], Any]]:
    named = list(dict.fromkeys(params["Resources"]))
    if len(named) > MOST_RESOURCES:
        raise _wrong(f"At most {MOST_RESOURCES} resources can be named in one request.")
    return [_home(region, resource_id) for resource_id in named]


def _home(region: Region, resource_id: str) -> tuple[Table[Any], Any]:
    prefix = resource_id.rpartition("-")[0]
    for resource_type, kind in KINDS.items():
        if kind.prefix == prefix:
            kind.check(resource_id)
            table = region.tables()[resource_type]
            row = table.get(resource_id)
            if row is None or region.hides(resource_id):
                raise kind.missing(resource_id)
            return table, row
    raise Ec2Error("InvalidID", f"The ID '{resource_id}' is not valid")


def _names(entry: Mapping[str, Any], key: str, value: str) -> bool:
    if entry.get("Key") != key:
        return False
    return entry.get("Value") is None or entry["Value"] == value
