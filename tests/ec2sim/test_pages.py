"""The page on an Elastic IP: there while its holder is attached, else nobody."""

import random
import socket
import urllib.error
import urllib.request

import pytest

from tests.ec2sim.conftest import FLOATING, PRIMARY, Sim


@pytest.fixture
def address(sim: Sim) -> str:
    """An Elastic IP of this test alone, on the floating interface."""
    chance = random.SystemRandom()
    public_ip = f"127.31.{chance.randrange(100, 250)}.{chance.randrange(4, 250)}"
    made = sim.ec2.allocate_address(Domain="vpc", Address=public_ip)
    sim.ec2.associate_address(
        AllocationId=made["AllocationId"], NetworkInterfaceId=FLOATING
    )
    return public_ip


def browse(url: str) -> str:
    """What a browser gets."""
    with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - loopback
        return str(reply.read().decode())


def test_the_page_follows_the_interface(sim: Sim, address: str) -> None:
    url = f"http://{address}:8080/"
    assert "Welcome to nginx on PrimaryServer" in browse(url)

    sim.detach()
    with pytest.raises(urllib.error.URLError, match="refused"):
        browse(url)
    sim.advance(3)
    sim.attach()
    with pytest.raises(urllib.error.URLError, match="refused"):
        browse(url)
    sim.advance(2)

    assert "Welcome to nginx on StandbyServer" in browse(url)
    assert "StandbyServer" in browse(f"{sim.url}/_sim/browse/{address}/")


def test_a_dead_guest_refuses_and_a_hung_one_is_silent(sim: Sim, address: str) -> None:
    url = f"http://{address}:8080/"
    sim.control(f"instances/{PRIMARY}", {"guest": "dead"})
    with pytest.raises(urllib.error.URLError, match="refused"):
        browse(url)

    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    with socket.create_connection((address, 8080), timeout=2) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\n\r\n")
        visitor.settimeout(0.3)
        with pytest.raises(TimeoutError):
            visitor.recv(1)

    sim.control(f"instances/{PRIMARY}", {"guest": "ok"})
    assert "PrimaryServer" in browse(url)


def test_open_connections_are_dropped_with_the_interface(
    sim: Sim, address: str
) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    with socket.create_connection((address, 8080), timeout=2) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\n\r\n")
        visitor.settimeout(0.3)
        with pytest.raises(TimeoutError):
            visitor.recv(1)
        sim.detach()
        with pytest.raises(ConnectionResetError):
            visitor.recv(1)


def test_nobody_answers_on_an_address_without_a_holder(sim: Sim) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        browse(f"{sim.url}/_sim/browse/127.31.0.9/")
    refused.value.close()
    assert refused.value.code == 502
