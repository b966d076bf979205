"""Every documented filter is there, and no other."""

import pytest

from tests.ec2sim import documented
from tests.ec2sim.conftest import ALLOCATION, FLOATING, SUBNET, Sim

GROUP = "sg-e2d57e99"


READS = {
    "DescribeNetworkInterfaces": ("describe_network_interfaces", "NetworkInterfaces"),
    "DescribeAddresses": ("describe_addresses", "Addresses"),
    "DescribeRouteTables": ("describe_route_tables", "RouteTables"),
}
DOCUMENTED = [(call, name) for call in READS for name in documented.filters(call)]


@pytest.mark.parametrize(("call", "name"), DOCUMENTED)
def test_every_documented_filter_is_accepted(sim: Sim, call: str, name: str) -> None:
    method, member = READS[call]

    found = getattr(sim.ec2, method)(
        Filters=[{"Name": name, "Values": ["no-such-value"]}]
    )

    assert found[member] == []


@pytest.mark.parametrize("call", READS)
def test_a_filter_that_is_not_documented_is_refused(sim: Sim, call: str) -> None:
    method, _ = READS[call]

    refusal = sim.refusal(
        getattr(sim.ec2, method), Filters=[{"Name": "colour", "Values": ["red"]}]
    )

    assert refusal == ("InvalidParameterValue", "The filter 'colour' is invalid")


def test_the_reference_lists_as_many_as_are_expected() -> None:
    counts = {call: len(documented.filters(call)) for call in READS}

    assert counts["DescribeNetworkInterfaces"] >= 37
    assert counts["DescribeAddresses"] >= 10
    assert counts["DescribeRouteTables"] >= 21


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("addresses.primary", "true"),
        ("association.ip-owner-id", "123456789012"),
        (
            "association.public-dns-name",
            "ec2-127-31-58-118.eu-west-1.compute.amazonaws.com",
        ),
        ("attachment.attach-time", "20*"),
        ("attachment.delete-on-termination", "false"),
        ("attachment.instance-owner-id", "123456789012"),
        ("attachment.status", "attached"),
        ("availability-zone", "eu-west-1a"),
        ("group-id", GROUP),
        ("interface-type", "interface"),
        ("operator.managed", "false"),
        ("owner-id", "123456789012"),
        ("private-dns-name", "ip-20-0-1-25.eu-west-1.compute.internal"),
        ("requester-managed", "false"),
        ("source-dest-check", "true"),
        ("status", "in-use"),
        ("subnet-id", SUBNET),
        ("tag:Name", "Second*"),
        ("vpc-id", "vpc-dbf9cdbc"),
    ],
)
def test_a_filter_finds_what_it_says(sim: Sim, name: str, value: str) -> None:
    found = sim.ec2.describe_network_interfaces(
        Filters=[{"Name": name, "Values": [value]}]
    )

    assert FLOATING in [
        each["NetworkInterfaceId"] for each in found["NetworkInterfaces"]
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allocation-id", ALLOCATION),
        ("association-id", "eipassoc-*"),
        ("instance-id", "i-09a505d623e75d4d2"),
        ("network-border-group", "eu-west-1"),
        ("network-interface-id", FLOATING),
        ("network-interface-owner-id", "123456789012"),
        ("private-ip-address", "20.0.1.25"),
        ("public-ip", "127.31.58.118"),
    ],
)
def test_a_filter_finds_an_address(sim: Sim, name: str, value: str) -> None:
    found = sim.ec2.describe_addresses(Filters=[{"Name": name, "Values": [value]}])

    assert [each["AllocationId"] for each in found["Addresses"]] == [ALLOCATION]


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("association.main", "true", 2),
        ("association.route-table-association-id", "rtbassoc-*", 2),
        ("association.route-table-id", "rtb-*", 2),
        ("association.subnet-id", SUBNET, 0),
        ("owner-id", "123456789012", 2),
        ("route-table-id", "rtb-*", 2),
        ("route.destination-cidr-block", "20.0.0.0/16", 1),
        ("route.gateway-id", "igw-*", 2),
        ("route.nat-gateway-id", "nat-*", 0),
        ("route.origin", "CreateRouteTable", 2),
        ("route.state", "active", 2),
        ("vpc-id", "vpc-dbf9cdbc", 1),
    ],
)
def test_a_filter_finds_route_tables(
    sim: Sim, name: str, value: str, count: int
) -> None:
    found = sim.ec2.describe_route_tables(Filters=[{"Name": name, "Values": [value]}])

    assert len(found["RouteTables"]) == count
