"""Small servers on loopback, each with one way to answer; they count who comes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[socket.socket], None]


@dataclass(slots=True)
class Server:
    """One listening socket; `visits` are the connections it has taken."""

    address: str
    port: int
    visits: int = 0
    asked: list[bytes] = field(default_factory=list)


def _open(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        # "::" then takes IPv4 too.
        door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    door.bind((address, 0))
    door.listen(16)
    return door


@contextmanager
def serve(
    answer: Answer | None = None, address: str = "127.31.0.1"
) -> Iterator[Server]:
    """Take connections; hear what they ask and answer it, if there is an answer."""
    door = _open(address)
    server = Server(address, door.getsockname()[1])
    stop = threading.Event()

    def attend() -> None:
        while not stop.is_set():
            try:
                visitor, _ = door.accept()
            except OSError:
                return
            server.visits += 1
            with visitor, suppress(OSError):
                if answer is not None:
                    visitor.settimeout(5)
                    server.asked.append(visitor.recv(65536))
                    answer(visitor)

    thread = threading.Thread(target=attend, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        # A close does not wake an accept on Linux; a shutdown does.
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(timeout=10)


def reply(status: str = "200 OK", body: bytes = b"", *headers: str) -> Answer:
    """Answer as a web server does."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]

    def answer(visitor: socket.socket) -> None:
        visitor.sendall("\r\n".join(lines).encode() + body)

    return answer


def say(*pieces: bytes) -> Answer:
    """Send exactly this, then close."""

    def answer(visitor: socket.socket) -> None:
        for piece in pieces:
            visitor.sendall(piece)

    return answer
