"""Reading from a socket under one deadline: however slowly it drips, it ends."""

import io
import socket
from collections.abc import Callable
from typing import Any


class TimeIsUp(TimeoutError):
    """The whole probe has taken as long as it may."""


class Deadline:
    """One moment for everything that a probe does."""

    def __init__(self, *, monotonic: Callable[[], float], within_s: float) -> None:
        self._monotonic = monotonic
        self._until = monotonic() + within_s

    def left_s(self) -> float:
        """Seconds that are left. Raises TimeIsUp when none are."""
        left_s = self._until - self._monotonic()
        if left_s <= 0:
            raise TimeIsUp
        return left_s


class Drip(io.RawIOBase):
    """A socket as a file whose every read gets what is left of the deadline."""

    def __init__(self, *, door: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._door = door
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._door.settimeout(self._deadline.left_s())
        return self._door.recv_into(buffer)


class Wire:
    """What `http.client.HTTPResponse` needs of a socket."""

    def __init__(self, *, door: socket.socket, deadline: Deadline) -> None:
        self._drip = Drip(door=door, deadline=deadline)

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(self._drip, buffer_size=4096)
