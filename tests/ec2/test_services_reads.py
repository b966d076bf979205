"""What services ask of the gateway: permission, identity, whole inventories."""

import pytest

from failover.ec2.replies import SecurityGroup, Subnet
from failover.engine import ports
from failover.engine.job import Action, Call
from failover.engine.topology import (
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
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


SUBNET = "<item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId></item>"
GROUP = "<item><groupId>sg-1</groupId><groupName>SG-Web</groupName></item>"

TABLE = (
    "<item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet><item>"
    "<destinationCidrBlock>10.9.0.0/16</destinationCidrBlock><state>active</state>"
    "<networkInterfaceId>eni-1</networkInterfaceId></item></routeSet></item>"
)


def region(asked: Parameters) -> Say:
    action = asked["Action"]
    if action == "DescribeSubnets":
        return reply(action, f"<subnetSet>{SUBNET}</subnetSet>")
    if action == "DescribeSecurityGroups":
        return reply(action, f"<securityGroupInfo>{GROUP}</securityGroupInfo>")
    if action == "DescribeRouteTables":
        return reply(action, f"<routeTableSet>{TABLE}</routeTableSet>")
    return world(asked)


def test_an_inventory_has_every_kind_in_batches(open_desk: Open) -> None:
    desk = open_desk(region)

    batches = list(desk.gateway.read_inventory())

    kinds = [type(batch[0]) for batch in batches]
    assert kinds == [Interface, Instance, ElasticIp, Subnet, SecurityGroup]
    assert set(WORLD) <= set(desk.endpoint.actions())


def test_an_inventory_that_breaks_off_says_so(open_desk: Open) -> None:
    def broken(asked: Parameters) -> Say:
        if asked["Action"] == "DescribeAddresses":
            return refusal("UnauthorizedOperation", status=403)
        return region(asked)

    desk = open_desk(broken)

    with pytest.raises(ports.Ec2Refused):
        list(desk.gateway.read_inventory())
