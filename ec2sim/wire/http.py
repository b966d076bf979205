"""The HTTP server: keep-alive, a thread for each connection."""

import contextlib
import select
import socket
import socketserver
import struct
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from ec2sim.errors import Ec2Error, ReplyBare, ReplyGarbled, ReplyLost, ReplyNever
from ec2sim.wire import xml
from ec2sim.wire.bodies import BadBody, read_body
from ec2sim.wire.controls import Controls
from ec2sim.wire.door import HELD_S, Door

XML = "text/xml;charset=UTF-8"
PLAIN = "text/plain; charset=utf-8"
LINGER_OFF = struct.pack("ii", 1, 0)
SLICE_S = 0.25
MOST_DRAINED = 256_000_000


class Handler(BaseHTTPRequestHandler):
    """One connection; the server carries the doors."""

    protocol_version = "HTTP/1.1"
    # Without it what is no request would be refused without a status line.
    default_request_version = "HTTP/1.0"
    server: "Server"
    disable_nagle_algorithm = True
    wbufsize = -1
    # Nobody of whom nothing is heard for so long is still there.
    timeout = 600

    def do_GET(self) -> None:
        """A control, a call of EC2 in the query, or the front page."""
        self._route()

    def do_HEAD(self) -> None:
        """As GET, without the body of the answer."""
        self._route()

    def do_POST(self) -> None:
        """A call of EC2, or a control."""
        self._route()

    def do_DELETE(self) -> None:
        """A control."""
        self._route()

    def do_PUT(self) -> None:
        """Refused."""
        self._route()

    def do_PATCH(self) -> None:
        """Refused."""
        self._route()

    def do_OPTIONS(self) -> None:
        """Refused."""
        self._route()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log of calls has it all."""

    def version_string(self) -> str:
        """The name in the Server header."""
        return "ec2sim"

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """Refuse what is no HTTP request in EC2's shape; the connection closes."""
        self.close_connection = True
        said = message or HTTPStatus(code).phrase
        self._refuse(
            Ec2Error(HTTPStatus(code).phrase.replace(" ", ""), said, status=code)
        )

    def _route(self) -> None:
        try:
            body = read_body(self.headers, self.rfile)
        except BadBody as problem:
            self.close_connection = True
            self._refuse(Ec2Error(problem.code, str(problem), status=problem.status))
            self._drain()
            return
        parts = urlsplit(self.path)
        if parts.path == "/_sim" or parts.path.startswith("/_sim/"):
            status, kind, text = self.server.controls.answer(
                self.command, parts.path, parts.query, body
            )
            self._send(status, kind, text)
        elif self.command in ("GET", "HEAD") and not parts.query:
            self._send(200, PLAIN, "ec2sim\n")
        elif self.command in ("GET", "POST"):
            self._call(body.decode("utf-8", "replace") or parts.query)
        else:
            said = f"The method {self.command} is not allowed here; use POST or GET."
            self._refuse(Ec2Error("MethodNotAllowed", said))

    def _call(self, form: str) -> None:
        headers = dict(self.headers.items())
        try:
            status, text, request_id = self.server.door.answer(form, headers)
        except ReplyGarbled as garbled:
            status, text = garbled.outcome
            self._send(status, XML, text[: len(text) // 2])
        except ReplyBare as bare:
            self._send(bare.status, PLAIN, "")
        except ReplyLost:
            self._hang_up()
        except ReplyNever:
            self._stay_silent()
            self._hang_up()
        else:
            self._send(status, XML, text, request_id)

    def _refuse(self, problem: Ec2Error) -> None:
        text = xml.error(problem, request_id="none", service="ec2")
        self._send(problem.status, XML, text)

    def _send(
        self, status: int, kind: str, text: str, request_id: str | None = None
    ) -> None:
        body = text.encode("utf-8", "replace")
        # `send_response` would refuse a status without a phrase of its own.
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
        self.send_response(status, phrase)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if request_id is not None:
            self.send_header("x-amzn-requestid", request_id)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD, POST, DELETE")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _drain(self) -> None:
        """Take in what is still coming, so that the client gets to read its answer."""
        self.connection.settimeout(SLICE_S)
        left = MOST_DRAINED
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while left > 0 and (part := self.connection.recv(65_536)):
                left -= len(part)

    def _stay_silent(self) -> None:
        """Answer nothing until the caller has gone, or for a long time."""
        clock = self.server.door.world.clock
        for _ in range(int(HELD_S / SLICE_S)):
            if clock.hold(SLICE_S):
                return
            ready, _, _ = select.select([self.connection], [], [], 0)
            if ready and not self._peek():
                return

    def _peek(self) -> bytes:
        try:
            return self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return b""

    def _hang_up(self) -> None:
        """Close without a reply, as a broken network would."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
        self.connection.close()


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens, and hands every connection a thread."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(
        self, address: tuple[str, int], *, door: Door, controls: Controls
    ) -> None:
        self.door = door
        self.controls = controls
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection a thread, and keep it in mind until it is closed."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, and end every connection, also one that is kept alive."""
        super().server_close()
        with self._guard:
            left = list(self._open)
        for request in left:
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
