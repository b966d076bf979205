"""An EC2 endpoint that says what a test tells it to, over real HTTP."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
Parameters = dict[str, str]


@dataclass(frozen=True, slots=True)
class Say:
    """One reply. `status` 0 closes the connection without a word."""

    body: str
    status: int = 200
    date: str = ""
    delay: threading.Event | None = None


def reply(action: str, body: str = "") -> Say:
    return Say(
        f'<{action}Response xmlns="{NAMESPACE}"><requestId>req-7</requestId>{body}'
        f"</{action}Response>"
    )


def refusal(code: str, *, status: int = 400, message: str = "No.") -> Say:
    return Say(
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>"
        f"</Error></Errors><RequestID>req-9</RequestID></Response>",
        status,
    )


Script = Callable[[Parameters], Say]


@dataclass
class Endpoint:
    """What was asked, in order, and what to answer."""

    script: Script
    url: str = ""
    asked: list[Parameters] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def actions(self) -> list[str]:
        return [a["Action"] for a in self.asked]


@contextmanager
def serve(script: Script) -> Iterator[Endpoint]:
    """An endpoint on a loopback port."""
    endpoint = Endpoint(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            asked = dict(parse_qsl(self.rfile.read(size).decode()))
            with endpoint.lock:
                endpoint.asked.append(asked)
            said = endpoint.script(asked)
            if said.delay is not None:
                said.delay.wait(20)
            if said.status == 0:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            body = said.body.encode()
            self.send_response_only(said.status)
            self.send_header("Date", said.date or self.date_time_string())
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def in_place_of_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Script], Endpoint]]:
    """Let the EC2 and STS of this process answer as a script says."""
    with ExitStack() as stack:

        def start(script: Script) -> Endpoint:
            served = stack.enter_context(serve(script))
            monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
            return served

        yield start
