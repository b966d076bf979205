"""Regions and availability zones."""

import re
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.region import Region

REGIONS = {
    "ap-northeast-1": "apne1",
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
LETTERS = "abc"
REGION_NAME = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")


def zone_id(zone: str) -> str:
    """The identifier of a zone: eu-west-1a is euw1-az1."""
    short = REGIONS.get(zone[:-1], zone[:-1].replace("-", ""))
    return f"{short}-az{LETTERS.index(zone[-1]) + 1}"


def zones(region_name: str) -> list[str]:
    """The zones of a region, by name."""
    return [f"{region_name}{letter}" for letter in LETTERS]


@action
def describe_availability_zones(region: Region, params: Params) -> Reply:
    """DescribeAvailabilityZones; one with an outage is `impaired`."""
    names: list[str] = list(params.get("ZoneNames") or ())
    known = zones(region.name)
    wrong = [name for name in names if name not in known]
    if wrong:
        raise Ec2Error("InvalidParameterValue", f"Invalid availability zone: {wrong}")
    shown: list[dict[str, Any]] = [
        {
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
        for zone in names or known
    ]
    fields = {"zone-name": "ZoneName", "zone-id": "ZoneId", "state": "State"}
    fields |= {"region-name": "RegionName", "zone-type": "ZoneType"}
    for entry in params.get("Filters") or ():
        name = fields.get(entry.get("Name"))
        if name is None:
            raise Ec2Error(
                "InvalidParameterValue", f"The filter '{entry.get('Name')}' is invalid"
            )
        wanted = set(entry.get("Values") or ())
        shown = [zone for zone in shown if filters.any_matches([zone[name]], wanted)]
    return {"AvailabilityZones": shown}


@action
def describe_regions(_region: Region, params: Params) -> Reply:
    """DescribeRegions."""
    names = list(params.get("RegionNames") or REGIONS)
    wrong = [name for name in names if name not in REGIONS]
    if wrong:
        raise Ec2Error("InvalidParameterValue", f"Invalid region names: {wrong}")
    return {
        "Regions": [
            {
                "RegionName": name,
                "Endpoint": f"ec2.{name}.amazonaws.com",
                "OptInStatus": "opt-in-not-required",
            }
            for name in names
        ]
    }


@action
def describe_account_attributes(_region: Region, params: Params) -> Reply:
    """DescribeAccountAttributes: a VPC-only account."""
    known = {"supported-platforms": "VPC", "default-vpc": "none"}
    names = list(params.get("AttributeNames") or known)
    return {
        "AccountAttributes": [
            {
                "AttributeName": name,
                "AttributeValues": [{"AttributeValue": known[name]}],
            }
            for name in names
            if name in known
        ]
    }
