"""Callers who wait for ever, and a server that waits for none of them."""

import socket
import threading
import time
import urllib.parse
from collections.abc import Iterator

import pytest
from botocore.exceptions import BotoCoreError

from ec2sim import server
from ec2sim.config import Config
from tests.ec2sim.conftest import FLOATING, Sim

SIGNED = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ec2/aws4_request, S"


@pytest.fixture
def silent() -> Iterator[Sim]:
    """A world whose changes are never answered."""
    with server.start(config=Config(latency_s=0), sown={"article": True}) as running:
        for letter in "abc":
            running.world.region("123456789012", "eu-west-1").outages.add(
                f"eu-west-1{letter}"
            )
        yield Sim(running)


def open_calls(sim: Sim, count: int) -> list[socket.socket]:
    """Connections that wait for the answer to a change that never comes."""
    state = sim.control("state")["interfaces"]
    form = {"Action": "DetachNetworkInterface", "Version": "2016-11-15"}
    body = urllib.parse.urlencode(
        {**form, "AttachmentId": state[FLOATING]["attachment_id"]}
    ).encode()
    head = f"POST / HTTP/1.1\r\nAuthorization: {SIGNED}\r\nContent-Length: {len(body)}"
    lines = []
    for _ in range(count):
        line = socket.create_connection(("127.0.0.1", sim.running.port), timeout=5)
        line.sendall(head.encode() + b"\r\n\r\n" + body)
        lines.append(line)
    deadline = time.monotonic() + 5
    while len(sim.calls(action="DetachNetworkInterface")) < count:
        assert time.monotonic() < deadline
    return lines


def serving() -> int:
    """How many threads have a connection."""
    return sum(
        "process_request_thread" in thread.name for thread in threading.enumerate()
    )


def wait_until_serving(at_most: int) -> None:
    """Wait for threads to end. Fails after five seconds."""
    deadline = time.monotonic() + 5
    while serving() > at_most:
        assert time.monotonic() < deadline, threading.enumerate()
        time.sleep(0.02)


def test_a_caller_that_gives_up_frees_its_thread(silent: Sim) -> None:
    before = serving()
    lines = open_calls(silent, 4)
    assert serving() >= before + 4

    for line in lines:
        line.close()

    wait_until_serving(before)


def test_stopping_hangs_on_nobody_who_waits() -> None:
    before = serving()
    running = server.start(config=Config(latency_s=0), sown={"article": True})
    sim = Sim(running)
    sim.control("zones/eu-west-1a", {"outage": True})
    lines = open_calls(sim, 4)
    idle = socket.create_connection(("127.0.0.1", running.port))
    sim.control("faults", {"action": "*", "kind": "slow", "delay_s": 1000})
    slow = threading.Thread(target=lambda: ask_quietly(sim))
    slow.start()
    began = time.monotonic()

    running.close()

    assert time.monotonic() - began < 3
    slow.join(5)
    assert not slow.is_alive()
    wait_until_serving(before)
    for line in (*lines, idle):
        line.close()
    sim.ec2.close()


def ask_quietly(sim: Sim) -> None:
    """A read by somebody who takes a lost reply as it comes."""
    try:
        sim.ec2.describe_addresses()
    except BotoCoreError:
        return
