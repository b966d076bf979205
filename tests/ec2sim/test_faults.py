"""Faults by plan: what the caller sees, what is applied, and whom they strike."""

import time
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from tests.ec2sim.conftest import (
    FLOATING,
    SPARE,
    Sim,
)
from tests.ec2sim.struck_attaches import ASKED, code_of, plan

LOST = (ConnectionClosedError, EndpointConnectionError)


def is_held(sim: Sim, interface_id: str = SPARE) -> bool:
    """Whether an instance has it in truth."""
    return bool(sim.control("state")["interfaces"][interface_id]["instance_id"])


def last(sim: Sim, action: str = "AttachNetworkInterface") -> dict[str, Any]:
    """The last call of that name in the log."""
    return sim.calls(action=action)[-1]


@pytest.mark.parametrize(
    ("kind", "code", "applied"),
    [
        ("refuse:AttachmentLimitExceeded", "AttachmentLimitExceeded", False),
        ("refuse:MadeUpCode", "MadeUpCode", False),
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
    made = plan(sim, kind)

    assert code_of(sim) == code

    assert is_held(sim) is applied
    line = last(sim)
    assert (line["effect_at"] is not None) is applied
    assert (line["code"], line["fault"]) == (code, made["id"])


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

    assert is_held(sim) is applied
    line = last(sim)
    assert line["outcome"] == "dropped"
    assert (line["effect_at"] is not None) is applied


def test_a_refusal_can_be_lost_as_well_as_a_reply(sim: Sim) -> None:
    plan(sim, "drop-after")

    with pytest.raises(LOST):
        sim.ec2.attach_network_interface(**{**ASKED, "NetworkInterfaceId": FLOATING})

    line = last(sim)
    assert (line["outcome"], line["effect_at"]) == ("dropped", None)
    assert line["code"] == "InvalidNetworkInterface.InUse"


def test_a_late_call_is_applied_after_its_reply_is_lost(sim: Sim) -> None:
    plan(sim, "late", delay_s=30)

    with pytest.raises(LOST):
        sim.ec2.attach_network_interface(**ASKED)

    assert not is_held(sim)
    sim.advance(30)
    assert sim.interface(SPARE)["Attachment"]["Status"] == "attaching"


def test_a_late_call_without_a_delay_is_applied_when_its_reply_is_lost(
    sim: Sim,
) -> None:
    plan(sim, "late")

    with pytest.raises(LOST):
        sim.ec2.attach_network_interface(**ASKED)

    assert sim.interface(SPARE)["Attachment"]["Status"] == "attaching"
    assert last(sim)["outcome"] == "dropped"


def test_a_late_call_may_find_that_it_is_refused_by_then(sim: Sim) -> None:
    plan(sim, "late", delay_s=30, times=1)
    with pytest.raises(LOST):
        sim.ec2.attach_network_interface(**ASKED)
    sim.attach(interface_id=SPARE)

    sim.advance(30)

    line = last(sim)
    assert (line["outcome"], line["effect_at"]) == ("dropped", None)
    assert line["code"] == "InvalidNetworkInterface.InUse"
    assert sim.control("state")["violations"] == []


def test_a_slow_reply_is_applied_at_once_and_comes_when_it_is_due(sim: Sim) -> None:
    plan(sim, "slow", delay_s=30, times=1)
    hasty = sim.client(read_timeout_s=0.3)

    with pytest.raises(ReadTimeoutError):
        hasty.attach_network_interface(**ASKED)

    assert sim.interface(SPARE)["Attachment"]["Status"] == "attaching"
    assert sim.calls(action="AttachNetworkInterface") == []
    sim.advance(30)
    line = last(sim)
    assert line["outcome"] == "ok"
    assert line["end_at"] - line["effect_at"] == pytest.approx(30)


def test_a_patient_caller_gets_the_slow_reply_or_its_refusal(live: Sim) -> None:
    plan(live, "slow", delay_s=0.3)
    began = time.monotonic()

    code, _ = live.refusal(
        live.ec2.attach_network_interface, **{**ASKED, "DeviceIndex": 0}
    )
    bond = live.attach(interface_id=SPARE)

    assert code == "InvalidParameterValue"
    assert bond.startswith("eni-attach-")
    assert time.monotonic() - began >= 0.6
    assert [line["outcome"] for line in live.calls(fault="fault-1")] == [
        "refused",
        "ok",
    ]


def test_latency_puts_half_of_itself_before_the_effect(live: Sim) -> None:
    plan(live, "latency", delay_s=0.4)

    live.attach(interface_id=SPARE)

    line = last(live)
    assert line["effect_at"] - line["at"] == pytest.approx(0.2, abs=0.15)
    assert line["end_at"] - line["effect_at"] >= 0.2


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [("http:502", 502, False), ("http-after:504", 504, True)],
)
def test_a_bare_status_has_no_code_in_it(
    sim: Sim,
    kind: str,
    status: int,
    applied: bool,  # noqa: FBT001 - from the table
) -> None:
    plan(sim, kind)

    with pytest.raises(ClientError) as refused:
        sim.ec2.attach_network_interface(**ASKED)

    reply = refused.value.response
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == status
    assert reply["Error"]["Code"] == str(status)
    assert is_held(sim) is applied
    line = last(sim)
    assert (line["outcome"], line["code"]) == ("error", None)


def test_garbage_is_a_reply_cut_short(sim: Sim) -> None:
    plan(sim, "garbage")

    with pytest.raises(ResponseParserError):
        sim.ec2.attach_network_interface(**ASKED)

    assert is_held(sim)
    assert last(sim)["outcome"] == "dropped"


def test_a_dry_run_tells_permission_and_changes_nothing(sim: Sim) -> None:
    assert code_of(sim, DryRun=True) == "DryRunOperation"
    plan(sim, "unauthorized", times=1)

    assert code_of(sim, DryRun=True) == "UnauthorizedOperation"
    assert code_of(sim, DryRun=True) == "UnauthorizedOperation"
    assert not is_held(sim)
    assert last(sim)["dry_run"] is True
    assert code_of(sim) == "UnauthorizedOperation"
    assert code_of(sim, DryRun=True) == "DryRunOperation"


def test_a_dry_run_does_not_eat_the_fault_that_is_meant_for_the_call(sim: Sim) -> None:
    plan(sim, "refuse:AttachmentLimitExceeded", times=1)

    assert code_of(sim, DryRun=True) == "DryRunOperation"
    assert code_of(sim) == "AttachmentLimitExceeded"


def test_an_unauthorized_call_is_told_why_in_a_sealed_message(sim: Sim) -> None:
    plan(sim, "unauthorized")

    code, message = sim.refusal(sim.ec2.attach_network_interface, **ASKED)

    said, _, sealed = message.partition("Encoded authorization failure message: ")
    assert code == "UnauthorizedOperation"
    assert said == "You are not authorized to perform this operation. "
    opened = sim.client("sts").decode_authorization_message(EncodedMessage=sealed)
    assert '"action": "ec2:AttachNetworkInterface"' in opened["DecodedMessage"]
    assert SPARE in opened["DecodedMessage"]
    wrong = sim.refusal(
        sim.client("sts").decode_authorization_message, EncodedMessage="nonsense"
    )
    assert wrong[0] == "InvalidAuthorizationMessageException"


def test_a_change_in_a_zone_that_is_down_is_never_answered(live: Sim) -> None:
    live.control("zones/eu-west-1a", {"outage": True})
    bond = live.control("state")["interfaces"][FLOATING]["attachment_id"]
    hasty = live.client(read_timeout_s=0.3)

    with pytest.raises(ReadTimeoutError):
        hasty.detach_network_interface(AttachmentId=bond)

    assert live.interface()["Attachment"]["Status"] == "attached"
    line = last(live, "DetachNetworkInterface")
    assert (line["outcome"], line["effect_at"]) == ("dropped", None)
    live.control("zones/eu-west-1a", {"outage": False})
    assert live.detach()
