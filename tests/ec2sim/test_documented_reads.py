"""Every read of instances and of what is around them: its filters and its pages."""

from typing import Any

import pytest
from botocore import xform_name

from ec2sim.rules.registry import ACTIONS
from ec2sim.wire import model
from tests.ec2sim import documented
from tests.ec2sim.conftest import Sim

FILTERED = [
    name
    for name in sorted(ACTIONS)
    if "Filters" in model.operation("ec2", name).input_shape.members
]
PAGED = [
    name
    for name in sorted(ACTIONS)
    if "MaxResults" in model.operation("ec2", name).input_shape.members
]
# What a call must name beside its filters.
NAMED: dict[str, dict[str, Any]] = {
    "DescribeStaleSecurityGroups": {"VpcId": "vpc-dbf9cdbc"},
    "GetSecurityGroupsForVpc": {"VpcId": "vpc-dbf9cdbc"},
}


def ask(sim: Sim, call: str, **params: Any) -> dict[str, Any]:
    """The reply of a read."""
    method = getattr(sim.ec2, xform_name(call))
    return dict(method(**NAMED.get(call, {}), **params))


@pytest.mark.parametrize("call", FILTERED)
def test_every_documented_filter_is_accepted(sim: Sim, call: str) -> None:
    for name in documented.filters(call):
        found = ask(sim, call, Filters=[{"Name": name, "Values": ["no-such-value"]}])

        members = [value for value in found.values() if isinstance(value, list)]
        assert members == [[]], name


def test_the_reference_is_read_in_full() -> None:
    counts = {call: len(documented.filters(call)) for call in FILTERED}

    assert counts["DescribeInstances"] >= 130
    assert counts["DescribeInstanceTypes"] >= 52
    assert counts["DescribeInstanceStatus"] >= 17
    assert counts["DescribeImages"] >= 50
    assert counts["DescribeSubnets"] >= 24
    assert counts["DescribeSecurityGroups"] >= 24
    assert counts["DescribeVpcs"] >= 14
    assert min(counts.values()) >= 1
    assert len(FILTERED) >= 20


@pytest.mark.parametrize("call", FILTERED)
def test_a_filter_that_is_not_documented_is_refused_in_xml(sim: Sim, call: str) -> None:
    method = getattr(sim.ec2, xform_name(call))

    refused = sim.refusal(
        method,
        Filters=[{"Name": "colour", "Values": ["red"]}],
        **NAMED.get(call, {}),
    )

    assert refused == ("InvalidParameterValue", "The filter 'colour' is invalid")


@pytest.mark.parametrize("call", PAGED)
def test_the_size_of_a_page_has_the_bounds_of_the_model(sim: Sim, call: str) -> None:
    method = getattr(sim.ec2, xform_name(call))
    shape = model.operation("ec2", call).input_shape.members["MaxResults"]
    least = shape.metadata.get("min", 5)
    most = shape.metadata.get("max", 1000)

    for size in (least, most):
        ask(sim, call, MaxResults=size)
    for size in (least - 1, most + 1):
        refused = sim.refusal(method, MaxResults=size, **NAMED.get(call, {}))
        assert refused[0] == "InvalidParameterValue", size


EITHER = "You cannot specify this parameter and the"
IDS = {
    "DescribeInstanceCreditSpecifications": {"InstanceIds": ["i-09a505d623e75d4d2"]},
    "DescribeInstanceStatus": {"InstanceIds": ["i-09a505d623e75d4d2"]},
    "DescribeInstances": {"InstanceIds": ["i-09a505d623e75d4d2"]},
    "DescribeNetworkInterfaces": {"NetworkInterfaceIds": ["eni-415e9270"]},
}


def test_where_the_reference_says_so_identifiers_are_not_paged(sim: Sim) -> None:
    said = {name for name in PAGED if EITHER in documented.words(name, "MaxResults")}

    assert said == set(IDS)
    for call, named in IDS.items():
        method = getattr(sim.ec2, xform_name(call))
        refused = sim.refusal(method, MaxResults=5, **named)
        assert refused[0] == "InvalidParameterCombination"
        assert refused[1].endswith("cannot be used with the parameter maxResults")


@pytest.mark.parametrize("call", PAGED)
def test_a_token_of_nobodys_is_refused(sim: Sim, call: str) -> None:
    method = getattr(sim.ec2, xform_name(call))

    refused = sim.refusal(method, NextToken="x", **NAMED.get(call, {}))

    assert refused[0] in ("InvalidNextToken", "InvalidPaginationToken")
