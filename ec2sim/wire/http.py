"""The HTTP server: keep-alive, a thread for each connection."""

import socket
import socketserver
import struct
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from ec2sim.errors import ReplyLost, ReplyNever
from ec2sim.wire.controls import Controls
from ec2sim.wire.door import Door

HELD_S = 120.0
MOST_BODY = 16_000_000
LINGER_OFF = struct.pack("ii", 1, 0)


class Handler(BaseHTTPRequestHandler):
    """One connection; the server carries the doors."""

    protocol_version = "HTTP/1.1"
    server: "Server"
    disable_nagle_algorithm = True
    wbufsize = -1
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"

    def do_GET(self) -> None:
        """A control, or the front page."""
        self._route(b"")

    def do_DELETE(self) -> None:
        """A control."""
        self._route(self._body())

    def do_POST(self) -> None:
        """A call of EC2, or a control."""
        self._route(self._body())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log of calls has it all."""

    def version_string(self) -> str:
        """The name in the Server header."""
        return "ec2sim"

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        size = int(length) if length.isdecimal() else 0
        if size > MOST_BODY:
            self.close_connection = True
            size = 0
        return self.rfile.read(size)

    def _route(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/_sim" or parts.path.startswith("/_sim/"):
            status, kind, text = self.server.controls.answer(
                self.command, parts.path, parts.query, body
            )
            self._send(status, kind, text)
        elif self.command == "GET" and not parts.query:
            self._send(200, "text/plain; charset=utf-8", "ec2sim\n")
        else:
            self._call(body.decode("utf-8", "replace") or parts.query)

    def _call(self, form: str) -> None:
        headers = dict(self.headers.items())
        try:
            status, text, request_id = self.server.door.answer(form, headers)
        except ReplyLost:
            self._hang_up()
            return
        except ReplyNever:
            self.server.door.world.clock.hold(HELD_S)
            self._hang_up()
            return
        self._send(status, "text/xml;charset=UTF-8", text, request_id)

    def _send(
        self, status: int, kind: str, text: str, request_id: str | None = None
    ) -> None:
        body = text.encode()
        self.send_response(HTTPStatus(status))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if request_id is not None:
            self.send_header("x-amzn-requestid", request_id)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

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
        super().__init__(address, Handler)
        self.door = door
        self.controls = controls

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
