"""What a look at Elastic IPs, routes and carriers of private addresses shows."""

import pytest

from failover.engine import ports
from failover.engine.topology import (
    AllocationId,
    InterfaceId,
    Route,
    RouteTableId,
    Scope,
)
from tests.ec2.conftest import Open
from tests.ec2.endpoint import Parameters, Say, refusal, reply

TABLE = RouteTableId("rtb-12345678")
EIP = AllocationId("eipalloc-4f07e372")
ROUTES = """
  <item><destinationCidrBlock>20.0.0.0/16</destinationCidrBlock>
    <gatewayId>local</gatewayId><state>active</state></item>
  <item><destinationCidrBlock>10.9.0.0/16</destinationCidrBlock>
    <networkInterfaceId>eni-1</networkInterfaceId><state>blackhole</state></item>
  <item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock>
    <gatewayId>igw-1</gatewayId><state>active</state></item>
"""
TABLES = f"""<routeTableSet><item><routeTableId>{TABLE}</routeTableId>
  <vpcId>vpc-1</vpcId><routeSet>{ROUTES}</routeSet>
  <associationSet><item><subnetId>subnet-1</subnetId></item><item><main>true</main>
  </item></associationSet></item></routeTableSet>"""


def test_a_route_table_shows_where_its_ipv4_routes_lead(open_desk: Open) -> None:
    desk = open_desk(lambda asked: reply(asked["Action"], TABLES))

    seen = desk.gateway.observe(Scope(route_table_ids=frozenset({TABLE})))

    table = seen.route_tables[TABLE]
    assert (table.vpc_id, table.subnet_ids) == ("vpc-1", ("subnet-1",))
    assert table.find("10.9.0.0/16") == Route(
        destination_cidr="10.9.0.0/16",
        interface_id=InterfaceId("eni-1"),
        state="blackhole",
    )
    local = table.find("20.0.0.0/16")
    assert local is not None
    assert local.interface_id is None
    (asked,) = desk.endpoint.asked
    assert asked["Filter.1.Name"] == "route-table-id"
    assert asked["MaxResults"] == "100"


def test_who_carries_an_address_is_asked_of_its_subnet(open_desk: Open) -> None:
    carrier = "<item><networkInterfaceId>eni-9</networkInterfaceId></item>"
    desk = open_desk(
        lambda asked: reply(
            asked["Action"], f"<networkInterfaceSet>{carrier}</networkInterfaceSet>"
        )
    )

    seen = desk.gateway.observe(
        Scope(private_ips=frozenset({("subnet-1", "20.0.1.77")}))
    )

    assert list(seen.interfaces) == ["eni-9"]
    (asked,) = desk.endpoint.asked
    filters = {asked[f"Filter.{n}.Name"]: asked[f"Filter.{n}.Value.1"] for n in (1, 2)}
    assert filters == {
        "subnet-id": "subnet-1",
        "addresses.private-ip-address": "20.0.1.77",
    }


def test_many_addresses_are_asked_for_two_hundred_at_a_time(open_desk: Open) -> None:
    desk = open_desk(lambda asked: reply(asked["Action"], "<networkInterfaceSet/>"))
    many = frozenset(
        (f"subnet-{n % 3}", f"10.0.{n // 250}.{n % 250}") for n in range(450)
    )

    desk.gateway.observe(Scope(private_ips=many))

    assert len(desk.endpoint.asked) == 3
    assert all("Filter.2.Value.201" not in a for a in desk.endpoint.asked)


GONE = Scope(
    confirm_allocation_ids=frozenset({EIP}),
    confirm_route_table_ids=frozenset({TABLE}),
)


@pytest.mark.parametrize(
    "code", ["InvalidAllocationID.NotFound", "InvalidAddressID.NotFound"]
)
def test_gone_is_what_a_question_by_id_does_not_find(
    open_desk: Open, code: str
) -> None:
    def nothing(asked: Parameters) -> Say:
        if asked["Action"] == "DescribeAddresses":
            return refusal(code)
        return refusal("InvalidRouteTableID.NotFound")

    seen = open_desk(nothing).gateway.observe(GONE)

    assert seen.not_found == {EIP, TABLE}


def test_a_question_by_id_that_is_refused_otherwise_is_no_data(open_desk: Open) -> None:
    desk = open_desk(lambda _: refusal("UnauthorizedOperation", status=403))

    with pytest.raises(ports.Ec2Refused):
        desk.gateway.observe(GONE)


def test_what_a_question_by_id_finds_is_seen(open_desk: Open) -> None:
    address = f"<addressesSet><item><allocationId>{EIP}</allocationId></item>"

    def both(asked: Parameters) -> Say:
        if asked["Action"] == "DescribeAddresses":
            return reply(asked["Action"], f"{address}</addressesSet>")
        return reply(asked["Action"], TABLES)

    seen = open_desk(both).gateway.observe(GONE)

    assert (list(seen.elastic_ips), list(seen.route_tables)) == ([EIP], [TABLE])
    assert seen.not_found == frozenset()
