"""One probe: a connection to a literal address, one question, one verdict."""

import errno
import http.client
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from failover.engine.probes import (
    Probe,
    ProbeKind,
    ProbeOutcome,
    Question,
    Verdict,
)
from failover.probes.policy import Address, Policy
from failover.probes.reading import Deadline, Wire

MOST_BODY = 64 * 1024
PIECE = 4096
IN_A_PATH = "/:?[]@!$&'()*+,;=%-._~"
AGENT = "swapboard-probe"
# What the other side, or the way to it, did. Any other error is our own trouble, which
# says nothing of the service: it is raised.
FAULTS = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ECONNRESET: "connection_reset",
    errno.ECONNABORTED: "connection_reset",
    errno.EPIPE: "connection_reset",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
}
Args = tuple[tuple[str, str], ...]
NOTHING: Args = ()


class Fault(Exception):
    """The service does not answer as it should; `code` says how, `found` with what."""

    def __init__(self, code: str, found: Args = NOTHING) -> None:
        super().__init__(code)
        self.code = code
        self.found = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Implements `failover.engine.ports.Prober`.

    `monotonic` are seconds for measuring; `within_s` is for the whole probe.
    """

    policy: Policy
    monotonic: Callable[[], float]
    within_s: float

    def find_objection(self, question: Question) -> str:
        """Why policy forbids it, as a code; empty when it may be asked."""
        return self.policy.find_objection(
            address=question.address, port=question.probe.port
        )

    def probe(self, question: Question) -> Verdict:
        """Ask. Raises OSError where this host itself cannot: that is no verdict."""
        began = self.monotonic()
        objection = self.find_objection(question)
        if objection:
            return _verdict(question, ProbeOutcome.REFUSED, objection)
        deadline = Deadline(monotonic=self.monotonic, within_s=self.within_s)
        outcome, code, args = ProbeOutcome.PASSED, "", NOTHING
        try:
            _ask(question, deadline)
        except Fault as fault:
            outcome, code, args = ProbeOutcome.FAILED, fault.code, fault.found
        taken_s = round(self.monotonic() - began, 4)
        return _verdict(question, outcome, code, args, duration_s=taken_s)


def _verdict(
    question: Question,
    outcome: ProbeOutcome,
    code: str,
    args: Args = NOTHING,
    *,
    duration_s: float = 0.0,
) -> Verdict:
    return Verdict(
        outcome=outcome,
        address=question.address,
        port=question.probe.port,
        code=code,
        args=args,
        duration_s=duration_s,
    )


def _ask(question: Question, deadline: Deadline) -> None:
    """Connect, and for http ask for the path. Raises Fault."""
    # Written anew by `ipaddress`, so that nothing is left for a resolver to do.
    address = ipaddress.ip_address(question.address)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as door:
            door.settimeout(deadline.left_s())
            door.connect((str(address), question.probe.port))
            if question.probe.kind is ProbeKind.HTTP:
                door.settimeout(deadline.left_s())
                door.sendall(_request(address, question.probe))
                _hear(door, question.probe, deadline)
    except TimeoutError as error:
        raise Fault("timeout") from error
    except http.client.RemoteDisconnected as error:
        raise Fault("no_answer") from error
    except http.client.HTTPException as error:
        raise Fault("not_http") from error
    except OSError as error:
        code = FAULTS.get(error.errno or 0)
        if code is None:
            raise
        raise Fault(code) from error


def _request(address: Address, probe: Probe) -> bytes:
    host = f"[{address}]" if address.version == 6 else str(address)
    # Whatever is no part of a URL is quoted, so that it cannot end the line.
    path = quote(probe.path.partition("#")[0] or "/", safe=IN_A_PATH)
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {host}:{probe.port}",
        f"User-Agent: {AGENT}",
        "Accept: */*",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def _hear(door: socket.socket, probe: Probe, deadline: Deadline) -> None:
    """Read the answer as far as needed. Raises Fault, HTTPException."""
    wire = Wire(door=door, deadline=deadline)
    response = http.client.HTTPResponse(
        wire,  # type: ignore[arg-type]
        method="GET",
    )
    with response:
        response.begin()
        status = str(response.status)
        if is_status(probe.expect):
            if status != probe.expect:
                raise Fault(_misfit(response.status), _said(status, probe.expect))
            return
        if not 200 <= response.status < 300:
            raise Fault(_misfit(response.status), _said(status, "2xx"))
        if probe.expect and not _has(response, probe.expect.encode()):
            raise Fault("text_missing", (("expect", probe.expect),))


def is_status(expect: str) -> bool:
    """Whether the expectation is a status code, and not a text of the body."""
    return len(expect) == 3 and expect.isascii() and expect.isdigit()


def _misfit(status: int) -> str:
    """A redirect is never followed; it has a code of its own."""
    return "redirect" if 300 <= status < 400 else "status"


def _said(status: str, expect: str) -> Args:
    return (("status", status), ("expect", expect))


def _has(response: http.client.HTTPResponse, text: bytes) -> bool:
    """Whether the text is in the first 64 KiB; stops as soon as it is found."""
    body = b""
    while len(body) < MOST_BODY:
        piece = response.read1(min(PIECE, MOST_BODY - len(body)))
        if not piece:
            break
        # The text may begin in the piece before.
        if text in body[-len(text) :] + piece:
            return True
        body += piece
    return False
