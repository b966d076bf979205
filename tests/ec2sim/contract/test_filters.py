"""Filters and pages of every Describe, by what they have in common."""

from collections.abc import Iterator
from typing import Any

import pytest

from ec2sim import server
from ec2sim.config import Config
from ec2sim.rules.registry import ACTIONS
from ec2sim.wire import model
from tests.ec2sim.conftest import FLOATING
from tests.ec2sim.contract.doors import Http, Inside
from tests.ec2sim.contract.house import House

# What a listing cannot do without, beside its filters.
NEEDED = ("DescribeStaleSecurityGroups", "GetSecurityGroupsForVpc")


def taking(member: str) -> list[str]:
    """The listings whose model has a parameter."""
    return sorted(
        action
        for action in ACTIONS
        if member in model.operation("ec2", action).input_shape.members
        and action not in NEEDED
    )


@pytest.fixture(scope="module", params=["http", "inside"])
def crowd(request: pytest.FixtureRequest) -> Iterator[House]:
    """A region with eight pairs in it, which no test here changes."""
    sown = {"pairs": 8}
    with server.start(config=Config(latency_s=0), sown=sown) as running:
        running.world.clock.set(mode="manual")
        if request.param == "http":
            http = Http(running.url)
            yield House(door=http, running=running)
            http.close()
        else:
            yield House(door=Inside(running.world), running=running)


@pytest.mark.parametrize("action", taking("Filters"))
def test_a_filter_that_ec2_does_not_know_is_refused(crowd: House, action: str) -> None:
    for name in ("colour", "", "tag:", "TAG-KEY"):
        wanted = [{"Name": name, "Values": ["red"]}]
        assert crowd.code(action, Filters=wanted) == "InvalidParameterValue", name


@pytest.mark.parametrize("action", taking("Filters"))
def test_more_than_200_values_are_too_many(crowd: House, action: str) -> None:
    values = [f"value-{number}" for number in range(201)]
    known = KNOWN_FILTERS.get(action, "tag-key")

    def asked(count: int) -> dict[str, Any]:
        return {"Filters": [{"Name": known, "Values": values[:count]}]}

    assert crowd.code(action, **asked(201)) == "FilterLimitExceeded"
    crowd.call(action, **asked(200))


# The listings of what has no tags.
KNOWN_FILTERS = {
    "DescribeAvailabilityZones": "zone-name",
    "DescribeInstanceCreditSpecifications": "instance-id",
    "DescribeInstanceStatus": "availability-zone",
    "DescribeInstanceTypeOfferings": "instance-type",
    "DescribeInstanceTypes": "instance-type",
    "DescribeRegions": "region-name",
    "DescribeTags": "key",
}


@pytest.mark.parametrize("action", taking("MaxResults"))
def test_a_page_has_ec2s_bounds(crowd: House, action: str) -> None:
    shape = model.operation("ec2", action).input_shape.members["MaxResults"]
    least = shape.metadata.get("min", 5)
    most = shape.metadata.get("max", 1000)

    for wrong in (least - 1, most + 1, -1):
        code = crowd.code(action, MaxResults=wrong)
        assert code == "InvalidParameterValue", wrong
    crowd.call(action, MaxResults=least)
    crowd.call(action, MaxResults=most)


@pytest.mark.parametrize("action", taking("NextToken"))
def test_a_token_is_good_for_its_own_question_only(crowd: House, action: str) -> None:
    alien = crowd.call("DescribeNetworkInterfaces", MaxResults=5)["NextToken"]

    assert not alien.isdecimal()
    if action != "DescribeNetworkInterfaces":
        code = crowd.code(action, MaxResults=5, NextToken=alien)
        assert code == "InvalidPaginationToken"
    for garbage in ("5", "nonsense", "****", alien[:-3], alien[::-1]):
        code = crowd.code(action, MaxResults=5, NextToken=garbage)
        assert code == "InvalidNextToken", garbage


def test_a_token_belongs_to_its_filters_and_its_account(crowd: House) -> None:
    describe = "DescribeNetworkInterfaces"
    wanted = [{"Name": "status", "Values": ["in-use"]}]
    token = crowd.call(describe, MaxResults=5, Filters=wanted)["NextToken"]

    assert crowd.code(describe, MaxResults=5, NextToken=token) == (
        "InvalidPaginationToken"
    )
    found = crowd.call(describe, MaxResults=9, Filters=wanted, NextToken=token)
    assert len(found["NetworkInterfaces"]) == 9
    assert token not in ("5", "6")


def test_identifiers_and_pages_exclude_each_other(crowd: House) -> None:
    interface = crowd.call("DescribeNetworkInterfaces", MaxResults=5)
    instance = crowd.call("DescribeInstances", MaxResults=5)
    named = {
        "DescribeNetworkInterfaces": {
            "NetworkInterfaceIds": [
                interface["NetworkInterfaces"][0]["NetworkInterfaceId"]
            ]
        },
        "DescribeInstances": {
            "InstanceIds": [instance["Reservations"][0]["Instances"][0]["InstanceId"]]
        },
    }
    for action, ids in named.items():
        code = crowd.code(action, **ids, MaxResults=5)
        assert code == "InvalidParameterCombination", action


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("Secondary", True),
        ("Second*", True),
        ("*", True),
        ("?econdary", True),
        ("Secondar??", False),
        ("secondary", False),
        ("Secondary\\*", False),
        ("S.*", False),
        ("[S]econdary", False),
    ],
)
def test_wildcards_mean_what_they_mean_in_ec2(
    house: House, pattern: str, *, matches: bool
) -> None:
    found = house.call(
        "DescribeNetworkInterfaces",
        Filters=[{"Name": "tag:Name", "Values": [pattern]}],
    )["NetworkInterfaces"]

    assert [each["NetworkInterfaceId"] for each in found] == [FLOATING] * matches


@pytest.mark.parametrize("name", ["a*b", "a?b", "a\\b"])
def test_an_escaped_wildcard_means_itself(house: House, name: str) -> None:
    house.call(
        "CreateTags", Resources=[FLOATING], Tags=[{"Key": "Kind", "Value": name}]
    )
    escaped = name.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")

    def found(value: str) -> int:
        wanted = [{"Name": "tag:Kind", "Values": [value]}]
        reply = house.call("DescribeNetworkInterfaces", Filters=wanted)
        return len(reply["NetworkInterfaces"])

    assert found(escaped) == 1
    house.call(
        "CreateTags", Resources=[FLOATING], Tags=[{"Key": "Kind", "Value": "axxb"}]
    )
    assert found(escaped) == 0


def test_values_of_one_filter_are_alternatives_and_filters_conditions(
    house: House,
) -> None:
    def found(*wanted: tuple[str, list[str]]) -> int:
        filters = [{"Name": name, "Values": values} for name, values in wanted]
        reply = house.call("DescribeNetworkInterfaces", Filters=filters)
        return len(reply["NetworkInterfaces"])

    assert found(("network-interface-id", [FLOATING, "eni-b408c485"])) == 2
    assert found(("status", ["in-use"]), ("tag:Name", ["Secondary"])) == 1
    assert found(("status", ["available"]), ("tag:Name", ["Secondary"])) == 0
    assert found(("tag-key", ["Name"])) == 1
    many = [("status", ["in-use"])] * 51
    filters = [{"Name": name, "Values": values} for name, values in many]
    code = house.code("DescribeNetworkInterfaces", Filters=filters)
    assert code == "FilterLimitExceeded"
