"""One probe: what it says of a service, what it never does."""

import ipaddress
import resource
import socket
import threading
import time
from typing import Any

import pytest

from failover.engine.probes import (
    Probe,
    ProbeKind,
    ProbeOutcome,
    Question,
    Verdict,
)
from failover.probes.policy import Policy
from failover.probes.prober import MOST_BODY, Prober
from tests.probes.servers import Answer, Server, reply, say, serve
from tests.probes.test_policy import FORMS

WITHIN_S = 0.4
DEMO = Policy(allowed=(ipaddress.ip_network("127.31.0.0/16"),))


def a_prober(policy: Policy = DEMO, **changes: Any) -> Prober:
    changes.setdefault("within_s", WITHIN_S)
    return Prober(policy=policy, monotonic=time.monotonic, **changes)


def ask(server: Server, **changes: Any) -> Verdict:
    probe = Probe(**{"kind": ProbeKind.HTTP, "port": server.port, **changes})
    return a_prober().probe(Question(address=server.address, probe=probe))


def heard(answer: Answer, **changes: Any) -> Verdict:
    with serve(answer) as server:
        return ask(server, **changes)


# Passing.


def test_a_port_that_takes_connections_passes_tcp() -> None:
    with serve() as server:
        verdict = ask(server, kind=ProbeKind.TCP)

    assert verdict.outcome is ProbeOutcome.PASSED
    assert (verdict.address, verdict.port) == (server.address, server.port)
    assert 0 < verdict.duration_s < WITHIN_S


@pytest.mark.parametrize("expect", ["", "200", "welcome"])
def test_a_page_passes_by_status_or_by_a_text(expect: str) -> None:
    verdict = heard(reply("200 OK", b"<h1>welcome</h1>"), expect=expect)

    assert verdict.outcome is ProbeOutcome.PASSED


def test_any_status_can_be_what_is_expected() -> None:
    assert heard(reply("401 Unauthorized"), expect="401").outcome == "passed"


def test_a_text_across_two_pieces_and_in_chunks_is_found() -> None:
    chunks = b"4000\r\n" + b"x" * 0x3FFD + b"wel\r\n4\r\ncome\r\n0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert heard(say(head + chunks), expect="welcome").outcome == "passed"


def test_the_request_says_where_it_goes_and_who_asks() -> None:
    with serve(reply()) as server:
        ask(server, path="/health?deep=1")

    head = server.asked[0].decode().split("\r\n")
    assert head[0] == "GET /health?deep=1 HTTP/1.1"
    assert f"Host: {server.address}:{server.port}" in head
    assert "User-Agent: swapboard-probe" in head


def test_a_path_cannot_end_its_line() -> None:
    with serve(reply()) as server:
        ask(server, path="/a b\r\nX-Evil: 1#end")

    head = server.asked[0].decode().split("\r\n")
    assert head[0] == "GET /a%20b%0D%0AX-Evil:%201 HTTP/1.1"
    assert not any(line.startswith("X-Evil") for line in head)


# Failing.


@pytest.mark.parametrize(
    ("answer", "expect", "code"),
    [
        (reply("503 Service Unavailable"), "", "status"),
        (reply("200 OK"), "204", "status"),
        (reply("503 Busy", b"welcome"), "welcome", "status"),
        (reply("200 OK", b"sorry"), "welcome", "text_missing"),
        (say(b"SSH-2.0-OpenSSH_9\r\n"), "", "not_http"),
        (
            say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz"),
            "x",
            "not_http",
        ),
        (say(), "", "no_answer"),
    ],
)
def test_an_answer_that_is_not_as_expected_fails(
    answer: Answer, expect: str, code: str
) -> None:
    verdict = heard(answer, expect=expect)

    assert (verdict.outcome, verdict.code) == ("failed", code)


def test_a_status_is_told_with_what_was_expected() -> None:
    verdict = heard(reply("500 Oops"), expect="200")

    assert dict(verdict.args) == {"status": "500", "expect": "200"}


def test_a_closed_port_fails_at_once() -> None:
    with serve() as server:
        pass

    verdict = ask(server, kind=ProbeKind.TCP)

    assert verdict.code == "connection_refused"


