"""Instance types: their limits, filters, pages, and where they are offered."""

from typing import Any

import pytest

from ec2sim.rules import catalogue, instance_type_paths, instance_types
from ec2sim.rules.entries import Entry
from tests.ec2sim.conftest import Sim


def types(sim: Sim, **asked: Any) -> list[str]:
    """The names of the types that a call finds."""
    found = sim.ec2.describe_instance_types(**asked)["InstanceTypes"]
    return [each["InstanceType"] for each in found]


@pytest.mark.parametrize(
    ("name", "interfaces", "addresses"),
    [
        ("t2.micro", 2, 2),
        ("t3.micro", 2, 2),
        ("t3.medium", 3, 6),
        ("m5.large", 3, 10),
        ("m5.xlarge", 4, 15),
        ("m5.24xlarge", 15, 50),
    ],
)
def test_a_type_has_its_limits(
    sim: Sim, name: str, interfaces: int, addresses: int
) -> None:
    found = sim.ec2.describe_instance_types(InstanceTypes=[name])["InstanceTypes"][0]

    info = found["NetworkInfo"]
    assert info["MaximumNetworkInterfaces"] == interfaces
    assert info["Ipv4AddressesPerInterface"] == addresses
    assert instance_types.limits(name) == (interfaces, addresses)


@pytest.mark.parametrize("path", instance_type_paths.PATHS)
def test_every_filter_leads_to_something(path: str) -> None:
    read = instance_types.FIELDS[path]
    entries = [Entry(id=name, shown=kind) for name, kind in catalogue.kinds().items()]

    assert any(list(read(entry)) for entry in entries)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instance-type", "m5.lar*"),
        ("memory-info.size-in-mib", "8192"),
        ("network-info.maximum-network-interfaces", "3"),
        ("ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", "81.25"),
        ("processor-info.sustained-clock-speed-in-ghz", "3.1"),
        ("supported-usage-class", "spot"),
        ("vcpu-info.default-vcpus", "2"),
        ("bare-metal", "false"),
    ],
)
def test_a_filter_finds_a_type(sim: Sim, name: str, value: str) -> None:
    mine = {"Name": "instance-type", "Values": ["m5.large"]}

    found = types(sim, Filters=[mine, {"Name": name, "Values": [value]}])

    assert found == ["m5.large"]


def test_types_come_a_hundred_at_a_time(sim: Sim) -> None:
    first = sim.ec2.describe_instance_types()
    assert len(first["InstanceTypes"]) == 100
    assert first["NextToken"]

    pages = sim.ec2.get_paginator("describe_instance_types").paginate(
        PaginationConfig={"PageSize": 100}
    )

    found = [each["InstanceType"] for page in pages for each in page["InstanceTypes"]]
    assert len(found) == len(set(found)) > 1000


def test_unknown_types_are_refused(sim: Sim) -> None:
    describe = sim.ec2.describe_instance_types

    assert sim.refusal(describe, InstanceTypes=["t3.micro", "t9.huge"]) == (
        "InvalidInstanceType",
        "The following supplied instance types do not exist: [t9.huge]",
    )
    many = [f"t9.{place}" for place in range(101)]
    answer = sim.refusal(describe, InstanceTypes=many)
    assert answer[0] == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("kind", "locations"),
    [
        ("region", {"eu-west-1"}),
        ("availability-zone", {"eu-west-1a", "eu-west-1b", "eu-west-1c"}),
        ("availability-zone-id", {"euw1-az1", "euw1-az2", "euw1-az3"}),
    ],
)
def test_a_type_is_offered_in_places(sim: Sim, kind: str, locations: set[str]) -> None:
    wanted = [{"Name": "instance-type", "Values": ["t3.micro"]}]
    found = sim.ec2.describe_instance_type_offerings(LocationType=kind, Filters=wanted)[
        "InstanceTypeOfferings"
    ]

    assert {each["Location"] for each in found} == locations
    assert {each["LocationType"] for each in found} == {kind}


def test_offerings_are_of_this_region(sim: Sim) -> None:
    elsewhere = sim.client(region_name="us-west-1")
    here = [{"Name": "location", "Values": ["us-west-1"]}]
    describe = elsewhere.describe_instance_type_offerings

    offered = {
        each["InstanceType"] for each in describe(Filters=here)["InstanceTypeOfferings"]
    }

    assert "m5.large" in offered
    assert len(offered) < len(catalogue.kinds())
    answer = sim.refusal(describe, LocationType="planet")
    assert answer[0] == "InvalidParameterValue"
    assert describe(LocationType="outpost")["InstanceTypeOfferings"] == []
