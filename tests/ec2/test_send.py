"""One call, sent once, behind the fence; every way it ends is a receipt."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from failover.ec2.departures import Departures
from failover.ec2.session import Identity, open_clients
from failover.engine import ports
from failover.engine.job import Action, Call, Intent, Outcome
from failover.engine.ports import Fence, Receipt
from failover.engine.topology import (
    AllocationId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    RouteTableId,
)
from tests.conftest import free_port
from tests.ec2.conftest import Desk, Open, Ticking
from tests.ec2.endpoint import Parameters, Say, refusal, reply

JOB = UUID(int=1)
ENI = InterfaceId("eni-415e9270")
ATTACH = Call(
    action=Action.ATTACH,
    interface_id=ENI,
    instance_id=InstanceId("i-0190e152559b4866c"),
    device_index=1,
)
ROUTE: Any = {
    "route_table_id": RouteTableId("rtb-12345678"),
    "destination_cidr": "10.9.0.0/16",
}
ROUTE_SAID = {
    "RouteTableId": "rtb-12345678",
    "DestinationCidrBlock": "10.9.0.0/16",
}
ATTACHED = reply("AttachNetworkInterface", "<attachmentId>eni-attach-1</attachmentId>")


def send(desk: Desk, call: Call = ATTACH, *, waited_s: float = 0.0) -> Receipt:
    intent = Intent(
        id=uuid4(),
        job_id=JOB,
        seq=1,
        fence_token=3,
        call=call,
        intent_at=time.time() - waited_s,
    )
    return desk.gateway.send(intent, Fence(job_id=JOB, fence_token=3, version=5))


def test_an_accepted_attach_is_one_request_with_its_new_attachment(
    open_desk: Open,
) -> None:
    desk = open_desk(lambda _: ATTACHED)

    receipt = send(desk)

    assert receipt.outcome is Outcome.OK
    assert receipt.attachment_id == AttachmentId("eni-attach-1")
    assert receipt.aws_request_id == "req-7"
    assert receipt.sent_at is not None
    assert receipt.duration_s == pytest.approx(receipt.ended_at - receipt.sent_at)
    assert desk.asked_of_fence == [Fence(job_id=JOB, fence_token=3, version=5)]
    (asked,) = desk.endpoint.asked
    assert asked["InstanceId"] == "i-0190e152559b4866c"
    assert asked["DeviceIndex"] == "1"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            Call(
                action=Action.DETACH,
                interface_id=ENI,
                attachment_id=AttachmentId("eni-attach-1"),
            ),
            {"AttachmentId": "eni-attach-1", "Force": "false"},
        ),
        (
            Call(
                action=Action.DETACH,
                interface_id=ENI,
                attachment_id=AttachmentId("eni-attach-1"),
                force=True,
            ),
            {"AttachmentId": "eni-attach-1", "Force": "true"},
        ),
        (
            Call(
                action=Action.MODIFY,
                interface_id=ENI,
                attachment_id=AttachmentId("eni-attach-1"),
            ),
            {
                "NetworkInterfaceId": ENI,
                "Attachment.AttachmentId": "eni-attach-1",
                "Attachment.DeleteOnTermination": "false",
            },
        ),
        (
            Call(
                action=Action.ASSOCIATE,
                interface_id=ENI,
                allocation_id=AllocationId("eipalloc-4f07e372"),
                private_ip="20.0.1.25",
            ),
            {
                "AllocationId": "eipalloc-4f07e372",
                "NetworkInterfaceId": ENI,
                "PrivateIpAddress": "20.0.1.25",
                "AllowReassociation": "false",
            },
        ),
        (
            Call(
                action=Action.ASSOCIATE,
                interface_id=ENI,
                allocation_id=AllocationId("eipalloc-4f07e372"),
                private_ip="20.0.1.25",
                may_take=True,
            ),
            {"AllowReassociation": "true"},
        ),
        (
            Call(action=Action.ASSIGN, interface_id=ENI, private_ip="20.0.1.77"),
            {
                "NetworkInterfaceId": ENI,
                "PrivateIpAddress.1": "20.0.1.77",
                "AllowReassignment": "false",
            },
        ),
        (
            Call(
                action=Action.ASSIGN,
                interface_id=ENI,
                private_ip="20.0.1.77",
                may_take=True,
            ),
            {"AllowReassignment": "true"},
        ),
        (
            Call(action=Action.REPLACE_ROUTE, interface_id=ENI, **ROUTE),
            {"NetworkInterfaceId": ENI, **ROUTE_SAID},
        ),
        (
            Call(action=Action.CREATE_ROUTE, interface_id=ENI, **ROUTE),
            {"NetworkInterfaceId": ENI, **ROUTE_SAID},
        ),
    ],
)
def test_each_action_says_all_of_itself_to_ec2(
    open_desk: Open, call: Call, expected: Parameters
) -> None:
    desk = open_desk(lambda asked: reply(asked["Action"], "<return>true</return>"))

    receipt = send(desk, call)

    assert (receipt.outcome, receipt.attachment_id) == (Outcome.OK, None)
    (asked,) = desk.endpoint.asked
    assert asked["Action"] == call.action.value
    assert expected.items() <= asked.items()


@pytest.mark.parametrize(
    ("said", "outcome", "code"),
    [
        (
            refusal("InvalidNetworkInterface.InUse"),
            Outcome.REFUSED,
            "InvalidNetworkInterface.InUse",
        ),
        (
            refusal("RequestLimitExceeded", status=503),
            Outcome.THROTTLED,
            "RequestLimitExceeded",
        ),
        (refusal("InternalError", status=500), Outcome.UNKNOWN, "InternalError"),
        (Say("<html>Bad gateway</html>", 502), Outcome.UNKNOWN, "502"),
        (
            Say("<!doctype html><p>x", 502),
            Outcome.UNKNOWN,
            "ResponseParserError",
        ),
        (Say("", 0), Outcome.UNKNOWN, "ConnectionClosedError"),
    ],
)
def test_a_failed_call_is_sent_once_and_says_what_it_may_have_done(
    open_desk: Open, said: Say, outcome: Outcome, code: str
) -> None:
    desk = open_desk(lambda _: said)

    receipt = send(desk)

    assert (receipt.outcome, receipt.error_code) == (outcome, code)
    assert receipt.sent_at is not None
    assert len(desk.endpoint.asked) == 1


def test_a_private_address_has_no_rehearsal_and_nothing_is_sent(
    open_desk: Open,
) -> None:
    desk = open_desk(lambda _: ATTACHED)
    call = Call(action=Action.ASSIGN, interface_id=ENI, private_ip="20.0.1.77")

    with pytest.raises(ports.NotSent):
        desk.gateway.may(call)

    assert desk.endpoint.asked == []


def test_a_refused_connection_is_proof_that_nothing_was_sent(open_desk: Open) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    desk = open_desk(lambda _: ATTACHED, url=nobody)

    receipt = send(desk)

    assert receipt.outcome is Outcome.NOT_SENT
    assert receipt.error_code == "EndpointConnectionError"
    assert receipt.sent_at is None


def test_a_closed_fence_keeps_the_request_from_leaving(open_desk: Open) -> None:
    desk = open_desk(lambda _: ATTACHED, is_open=lambda _: False)

    receipt = send(desk)

    assert (receipt.outcome, receipt.error_code) == (Outcome.NOT_SENT, "fenced")
    assert desk.endpoint.asked == []


def test_a_database_that_fails_behind_the_fence_keeps_the_request_from_leaving(
    open_desk: Open,
) -> None:
    def break_down(_: Fence) -> bool:
        raise RuntimeError("The database is gone.")

    desk = open_desk(lambda _: ATTACHED, is_open=break_down)

    receipt = send(desk)

    assert (receipt.outcome, receipt.error_code) == (Outcome.NOT_SENT, "RuntimeError")
    assert desk.endpoint.asked == []


def test_a_call_whose_intent_has_grown_old_does_not_leave(open_desk: Open) -> None:
    desk = open_desk(lambda _: ATTACHED)

    receipt = send(desk, waited_s=10.5)

    assert (receipt.outcome, receipt.error_code) == (Outcome.NOT_SENT, "intent-age")
    assert desk.endpoint.asked == []
    assert send(desk, waited_s=9.0).outcome is Outcome.OK


def test_a_signature_that_has_grown_old_does_not_leave(open_desk: Open) -> None:
    desk = open_desk(lambda _: ATTACHED, wall_now=lambda: time.time() + 7)

    receipt = send(desk)

    assert (receipt.outcome, receipt.error_code) == (Outcome.NOT_SENT, "signature-age")


def test_a_clock_far_off_awss_sends_nothing_more(open_desk: Open) -> None:
    past = Say(ATTACHED.body, date="Mon, 01 Jan 2024 00:00:00 GMT")
    desk = open_desk(lambda _: past)

    first, second = send(desk), send(desk)

    assert first.outcome is Outcome.OK
    assert (second.outcome, second.error_code) == (Outcome.NOT_SENT, "clock-skew")
    assert len(desk.endpoint.asked) == 1


def test_a_role_that_may_not_be_assumed_means_that_nothing_was_sent(
    open_desk: Open,
) -> None:
    role = Identity(
        region="eu-west-1",
        role_arn="arn:aws:iam::123456789012:role/failover",
        external_id="ours",
    )
    desk = open_desk(lambda _: refusal("InternalFailure", status=500), identity=role)

    receipt = send(desk)

    assert (receipt.outcome, receipt.error_code) == (
        Outcome.NOT_SENT,
        "InternalFailure",
    )
    (asked,) = desk.endpoint.asked
    assert asked["Action"] == "AssumeRole"
    assert asked["ExternalId"] == "ours"
    assert asked["RoleSessionName"] == "swapboard"


@pytest.mark.parametrize("name", ["reading", "listing"])
def test_the_clients_of_reads_change_nothing(open_desk: Open, name: str) -> None:
    desk = open_desk(lambda said: reply(str(said["Action"]), ""))
    clients = open_clients(Identity(region="eu-west-1"))
    Departures(clock=Ticking(), wall_now=time.time, leave_within_s=10.0).guard(
        mutating=clients.mutating, reading=clients.reading, listing=clients.listing
    )
    client: Any = getattr(clients, name)

    with pytest.raises(ports.NotSent, match="no row"):
        client.terminate_instances(InstanceIds=["i-1"])
    client.describe_vpcs()
    client.terminate_instances(InstanceIds=["i-1"], DryRun=True)

    assert desk.endpoint.actions() == ["DescribeVpcs", "TerminateInstances"]
