"""The log: what each line has, when it is written, and in which order."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from ec2sim import journal, server
from ec2sim.config import Config
from ec2sim.journal import Journal
from tests.ec2sim.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Sim

CALL = {
    *("event", "at", "effect_at", "end_at", "account", "region", "action"),
    *("resources", "outcome", "code", "request_id", "session"),
}
TRANSITION = {"event", "at", "resource", "to", "instance_id"}


def test_a_call_is_logged_with_everything_that_is_promised(sim: Sim) -> None:
    sim.detach()

    line = sim.calls(action="DetachNetworkInterface")[0]

    assert set(line) >= CALL
    assert line["event"] == "call"
    assert line["account"] == "123456789012"
    assert line["region"] == "eu-west-1"
    assert {FLOATING, PRIMARY} <= set(line["resources"])
    assert (line["outcome"], line["code"], line["session"]) == ("ok", None, None)
    assert line["dry_run"] is False


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
    assert moves[0]["at"] == call["effect_at"]
    assert moves[1]["at"] - moves[0]["at"] == pytest.approx(0.2, abs=1e-6)
    assert set(moves[0]) >= TRANSITION
    assert moves[0]["instance_id"] == PRIMARY


def test_an_association_is_a_transition_of_its_address(sim: Sim) -> None:
    allocated = sim.ec2.allocate_address()["AllocationId"]
    sim.ec2.associate_address(AllocationId=allocated, NetworkInterfaceId=SPARE)

    assert [line["to"] for line in sim.calls(event="transition")] == ["associated"]
    assert sim.calls(event="transition")[0]["resource"] == allocated


def test_a_refused_call_has_no_effect_in_the_log(sim: Sim) -> None:
    code, _ = sim.refusal(
        sim.ec2.attach_network_interface,
        NetworkInterfaceId=FLOATING,
        InstanceId=STANDBY,
        DeviceIndex=1,
    )

    line = sim.calls(action="AttachNetworkInterface")[0]
    assert (line["outcome"], line["code"]) == ("refused", code)
    assert (line["effect_at"], line["place"]) == (None, None)
    assert line["resources"] == [STANDBY, FLOATING] or set(line["resources"]) == {
        STANDBY,
        FLOATING,
    }


def test_what_a_call_makes_is_among_its_resources(sim: Sim) -> None:
    made = sim.ec2.create_network_interface(SubnetId="subnet-40043409")

    line = sim.calls(action="CreateNetworkInterface")[0]
    assert made["NetworkInterface"]["NetworkInterfaceId"] in line["resources"]


def test_the_request_id_is_the_one_that_the_caller_got(sim: Sim) -> None:
    reply = sim.ec2.describe_addresses()

    line = sim.calls(action="DescribeAddresses")[0]
    assert line["request_id"] == reply["ResponseMetadata"]["RequestId"]


def test_the_sessions_name_is_in_the_log(sim: Sim) -> None:
    keys = sim.client("sts").assume_role(
        RoleArn="arn:aws:iam::210987654321:role/mover", RoleSessionName="job-7"
    )["Credentials"]
    sim.client(aws_access_key_id=keys["AccessKeyId"]).describe_addresses()

    line = sim.calls(action="DescribeAddresses")[0]
    assert (line["account"], line["session"]) == ("210987654321", "job-7")
    assert sim.calls(session="job-7") == [line]


def test_a_late_call_has_one_line_with_both_its_moments(sim: Sim) -> None:
    sim.control(
        "faults", {"action": "AttachNetworkInterface", "kind": "late", "delay_s": 9}
    )
    with pytest.raises(ConnectionClosedError):
        sim.attach(interface_id=SPARE)
    asked_at = sim.control("clock")["now"]
    assert sim.calls(action="AttachNetworkInterface") == []

    sim.advance(20)

    (line,) = sim.calls(action="AttachNetworkInterface")
    assert (line["outcome"], line["code"]) == ("dropped", None)
    assert line["at"] == line["end_at"] == asked_at
    assert line["effect_at"] == pytest.approx(asked_at + 9)


def test_effects_have_their_places_even_when_time_stands_still(sim: Sim) -> None:
    sim.detach()
    sim.attach(interface_id=SPARE)
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])

    lines = [line for line in sim.calls() if line["place"] is not None]
    ordered = sorted(lines, key=lambda line: int(line["place"]))

    assert len({line["place"] for line in lines}) == len(lines)
    assert [line.get("action") or line["to"] for line in ordered] == [
        "DescribeNetworkInterfaces",
        "DetachNetworkInterface",
        "detaching",
        "AttachNetworkInterface",
        "attaching",
        "StopInstances",
        "stopping",
    ]
    assert len({line["at"] for line in lines}) == 1


def test_what_a_seed_builds_has_not_happened(sim: Sim) -> None:
    sim.control("seed", {"pairs": 3, "region": "eu-west-2"})

    assert sim.calls() == []


def test_a_seed_mutes_nobody_else() -> None:
    log = Journal()
    began, ended = threading.Event(), threading.Event()

    def sow() -> None:
        with log.muted():
            log.write({"event": "seed"})
            began.set()
            ended.wait(5)

    thread = threading.Thread(target=sow)
    thread.start()
    assert began.wait(5)
    log.write({"event": "call"})
    ended.set()
    thread.join()

    assert [json.loads(line) for line in log.lines()] == [{"event": "call"}]


def test_memory_holds_the_last_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT_LINES", 10)
    log = Journal()

    for number in range(25):
        log.write({"number": number})

    assert [json.loads(line)["number"] for line in log.lines()] == list(range(15, 25))


def test_the_log_file_is_appended_to_and_has_every_line(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "calls.jsonl"
    shown: list[dict[str, Any]] = []
    for _ in range(2):
        with server.start(
            config=Config(latency_s=0), sown={"article": True}, log_path=path
        ) as running:
            running.world.clock.set(mode="manual")
            sim = Sim(running)
            sim.detach()
            shown = sim.calls()
            sim.ec2.close()

    written: list[dict[str, Any]] = [
        json.loads(line) for line in path.read_text().splitlines()
    ]
    assert len(written) == 2 * len(shown) == 6
    assert written[3:] == shown


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"event": "call"}, 2),
        ({"event": "transition"}, 1),
        ({"action": "DetachNetworkInterface"}, 1),
        ({"resource": PRIMARY}, 1),
        ({"resource": FLOATING, "event": "transition"}, 1),
        ({"outcome": "ok"}, 2),
        ({"code": "null"}, 2),
        ({"dry_run": "false"}, 2),
        ({"account": "210987654321"}, 0),
    ],
)
def test_the_log_can_be_narrowed(sim: Sim, wanted: dict[str, str], found: int) -> None:
    sim.detach()

    assert len(sim.calls(**wanted)) == found
