"""What services ask of the gateway: permission, identity, whole inventories."""

import pytest

from failover.engine import ports
from failover.engine.budget import Read
from failover.engine.job import Action, Call
from failover.engine.topology import (
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from tests.ec2.conftest import Open
from tests.ec2.endpoint import Parameters, Say, refusal, reply
from tests.ec2.test_observe import WORLD, world

ATTACH = Call(
    action=Action.ATTACH,
    interface_id=InterfaceId("eni-415e9270"),
    instance_id=InstanceId("i-0190e152559b4866c"),
    device_index=1,
)


@pytest.mark.parametrize(
    ("code", "status", "allowed"),
    [("DryRunOperation", 412, True), ("UnauthorizedOperation", 403, False)],
)
def test_a_dry_run_says_whether_we_may_and_asks_no_fence(
    open_desk: Open, *, code: str, status: int, allowed: bool
) -> None:
    desk = open_desk(lambda _: refusal(code, status=status), is_open=lambda _: False)

    assert desk.gateway.may(ATTACH) is allowed
    (asked,) = desk.endpoint.asked
    assert asked["DryRun"] == "true"


def test_a_dry_run_that_is_refused_otherwise_came_past_permission(
    open_desk: Open,
) -> None:
    desk = open_desk(lambda _: refusal("InvalidInstanceID.NotFound"))

    with pytest.raises(ports.Ec2Refused):
        desk.gateway.may(ATTACH)


@pytest.mark.parametrize(
    ("code", "status"),
    [("AuthFailure", 401), ("RequestExpired", 400), ("OptInRequired", 403)],
)
def test_a_dry_run_of_somebody_whom_ec2_does_not_know_is_no_answer(
    open_desk: Open, *, code: str, status: int
) -> None:
    desk = open_desk(lambda _: refusal(code, status=status))

    with pytest.raises(ports.Ec2OutcomeUnknown, match=code):
        desk.gateway.may(ATTACH)


def test_sts_says_whose_account_it_is(open_desk: Open) -> None:
    body = "<GetCallerIdentityResult><Account>123456789012</Account>"
    desk = open_desk(
        lambda _: reply("GetCallerIdentity", f"{body}</GetCallerIdentityResult>")
    )

    assert desk.gateway.caller_identity() == "123456789012"


VPC = "<item><vpcId>vpc-1</vpcId><isDefault>true</isDefault></item>"
SUBNET = "<item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId></item>"
GROUP = "<item><groupId>sg-1</groupId><groupName>SG-Web</groupName></item>"

TABLE = (
    "<item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet><item>"
    "<destinationCidrBlock>10.9.0.0/16</destinationCidrBlock><state>active</state>"
    "<networkInterfaceId>eni-1</networkInterfaceId></item></routeSet></item>"
)


def region(asked: Parameters) -> Say:
    action = asked["Action"]
    if action == "DescribeVpcs":
        return reply(action, f"<vpcSet>{VPC}</vpcSet>")
    if action == "DescribeSubnets":
        return reply(action, f"<subnetSet>{SUBNET}</subnetSet>")
    if action == "DescribeSecurityGroups":
        return reply(action, f"<securityGroupInfo>{GROUP}</securityGroupInfo>")
    if action == "DescribeRouteTables":
        return reply(action, f"<routeTableSet>{TABLE}</routeTableSet>")
    return world(asked)


def test_an_inventory_has_every_kind_and_pays_for_every_page(
    open_desk: Open,
) -> None:
    desk = open_desk(region)
    paid: list[Read] = []

    pages = {
        listing.fact: list(listing.pages(paid.append))
        for listing in desk.gateway.listings()
    }

    assert list(pages) == [
        *(Vpc, Subnet, SecurityGroup, Interface, ElasticIp, RouteTable, Instance)
    ]
    assert all(isinstance(page.rows[0], fact) for fact, (page,) in pages.items())
    assert [read.value for read in paid] == [
        a for a in desk.endpoint.actions() if a != "DescribeInstanceTypes"
    ]
    assert set(WORLD) <= set(desk.endpoint.actions())


def test_a_listing_has_all_pages_each_as_old_as_its_question(open_desk: Open) -> None:
    def paged(asked: Parameters) -> Say:
        more = "" if "NextToken" in asked else "<nextToken>more</nextToken>"
        return reply(asked["Action"], f"<subnetSet>{SUBNET}</subnetSet>{more}")

    desk = open_desk(paged)
    (listing,) = (d for d in desk.gateway.listings() if d.fact is Subnet)

    first, second = listing.pages(lambda _: None)

    assert len(first.rows) == len(second.rows) == 1
    assert first.began_at <= second.began_at
    assert desk.endpoint.asked[0]["MaxResults"] == "1000"


def test_a_listing_that_breaks_off_says_so(open_desk: Open) -> None:
    desk = open_desk(lambda _: refusal("UnauthorizedOperation", status=403))

    for listing in desk.gateway.listings():
        with pytest.raises(ports.Ec2Refused):
            list(listing.pages(lambda _: None))


def test_a_page_that_is_not_paid_for_does_not_leave(open_desk: Open) -> None:
    desk = open_desk(region)

    def pay(_: Read) -> None:
        raise ports.Ec2Busy(code="QuotaNeededByJobs")

    for listing in desk.gateway.listings():
        with pytest.raises(ports.Ec2Busy):
            list(listing.pages(pay))
    assert desk.endpoint.asked == []
