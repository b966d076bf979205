"""Listeners on the Elastic IPs: one socket for each address that has a holder."""

import selectors
import socket
import struct
import sys
import threading
from dataclasses import dataclass, field

PORT = 8080
MOST_LISTENERS = 256
LINGER_OFF = struct.pack("ii", 1, 0)


@dataclass(slots=True, kw_only=True)
class Listener:
    """An open address; `answer` is None for a guest that never answers."""

    address: str
    door: socket.socket
    answer: bytes | None
    visitors: set[socket.socket] = field(default_factory=set)


class Listeners:
    """Opens and closes addresses at once, and serves them from one thread.

    An address that cannot be bound is noted on stderr; nothing else happens.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._open: dict[str, Listener] = {}
        self._refused: set[str] = set()
        self._closed = False
        self._thread: threading.Thread | None = None

    def show(self, address: str, answer: bytes | None) -> None:
        """Serve an answer on an address; None takes connections and stays silent."""
        with self._lock:
            if self._closed:
                return
            known = self._open.get(address)
            if known is not None:
                if known.answer != answer:
                    self._shut(known)
                    self._bind(address, answer)
                return
            if len(self._open) >= MOST_LISTENERS:
                self._complain(
                    "more", f"only {MOST_LISTENERS} Elastic IPs have listeners"
                )
                return
            self._bind(address, answer)

    def hide(self, address: str) -> None:
        """Refuse connections to an address from now on, and drop the open ones."""
        with self._lock:
            known = self._open.get(address)
            if known is not None:
                self._shut(known)

    def close(self) -> None:
        """Close every address."""
        with self._lock:
            self._closed = True
            for listener in list(self._open.values()):
                self._shut(listener)
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._selector.close()

    def _bind(self, address: str, answer: bytes | None) -> None:
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((address, PORT))
            door.listen(64)
        except OSError as error:
            door.close()
            self._complain(
                address,
                f"{address}:{PORT} cannot be bound ({error.strerror}); "
                f"see /_sim/browse/{address}/ instead",
            )
            return
        door.settimeout(0)
        listener = Listener(address=address, door=door, answer=answer)
        self._open[address] = listener
        self._selector.register(door, selectors.EVENT_READ, listener)
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="ec2sim-pages")
            self._thread.daemon = True
            self._thread.start()

    def _shut(self, listener: Listener) -> None:
        del self._open[listener.address]
        self._selector.unregister(listener.door)
        listener.door.close()
        for visitor in list(listener.visitors):
            self._dismiss(listener, visitor, abruptly=True)

    def _serve(self) -> None:
        while not self._closed:
            ready = self._selector.select(timeout=0.2)
            with self._lock:
                for key, _ in ready:
                    self._attend(key)

    def _attend(self, key: selectors.SelectorKey) -> None:
        listener: Listener = key.data
        if self._open.get(listener.address) is not listener:
            return
        if key.fileobj is listener.door:
            try:
                visitor, _ = listener.door.accept()
            except OSError:
                return
            visitor.settimeout(0)
            listener.visitors.add(visitor)
            self._selector.register(visitor, selectors.EVENT_READ, listener)
            return
        for visitor in list(listener.visitors):
            if visitor is key.fileobj:
                self._reply(listener, visitor)

    def _reply(self, listener: Listener, visitor: socket.socket) -> None:
        try:
            asked = visitor.recv(65536)
            if asked and listener.answer is None:
                return
            if asked and listener.answer is not None:
                head, _, body = listener.answer.partition(b"\r\n\r\n")
                is_head = asked.startswith(b"HEAD ")
                visitor.sendall(head + b"\r\n\r\n" + (b"" if is_head else body))
        except OSError:
            pass
        self._dismiss(listener, visitor, abruptly=False)

    def _dismiss(
        self, listener: Listener, visitor: socket.socket, *, abruptly: bool
    ) -> None:
        listener.visitors.discard(visitor)
        self._selector.unregister(visitor)
        if abruptly:
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
        visitor.close()

    def _complain(self, about: str, said: str) -> None:
        if about not in self._refused:
            self._refused.add(about)
            sys.stderr.write(f"ec2sim: {said}\n")