def test_a_reset_is_a_failure_of_the_service() -> None:
    def reset(visitor: socket.socket) -> None:
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    assert heard(reset).code == "connection_reset"


def test_trouble_of_this_host_is_no_verdict() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    probe = Probe(kind=ProbeKind.TCP, port=80)
    # Nothing may be opened any more.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            a_prober().probe(Question(address="127.31.0.1", probe=probe))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


# What it never does.


def test_a_redirect_to_the_metadata_address_is_not_followed() -> None:
    headers = "Location: http://169.254.169.254/latest/meta-data/"

    verdict = heard(reply("302 Found", b"", headers))

    assert (verdict.outcome, verdict.code) == ("failed", "redirect")
    assert dict(verdict.args)["status"] == "302"


def test_a_redirect_to_a_neighbour_is_not_followed() -> None:
    with serve(reply(), "127.31.0.2") as canary:
        where = f"Location: http://{canary.address}:{canary.port}/"
        verdict = heard(reply("301 Moved", b"", where), expect="welcome")

    assert verdict.code == "redirect"
    assert canary.visits == 0


def test_a_slow_drip_meets_the_deadline() -> None:
    stop = threading.Event()

    def drip(visitor: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
            if stop.wait(0.02):
                return
            visitor.sendall(bytes([byte]))

    began = time.monotonic()
    with serve(drip) as server:
        verdict = ask(server)
        taken_s = time.monotonic() - began
        stop.set()

    assert verdict.code == "timeout"
    assert taken_s < WITHIN_S + 0.5


def test_a_silent_service_meets_the_deadline() -> None:
    release = threading.Event()

    def hush(visitor: socket.socket) -> None:
        del visitor
        release.wait(3)

    with serve(hush) as server:
        verdict = ask(server)
        release.set()

    assert verdict.code == "timeout"
    assert verdict.duration_s < WITHIN_S + 0.5


def test_of_an_endless_body_only_64_kib_are_read() -> None:
    sent = 0

    def pour(visitor: socket.socket) -> None:
        nonlocal sent
        visitor.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        for _ in range(1024):
            sent += visitor.send(b"x" * 1024 * 1024)

    with serve(pour) as server:
        verdict = ask(server, expect="welcome", kind=ProbeKind.HTTP)

    assert verdict.code == "text_missing"
    # What the kernel's buffers of both ends took beyond what was read.
    assert sent < MOST_BODY + 32 * 1024 * 1024


def test_a_proxy_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve(reply(), "127.31.0.2") as canary, serve(reply()) as server:
        proxy = f"http://{canary.address}:{canary.port}"
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)
        verdict = ask(server)

    assert verdict.outcome == "passed"
    assert canary.visits == 0


def test_a_refused_target_gets_no_packet() -> None:
    """The canary listens on every address of this host, in both families."""
    with serve(address="::") as canary:
        probe = Probe(kind=ProbeKind.TCP, port=canary.port)
        for form in FORMS:
            question = Question(address=form, probe=probe)
            verdict = a_prober(Policy()).probe(question)
            assert verdict.outcome is ProbeOutcome.REFUSED, form
            assert verdict.duration_s == 0

        assert canary.visits == 0
        for address in ("127.0.0.1", "::1"):
            # And it does sing.
            with socket.create_connection((address, canary.port), timeout=2) as door:
                door.recv(1)
        assert canary.visits == 2


def test_nothing_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **_: asked.append(a))

    with serve(reply()) as server:
        verdict = ask(server)

    assert verdict.outcome == "passed"
    assert asked == []


def test_ipv6_is_probed_too() -> None:
    policy = Policy(allowed=(ipaddress.ip_network("::1"),))
    with serve(reply(), "::1") as server:
        probe = Probe(kind=ProbeKind.HTTP, port=server.port)
        verdict = a_prober(policy).probe(Question(address="::1", probe=probe))

    assert verdict.outcome == "passed"
    assert f"Host: [::1]:{server.port}".encode() in server.asked[0]
