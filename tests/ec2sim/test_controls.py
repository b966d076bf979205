"""The control door: what it answers, and what it refuses by name."""

import http.client
import json
from typing import Any

import pytest

from ec2sim.wire.controls import FIELDS
from tests.ec2sim.conftest import ALLOCATION, FLOATING, PRIMARY, SPARE, STANDBY, Sim

CONFIG = {
    *("detach_s", "attach_s", "jitter", "latency_s", "throttle", "stale_s"),
    *("distribution", "attach_median_s", "attach_p99_s", "detach_median_s"),
    *("detach_p99_s", "dead_guest", "guest_s", "launch_s", "stop_s", "terminate_s"),
    *("visible_s", "event_missing", "event_duplicate", "event_late"),
    *("event_late_s", "event_disorder", "event_url"),
}


def ask(sim: Sim, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
    """The status and JSON of a control, whatever it is."""
    connection = http.client.HTTPConnection("127.0.0.1", sim.running.port, timeout=5)
    connection.request(method, path, body)
    reply = connection.getresponse()
    said = reply.read()
    connection.close()
    assert reply.headers["Content-Type"] == "application/json"
    return reply.status, json.loads(said) if said else None


def test_the_state_shows_what_the_contract_names(sim: Sim) -> None:
    state = sim.control("state")

    assert set(state) >= {
        "interfaces",
        "addresses",
        "instances",
        "routes",
        "violations",
    }
    assert set(state["interfaces"][FLOATING]) >= {
        *("status", "instance_id", "attachment_id", "attachment_status"),
        *("device_index", "public_ips"),
    }
    assert state["interfaces"][FLOATING]["public_ips"] == ["127.31.58.118"]
    assert state["addresses"][ALLOCATION]["instance_id"] == PRIMARY
    assert state["interfaces"][SPARE]["instance_id"] is None
    assert state["violations"] == []


def test_settings_change_at_run_time_and_all_are_answered(sim: Sim) -> None:
    shown = sim.control("config", {"detach_s": 9, "throttle": "api"})

    assert set(shown) == CONFIG
    assert (shown["detach_s"], shown["throttle"], shown["attach_s"]) == (9, "api", 2)
    assert sim.control("config") == shown
    sim.control("config", {"throttle": "off"})
    sim.detach()
    sim.advance(8.9)
    assert sim.interface()["Status"] == "in-use"
    sim.advance(0.1)
    assert sim.interface()["Status"] == "available"


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": 1},
        {"detach_s": -1},
        {"detach_s": "3"},
        {"detach_s": True},
        {"detach_s": None},
        {"attach_s": [2]},
        {"attach_s": 10**400},
        {"jitter": 1.5},
        {"throttle": "much"},
        {"throttle": ["api"]},
        {"distribution": "normal"},
        {"attach_p99_s": 1},
        {"detach_median_s": 0},
        {"dead_guest": 2},
        {"event_missing": -0.1},
    ],
)
def test_a_wrong_setting_is_refused_by_name_and_changes_nothing(
    sim: Sim, wrong: dict[str, Any]
) -> None:
    before = sim.control("config")

    said = sim.refused_control("config", {"launch_s": 99, **wrong})

    assert next(iter(wrong)).split("_")[0] in said
    assert sim.control("config") == before


def test_not_a_number_is_no_number(sim: Sim) -> None:
    for nonsense in (b"NaN", b"Infinity", b"-Infinity", b"1e400"):
        status, said = ask(
            sim, "POST", "/_sim/config", b'{"detach_s": ' + nonsense + b"}"
        )
        assert status == 400
        assert "detach_s" in said["error"]


def test_a_guests_condition_shows_in_what_it_does(sim: Sim) -> None:
    shown = sim.control(
        f"instances/{PRIMARY}",
        {"guest": "hung", "system_status": "impaired", "limit": 5},
    )
    assert shown["id"] == PRIMARY
    assert (shown["guest"], shown["limit"]) == ("hung", 5)

    sim.detach()
    sim.advance(600)
    assert sim.interface()["Attachment"]["Status"] == "detaching"
    sim.control(f"instances/{PRIMARY}", {"guest": "ok"})
    assert sim.interface()["Status"] == "available"


def test_what_is_not_named_stays_as_it_is(sim: Sim) -> None:
    sim.control(
        f"instances/{PRIMARY}", {"guest": "hung", "instance_status": "impaired"}
    )
    sim.detach()
    sim.advance(60)

    shown = sim.control(f"instances/{PRIMARY}", {"limit": 7, "guest": None})

    assert (shown["guest"], shown["instance_status"]) == ("hung", "impaired")
    assert sim.interface()["Attachment"]["Status"] == "detaching"


