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
    ALLOCATION,
    FLOATING,
    PRIMARY,
    SPARE,
    STANDBY,
    Sim,
)

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


def code_of(sim: Sim, **more: Any) -> str:
    """What a dry attach of the spare interface answers."""
    return sim.refusal(sim.ec2.attach_network_interface, **{**ASKED, **more})[0]


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
    shown = sim.control("faults")["faults"][0]
    assert (shown["seen"], shown["fired"]) == (3, 1)


@pytest.mark.parametrize(
    ("scope", "strikes"),
    [
        ({"account": "123456789012"}, True),
        ({"account": "210987654321"}, False),
        ({"region": "eu-west-1"}, True),
        ({"region": "eu-west-2"}, False),
        ({"zone": "eu-west-1a"}, True),
        ({"zone": "eu-west-1b"}, False),
        ({"instance": STANDBY}, True),
        ({"instance": PRIMARY}, False),
        ({"resource": SPARE}, True),
        ({"resource": FLOATING}, False),
        ({"session": "job-1"}, False),
        ({"region": "eu-west-1", "instance": STANDBY, "zone": "eu-west-1a"}, True),
        ({"region": "eu-west-2", "instance": STANDBY, "zone": "eu-west-1a"}, False),
        ({"action": "Attach*"}, True),
        ({"action": "Detach*"}, False),
    ],
)
def test_a_fault_keeps_to_its_scope(
    sim: Sim,
    scope: dict[str, str],
    strikes: bool,  # noqa: FBT001 - from the table
) -> None:
    plan(sim, "refuse:Struck", **scope)

    try:
        sim.attach(interface_id=SPARE)
        code = "none"
    except ClientError as refused:
        code = refused.response["Error"]["Code"]

    assert code == ("Struck" if strikes else "none")


def test_a_fault_on_an_instance_strikes_what_it_holds(sim: Sim) -> None:
    sim.control("faults", {"action": "*", "kind": "refuse:Struck", "instance": PRIMARY})
    bond = sim.control("state")["interfaces"][FLOATING]["attachment_id"]

    assert (
        sim.refusal(sim.ec2.detach_network_interface, AttachmentId=bond)[0] == "Struck"
    )
    assert (
        sim.refusal(
            sim.ec2.associate_address,
            AllocationId=ALLOCATION,
            NetworkInterfaceId=FLOATING,
        )[0]
        == "Struck"
    )


def test_a_fault_can_strike_the_calls_of_one_session(sim: Sim) -> None:
    keys = sim.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/mover", RoleSessionName="job-1"
    )["Credentials"]
    session = sim.client(aws_access_key_id=keys["AccessKeyId"])
    plan(sim, "refuse:Struck", session="job-1")

    assert sim.refusal(session.attach_network_interface, **ASKED)[0] == "Struck"
    assert sim.attach(interface_id=SPARE)
    assert [line["session"] for line in sim.calls(action="AttachNetworkInterface")] == [
        "job-1",
        None,
    ]


def struck(sim: Sim, **fault: Any) -> str:
    """Which of thirty reads a fault strikes, as a word of x and dots."""
    sim.control("faults", {"action": "DescribeAddresses", "kind": "throttle", **fault})
    word = ""
    for _ in range(30):
        try:
            sim.ec2.describe_addresses()
            word += "."
        except ClientError:
            word += "x"
    return word


def test_chance_is_the_seeds(sim: Sim) -> None:
    words = []
    for seed in (7, 7, 8):
        words.append(struck(sim, probability=0.4, seed=seed))
        fault = sim.control("faults")["faults"][0]
        assert (fault["seen"], fault["fired"]) == (30, words[-1].count("x"))
        assert fault["passed"] == words[-1].count(".")
        sim.running.world.faults.clear()

    assert words[0] == words[1]
    assert words[2] != words[0]
    assert 0 < words[0].count("x") < 30


def test_what_happens_to_a_call_does_not_depend_on_how_many_were_struck(
    sim: Sim,
) -> None:
    free = struck(sim, probability=0.4, seed=7)
    sim.running.world.faults.clear()
    once = struck(sim, probability=0.4, seed=7, times=1)

    assert once.index("x") == free.index("x")
    assert once.count("x") == 1


def test_every_decision_is_noted(sim: Sim) -> None:
    plan(sim, "refuse:First", nth=2)
    plan(sim, "refuse:Second", resource=SPARE)

    codes = [code_of(sim), code_of(sim), code_of(sim)]

    assert codes == ["Second", "First", "Second"]
    calls = sim.calls(action="AttachNetworkInterface")
    decided = sim.decisions()
    assert [(each["fault"], each["struck"], each["why"]) for each in decided] == [
        ("fault-1", False, "not yet"),
        ("fault-2", True, "struck"),
        ("fault-1", True, "struck"),
        ("fault-2", False, "fault-1 struck"),
        ("fault-1", False, "spent"),
        ("fault-2", True, "struck"),
    ]
    assert decided[0]["request_id"] == calls[0]["request_id"]
    assert sim.decisions(struck="true") == [decided[1], decided[2], decided[5]]


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


def test_a_fault_is_lifted_by_its_name_or_with_all(sim: Sim) -> None:
    first = plan(sim, "throttle")["id"]
    plan(sim, "refuse:Second")

    assert code_of(sim) == "RequestLimitExceeded"
    left = sim.delete(f"faults/{first}")
    assert [each["kind"] for each in left["faults"]] == ["refuse:Second"]
    assert code_of(sim) == "Second"
    assert sim.delete("faults")["faults"] == []
    assert sim.attach(interface_id=SPARE)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "magic"}, "kind"),
        ({"kind": "refuse:"}, "kind"),
        ({"kind": "http:"}, "kind"),
        ({"kind": "http:200"}, "kind"),
        ({"kind": "http:50000"}, "kind"),
        ({"kind": "http-after:x"}, "kind"),
        ({"kind": None}, "kind"),
        ({"kind": 7}, "kind"),
        ({"kind": "slow"}, "delay_s"),
        ({"kind": "latency", "delay_s": 0}, "delay_s"),
        ({"kind": "latency", "delay_s": -1}, "delay_s"),
        ({"kind": "late", "delay_s": "soon"}, "delay_s"),
        ({"action": ""}, "action"),
        ({"action": ["x"]}, "action"),
        ({"nth": 0}, "nth"),
        ({"nth": 1.5}, "nth"),
        ({"nth": True}, "nth"),
        ({"times": "once"}, "times"),
        ({"probability": 1.1}, "probability"),
        ({"probability": "often"}, "probability"),
        ({"seed": "x"}, "seed"),
        ({"resource": 7}, "resource"),
        ({"zone": {}}, "zone"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_fault_is_refused_by_name(
    sim: Sim, wrong: dict[str, Any], named: str
) -> None:
    asked = {"action": "AttachNetworkInterface", "kind": "throttle", **wrong}

    assert sim.refused_control("faults", asked).startswith(f"{named}: ")

    assert sim.control("faults")["faults"] == []
