"""The plan of faults: whom each strikes, how often, and what was decided."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.ec2sim.conftest import (
    ALLOCATION,
    FLOATING,
    PRIMARY,
    SPARE,
    STANDBY,
    Sim,
)
from tests.ec2sim.struck_attaches import ASKED, code_of, plan


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
        ({"kind": "refuse:Not a code"}, "kind"),
        ({"kind": "refuse:Not<a>Code"}, "kind"),
        ({"kind": "refuse:NotACode\n"}, "kind"),
        ({"kind": "refuse:Caf\u00e9"}, "kind"),
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


def test_a_refusal_has_a_code_as_ec2_writes_them(sim: Sim) -> None:
    asked = {"action": "AttachNetworkInterface", "kind": "refuse:Not a code"}

    assert sim.refused_control("faults", asked) == (
        "kind: refuse: needs a code of letters, digits and dots"
    )
    plan(sim, "refuse:InvalidAMIID.NotFound2")
    assert code_of(sim) == "InvalidAMIID.NotFound2"
