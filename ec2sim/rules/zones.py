"""Regions, availability zones, and the attributes of an account."""

import re
from collections.abc import Iterable
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import entries
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.entries import Entry
from ec2sim.state.region import Region

REGIONS = {
    "ap-northeast-1": "apne1",
    "ap-northeast-2": "apne2",
    "ap-northeast-3": "apne3",
    "ap-south-1": "aps1",
    "ap-southeast-1": "apse1",
    "ap-southeast-2": "apse2",
    "ca-central-1": "cac1",
    "eu-central-1": "euc1",
    "eu-north-1": "eun1",
    "eu-west-1": "euw1",
    "eu-west-2": "euw2",
    "eu-west-3": "euw3",
    "sa-east-1": "sae1",
    "us-east-1": "use1",
    "us-east-2": "use2",
    "us-west-1": "usw1",
    "us-west-2": "usw2",
}
# Not enabled unless the account opts in; DescribeRegions shows them when asked for all.
OPT_IN = {
    "af-south-1": "afs1",
    "ap-east-1": "ape1",
    "eu-central-2": "euc2",
    "eu-south-1": "eus1",
    "il-central-1": "ilc1",
    "me-central-1": "mec1",
    "me-south-1": "mes1",
}
SHORT = {**REGIONS, **OPT_IN}
LETTERS = "abc"
REGION_NAME = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")


def zone_id(zone: str) -> str:
    """The identifier of a zone: eu-west-1a is euw1-az1."""
    short = SHORT.get(zone[:-1]) or zone[:-1].replace("-", "")
    return f"{short}-az{LETTERS.index(zone[-1]) + 1}"


def zones(region_name: str) -> list[str]:
    """The zones of a region, by name."""
    return [f"{region_name}{letter}" for letter in LETTERS]


def _zone(region: Region, zone: str) -> Entry:
    shown: dict[str, Any] = {
        "ZoneName": zone,
        "ZoneId": zone_id(zone),
        "RegionName": region.name,
        "GroupName": region.name,
        "NetworkBorderGroup": region.name,
        "ZoneType": "availability-zone",
        "OptInStatus": "opt-in-not-required",
        "State": "impaired" if zone in region.outages else "available",
        "Messages": [],
    }
    return Entry(id=zone, shown=shown)


ZONE_FIELDS: entries.Fields = {
    "group-long-name": entries.never,
    "group-name": entries.member("GroupName"),
    "message": entries.never,
    "opt-in-status": entries.member("OptInStatus"),
    "parent-zone-id": entries.never,
    "parent-zone-name": entries.never,
    "region-name": entries.member("RegionName"),
    "state": entries.member("State"),
    "zone-id": entries.member("ZoneId"),
    "zone-name": entries.member("ZoneName"),
    "zone-type": entries.member("ZoneType"),
}
REGION_FIELDS: entries.Fields = {
    "endpoint": entries.member("Endpoint"),
    "opt-in-status": entries.member("OptInStatus"),
    "region-name": entries.member("RegionName"),
}


@action
def describe_availability_zones(region: Region, params: Params) -> Reply:
    """DescribeAvailabilityZones; one with an outage is `impaired`."""
    every = [_zone(region, zone) for zone in zones(region.name)]
    for names, member in (("ZoneNames", "ZoneName"), ("ZoneIds", "ZoneId")):
        asked: list[str] = list(params.get(names) or ())
        known = {entry.shown[member] for entry in every}
        wrong = [name for name in asked if name not in known]
        if wrong:
            raise Ec2Error(
                "InvalidParameterValue", f"Invalid availability zone: [{wrong[0]}]"
            )
        if asked:
            every = [entry for entry in every if entry.shown[member] in asked]
    found = entries.chosen(every, params, ZONE_FIELDS)
    return {"AvailabilityZones": [entry.shown for entry in found]}


@action
def describe_regions(_region: Region, params: Params) -> Reply:
    """DescribeRegions: those that are enabled, or all of them."""
    names: list[str] = list(params.get("RegionNames") or ())
    every = {entry.id: entry for entry in _regions()}
    wrong = [name for name in names if name not in every]
    if wrong:
        raise Ec2Error(
            "InvalidParameterValue", f"Invalid region names: [{', '.join(wrong)}]"
        )
    if not names:
        names = list(every if params.get("AllRegions") else REGIONS)
    found = entries.chosen([every[name] for name in names], params, REGION_FIELDS)
    return {"Regions": [entry.shown for entry in found]}


def _regions() -> Iterable[Entry]:
    for name in sorted(SHORT):
        status = "opt-in-not-required" if name in REGIONS else "not-opted-in"
        shown = {
            "RegionName": name,
            "Endpoint": f"ec2.{name}.amazonaws.com",
            "OptInStatus": status,
        }
        yield Entry(id=name, shown=shown)


@action
def describe_account_attributes(region: Region, params: Params) -> Reply:
    """DescribeAccountAttributes: a VPC-only account, with its quotas if it has any."""
    default = next((vpc.id for vpc in region.vpcs if vpc.is_default), "none")
    known = {
        "supported-platforms": "VPC",
        "default-vpc": default,
        "max-instances": str(region.quotas.get("instances", 20)),
        "vpc-max-security-groups-per-interface": "5",
        "max-elastic-ips": "5",
        "vpc-max-elastic-ips": str(region.quotas.get("elastic_ips", 5)),
    }
    names: list[str] = list(params.get("AttributeNames") or known)
    wrong = [name for name in names if name not in known]
    if wrong:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({wrong[0]}) for parameter attributeName is invalid.",
        )
    return {
        "AccountAttributes": [
            {
                "AttributeName": name,
                "AttributeValues": [{"AttributeValue": known[name]}],
            }
            for name in names
        ]
    }