@pytest.mark.parametrize(
    "wrong",
    [
        {"guest": "ill"},
        {"guest": {}},
        {"system_status": "fine"},
        {"instance_status": 3},
        {"limit": 0},
        {"limit": 1.5},
        {"attach_s": -1},
        {"detach_s": "long"},
        {"colour": "red"},
    ],
)
def test_a_wrong_condition_is_refused_by_name(sim: Sim, wrong: dict[str, Any]) -> None:
    assert next(iter(wrong)) in sim.refused_control(f"instances/{STANDBY}", wrong)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("instances/i-0000000", {"guest": "ok"}),
        ("zones/nowhere", {"outage": True}),
        ("zones/eu-west-1z", {"outage": True}),
        ("nothing", {}),
        ("config/detach_s", {}),
        ("", {}),
    ],
)
def test_what_does_not_exist_is_404(sim: Sim, path: str, body: dict[str, Any]) -> None:
    status, said = ask(sim, "POST", f"/_sim/{path}", json.dumps(body).encode())

    assert status == 404
    assert "no such" in said["error"]


@pytest.mark.parametrize("action", ["DescribeVpcz", "attachNetworkInterface", "X*"])
def test_a_fault_of_a_call_that_ec2_does_not_have_is_refused(
    sim: Sim, action: str
) -> None:
    wrong = {"action": action, "kind": "throttle"}

    assert sim.refused_control("faults", wrong) == f"action: EC2 has no call {action}"
    assert sim.control("faults")["faults"] == []


@pytest.mark.parametrize("listed", ["calls", "events", "decisions"])
def test_a_list_is_not_asked_for_a_field_that_it_does_not_have(
    sim: Sim, listed: str
) -> None:
    status, said = ask(sim, "GET", f"/_sim/{listed}?actoin=AttachNetworkInterface")

    assert status == 400
    assert said["error"].startswith("actoin:")


def test_a_list_may_be_asked_for_every_field_that_it_has(sim: Sim) -> None:
    sim.control("faults", {"action": "*", "kind": "throttle", "nth": 99})
    sim.detach()
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])

    for listed, known in FIELDS.items():
        lines = sim.lines(listed)
        told = {name for line in lines for name in (*line, *line.get("detail", ()))}
        assert lines
        assert told - set(known) <= {"resources", "detail"}


def test_an_outage_is_on_or_off(sim: Sim) -> None:
    assert "outage" in sim.refused_control("zones/eu-west-1a", {"outage": "yes"})
    assert "outage" in sim.refused_control("zones/eu-west-1a", {})
    shown = sim.control("zones/eu-west-1a", {"outage": True})
    assert shown == {"zone": "eu-west-1a", "outage": True}


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b'{"detach_s": 1', b"null"],
)
def test_what_is_no_json_object_is_400(sim: Sim, body: bytes) -> None:
    for path in ("config", "faults", "clock", f"instances/{PRIMARY}", "seed", "roles"):
        status, said = ask(sim, "POST", f"/_sim/{path}", body)
        assert status == 400
        assert "JSON" in said["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/_sim/config", 405),
        ("PATCH", "/_sim/config", 405),
        ("OPTIONS", "/_sim/state", 405),
        ("DELETE", "/_sim/config", 404),
        ("DELETE", "/_sim/faults/fault-9", 404),
        ("GET", "/_sim/nothing", 404),
        ("GET", "/_sim", 404),
        ("GET", "/_sim/reset", 404),
        ("HEAD", "/_sim/state", 200),
        ("GET", "/_sim/state/", 200),
        ("POST", "/_sim/config/", 200),
    ],
)
def test_each_method_has_its_answer(
    sim: Sim, method: str, path: str, status: int
) -> None:
    assert ask(sim, method, path)[0] == status


def test_reset_leaves_an_empty_world_and_a_seed_fills_it_again(sim: Sim) -> None:
    sim.control("faults", {"action": "*", "kind": "throttle", "probability": 0})
    sim.control("config", {"detach_s": 7, "throttle": "api"})
    sim.detach()

    sim.control("reset", {})

    assert sim.control("state")["interfaces"] == {}
    assert sim.calls() == sim.decisions() == sim.lines("events") == []
    assert sim.control("faults")["faults"] == sim.control("buckets")["buckets"] == []
    assert sim.control("clock")["mode"] == "real"
    assert sim.control("config")["detach_s"] == 7
    assert sim.control("seed", {"article": True})["interfaces"] == 5
    assert sim.interface()["Attachment"]["Status"] == "attached"


def test_the_page_of_an_address_can_be_browsed(sim: Sim) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sim.running.port, timeout=5)
    connection.request("GET", "/_sim/browse/127.31.58.118/")
    page = connection.getresponse()
    shown = page.read()
    connection.request("GET", "/_sim/browse/127.31.0.1/")
    nobody = connection.getresponse()
    nobody.read()
    connection.close()

    assert (page.status, nobody.status) == (200, 502)
    assert b"Welcome to nginx on" in shown


def test_a_page_answers_only_when_the_guest_has_configured_its_interface(
    sim: Sim,
) -> None:
    sim.control("config", {"guest_s": 5})
    browse = sim.running.site.browse
    assert browse("127.31.58.118") is not None
    sim.detach()
    sim.advance(3)
    sim.attach()
    sim.advance(2)

    assert sim.interface()["Attachment"]["Status"] == "attached"
    assert browse("127.31.58.118") is None
    sim.advance(4.9)
    assert browse("127.31.58.118") is None
    sim.advance(0.1)
    assert "Welcome to nginx on" in str(browse("127.31.58.118"))
