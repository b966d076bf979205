"""EventBridge's events of instances: what they say, and how they go astray."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.ec2sim.conftest import PRIMARY, STANDBY, SUBNET, Sim


def states(sim: Sim, instance_id: str = PRIMARY) -> list[str]:
    """The states that events have told of an instance, in order of arrival."""
    told = sim.lines("events", **{"instance-id": instance_id})
    return [str(event["detail"]["state"]) for event in told]


def stop_and_start(sim: Sim, times: int = 1) -> None:
    """Send the primary through stopping, stopped, pending and running."""
    for _ in range(times):
        sim.ec2.stop_instances(InstanceIds=[PRIMARY])
        sim.advance(5)
        sim.ec2.start_instances(InstanceIds=[PRIMARY])
        sim.advance(5)


ROUND = ["stopping", "stopped", "pending", "running"]


def test_an_event_is_eventbridges_own(sim: Sim) -> None:
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])

    event = sim.lines("events")[0]

    assert set(event) == {
        *("version", "id", "detail-type", "source", "account", "time"),
        *("region", "resources", "detail"),
    }
    assert event["version"] == "0"
    assert event["detail-type"] == "EC2 Instance State-change Notification"
    assert event["source"] == "aws.ec2"
    assert event["account"] == "123456789012"
    assert event["region"] == "eu-west-1"
    assert event["resources"] == [
        f"arn:aws:ec2:eu-west-1:123456789012:instance/{PRIMARY}"
    ]
    assert event["detail"] == {"instance-id": PRIMARY, "state": "stopping"}
    assert len(event["id"]) == 36
    assert event["time"][10] == "T"
    assert event["time"].endswith("Z")


def test_every_state_of_an_instance_is_told(sim: Sim) -> None:
    stop_and_start(sim)
    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    sim.advance(10)

    assert states(sim) == [*ROUND, "shutting-down", "terminated"]
    assert states(sim, STANDBY) == []


def test_a_launch_is_told_and_a_seed_is_not(sim: Sim) -> None:
    image = sim.ec2.describe_images()["Images"][0]["ImageId"]
    made = sim.ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, SubnetId=SUBNET
    )["Instances"][0]["InstanceId"]
    sim.advance(5)

    assert states(sim, made) == ["pending", "running"]
    assert len(sim.lines("events")) == 2


def test_a_hung_guest_is_no_event(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung", "system_status": "impaired"})
    sim.detach()
    sim.advance(60)

    assert sim.lines("events") == []


def test_events_may_never_come(sim: Sim) -> None:
    sim.control("config", {"event_missing": 1, "event_duplicate": 1})
    stop_and_start(sim)
    sim.advance(1000)

    assert sim.lines("events") == []


def test_events_may_come_twice_and_keep_their_id(sim: Sim) -> None:
    sim.control("config", {"event_duplicate": 1, "event_late_s": 2})
    stop_and_start(sim)
    sim.advance(1000)

    events = sim.lines("events")
    assert sorted(states(sim)) == sorted(ROUND * 2)
    assert len({event["id"] for event in events}) == 4


def test_events_may_come_late_and_tell_when_they_happened(sim: Sim) -> None:
    sim.control("config", {"event_late": 1, "event_late_s": 600})
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    assert sim.lines("events") == []

    sim.advance(600)

    late = sim.lines("events", state="stopping")
    assert len(late) == 1
    began_at = sim.calls(event="transition", to="stopping")[0]["at"]
    at = datetime.fromtimestamp(began_at, tz=UTC)
    assert late[0]["time"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_events_may_come_after_the_one_that_follows_them(sim: Sim) -> None:
    sim.control("config", {"event_disorder": 0.5})
    stop_and_start(sim, times=10)
    sim.advance(1000)

    told = states(sim)
    assert sorted(told) == sorted(ROUND * 10)
    assert told != ROUND * 10


def test_the_last_event_is_not_kept_for_ever(sim: Sim) -> None:
    sim.control("config", {"event_disorder": 1, "event_late_s": 30, "stop_s": 100})
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    assert states(sim) == []

    sim.advance(30)

    assert states(sim) == ["stopping"]


def test_the_same_seed_loses_the_same_events(sim: Sim) -> None:
    told = []
    for _ in range(2):
        sim.control("reset", {})
        sim.control("seed", {"article": True})
        sim.control("clock", {"mode": "manual"})
        sim.control("config", {"event_missing": 0.4, "event_duplicate": 0.3})
        stop_and_start(sim, times=5)
        sim.advance(1000)
        told.append([(each["id"], each["detail"]) for each in sim.lines("events")])

    assert told[0] == told[1]
    assert 0 < len({event_id for event_id, _ in told[0]}) < 20


class Listener:
    """Somebody who has events sent to them."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.came = threading.Semaphore(0)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.events.append(json.loads(self.rfile.read(length)))
                self.send_response(204)
                self.end_headers()
                outer.came.release()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/events"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody who listens."""
    made = Listener()
    yield made
    made.close()


def test_events_are_sent_to_whoever_asked(sim: Sim, listener: Listener) -> None:
    sim.control("config", {"event_url": listener.url})

    stop_and_start(sim)

    for _ in ROUND:
        assert listener.came.acquire(timeout=5)
    assert listener.events == sim.lines("events")


def test_nobody_waits_for_a_listener_that_is_gone(
    sim: Sim, capfd: pytest.CaptureFixture[str]
) -> None:
    sim.control("config", {"event_url": "http://127.0.0.1:9/"})

    stop_and_start(sim)
    sim.running.world.events.close()

    assert states(sim) == ROUND
    assert capfd.readouterr().err.count("does not take events") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "http://127.0.0.1.example.org/",
        "http://localhost@example.org/",
        "http://127.0.0.1:port/",
        "http://[::1/",
        "file:///etc/passwd",
        7,
    ],
)
def test_events_are_sent_to_this_machine_only(sim: Sim, wrong: object) -> None:
    assert "event_url" in sim.refused_control("config", {"event_url": wrong})
    assert sim.control("config")["event_url"] == ""


def test_reset_forgets_the_events(sim: Sim) -> None:
    stop_and_start(sim)

    sim.control("reset", {})

    assert sim.lines("events") == []
