"""Faults by plan, throttling, stale reads, dry runs, and their log."""

import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from tests.ec2sim.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Sim

LOST = (ConnectionClosedError, EndpointConnectionError)
ASKED: dict[str, Any] = {
    "NetworkInterfaceId": SPARE,
    "InstanceId": STANDBY,
    "DeviceIndex": 1,
}


def plan(sim: Sim, kind: str, **more: Any) -> Any:
    """Put a fault on attach."""
    return sim.control(
        "faults", {"action": "AttachNetworkInterface", "kind": kind, **more}
    )


@pytest.mark.parametrize(
    ("kind", "code", "applied"),
    [
        ("refuse:AttachmentLimitExceeded", "AttachmentLimitExceeded", False),
        ("throttle", "RequestLimitExceeded", False),
        ("unauthorized", "UnauthorizedOperation", False),
        ("error-before", "InternalError", False),
        ("error-after", "InternalError", True),
    ],
)
def test_a_fault_answers_its_code_before_or_after_the_effect(
    sim: Sim,
    kind: str,
    code: str,
    applied: bool,  # noqa: FBT001 - from the table
) -> None:
    plan(sim, kind)

    assert sim.refusal(sim.ec2.attach_network_interface, **ASKED)[0] == code

    assert ("Attachment" in sim.interface(SPARE)) is applied
    line = sim.calls(action="AttachNetworkInterface")[-1]
    assert (line["effect_at"] is not None) is applied
    assert line["code"] == code


@pytest.mark.parametrize(
    ("kind", "applied"), [("drop-before", False), ("drop-after", True)]
)
def test_a_dropped_reply_closes_the_connection(
    sim: Sim,
    kind: str,
    applied: bool,  # noqa: FBT001 - from the table
) -> None:
    plan(sim, kind, times=1)

    with pytest.raises(LOST):
        sim.ec2.attach_network_interface(**ASKED)

    assert ("Attachment" in sim.interface(SPARE)) is applied
    line = sim.calls(action="AttachNetworkInterface")[-1]
    assert line["outcome"] == "dropped"
    assert (line["effect_at"] is not None) is applied


def test_a_late_call_is_applied_after_its_reply_is_lost(sim: Sim) -> None:
    plan(sim, "late", delay_s=30)

    with pytest.raises(LOST):
        sim.ec2.attach_network_interface(**ASKED)

    assert "Attachment" not in sim.interface(SPARE)
    sim.advance(30)
    assert sim.interface(SPARE)["Attachment"]["Status"] == "attaching"


def test_a_fault_strikes_the_nth_call_on_its_resource(sim: Sim) -> None:
    sim.control(
        "faults",
        {
            "action": "DetachNetworkInterface",
            "kind": "refuse:InternalError",
            "resource": FLOATING,
            "nth": 2,
        },
    )
    bond = sim.detach()

    code, _ = sim.refusal(sim.ec2.detach_network_interface, AttachmentId=bond)
    after, _ = sim.refusal(sim.ec2.detach_network_interface, AttachmentId=bond)

    assert (code, after) == ("InternalError", "IncorrectState")
    assert sim.control("faults")["faults"][0]["fired"] == 1


def test_a_dry_run_tells_permission_and_changes_nothing(sim: Sim) -> None:
    attach = sim.ec2.attach_network_interface
    assert sim.refusal(attach, **ASKED, DryRun=True)[0] == "DryRunOperation"
    plan(sim, "unauthorized")

    assert sim.refusal(attach, **ASKED, DryRun=True)[0] == "UnauthorizedOperation"
    assert "Attachment" not in sim.interface(SPARE)
    assert sim.calls(action="AttachNetworkInterface")[-1]["dry_run"] is True


def test_a_bucket_runs_dry_and_refills(sim: Sim) -> None:
    sim.control("config", {"throttle": "api"})
    attach = sim.ec2.attach_network_interface
    codes = [sim.refusal(attach, **ASKED, DryRun=True)[0] for _ in range(51)]
    assert codes == ["DryRunOperation"] * 50 + ["RequestLimitExceeded"]
    assert sim.detach()

    sim.advance(1)

    codes = [sim.refusal(attach, **ASKED, DryRun=True)[0] for _ in range(6)]
    assert codes == ["DryRunOperation"] * 5 + ["RequestLimitExceeded"]


def test_the_shared_bucket_is_one_for_every_change(sim: Sim) -> None:
    sim.control("config", {"throttle": "shared"})
    for _ in range(50):
        sim.refusal(sim.ec2.attach_network_interface, **ASKED, DryRun=True)

    refused = sim.refusal(sim.ec2.detach_network_interface, AttachmentId="x")

    assert refused[0] == "RequestLimitExceeded"
    assert sim.interface()["Status"] == "in-use"


def test_a_read_may_be_stale_but_not_older_than_said(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10})
    sim.detach()
    seen = {sim.interface()["Attachment"]["Status"] for _ in range(20)}
    assert seen == {"attached"}

    sim.advance(2)
    seen = {sim.interface()["Attachment"]["Status"] for _ in range(60)}
    assert seen == {"attached", "detaching"}

    sim.advance(20)
    assert sim.interface()["Status"] == "available"


def test_a_created_interface_may_not_be_visible_yet(sim: Sim) -> None:
    sim.control("config", {"stale_s": 10})
    made = sim.ec2.create_network_interface(SubnetId="subnet-40043409")
    made_id = made["NetworkInterface"]["NetworkInterfaceId"]

    refused = sim.refusal(
        sim.ec2.describe_network_interfaces, NetworkInterfaceIds=[made_id]
    )

    assert refused[0] == "InvalidNetworkInterfaceID.NotFound"
    sim.advance(11)
    assert sim.interface(made_id)["Status"] == "available"


def test_the_log_has_calls_and_transitions_in_their_time(live: Sim) -> None:
    live.control("config", {"latency_s": 0.05})
    live.detach()
    deadline = time.monotonic() + 5
    while live.control("state")["interfaces"][FLOATING]["instance_id"]:
        assert time.monotonic() < deadline

    call = live.calls(action="DetachNetworkInterface")[-1]
    moves = live.calls(event="transition", resource=FLOATING)
    assert call["at"] < call["effect_at"] < call["end_at"]
    assert [each["to"] for each in moves] == ["detaching", "available"]
    assert abs(moves[1]["at"] - moves[0]["at"] - 0.2) < 0.001
    assert {FLOATING, PRIMARY} <= set(call["resources"])
    assert call["outcome"] == "ok"
    assert call["request_id"]


def test_a_wrong_control_is_refused_with_its_name(sim: Sim) -> None:
    assert "colour" in sim.refused_control("config", {"colour": 1})
    assert "detach_s" in sim.refused_control("config", {"detach_s": -1})
    assert "kind" in sim.refused_control("faults", {"action": "X", "kind": "magic"})
    assert "mode" in sim.refused_control("clock", {"mode": "slow"})
    assert "guest" in sim.refused_control(f"instances/{PRIMARY}", {"guest": "ill"})
    assert "no such" in sim.refused_control("instances/i-0000000", {"guest": "ok"})
    assert "no such" in sim.refused_control("nothing", {})


def test_a_change_in_a_zone_that_is_down_is_never_answered(live: Sim) -> None:
    live.control("zones/eu-west-1a", {"outage": True})
    bond = live.control("state")["interfaces"][FLOATING]["attachment_id"]
    hasty = live.client(read_timeout_s=0.3)

    with pytest.raises(ReadTimeoutError):
        hasty.detach_network_interface(AttachmentId=bond)

    assert live.interface()["Attachment"]["Status"] == "attached"
    assert "zone" in live.refused_control("zones/nowhere", {"outage": True})


@pytest.mark.parametrize(
    "body", [b"", b"Action=", b"Action=Foo", b"\xff\xfe", b"%%%=1"]
)
def test_nonsense_is_answered_in_xml(sim: Sim, body: bytes) -> None:
    signed = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ec2/aws4_request, S"
    for authorization, code in ((signed, b"Action</Code>"), ("", b"AuthFailure")):
        request = urllib.request.Request(  # noqa: S310 - our own loopback server
            sim.url + "/",
            data=body,
            headers={"Authorization": authorization},
            method="POST",
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)  # noqa: S310
        with refused.value as problem:
            assert 400 <= problem.code < 500
            assert problem.headers["Content-Type"] == "text/xml;charset=UTF-8"
            assert code in problem.read()
