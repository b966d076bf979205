"""The log: one JSON line for every call and every transition."""

import itertools
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

KEPT_LINES = 200_000


class Journal:
    """The last lines in memory, and all of them in a file when one is given."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._file: IO[str] | None = None
        self._places = itertools.count(1)
        self._mute = threading.local()
        self._latest: dict[str, str] = {}
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def next_place(self) -> int:
        """A place in the order of all effects; whoever asks holds its lock."""
        return next(self._places)

    def write(self, event: dict[str, Any]) -> None:
        """Add a line; times are seconds since 1970, UTC."""
        if self.is_muted:
            return
        line = json.dumps(event, separators=(", ", ": "))
        with self._lock:
            self._lines.append(line)
            if self._file is not None:
                self._file.write(line + "\n")

    def transition(
        self, *, at: float, resource: str, to: str, instance_id: str | None
    ) -> None:
        """Note that a resource has entered a state."""
        if self.is_muted:
            return
        self._latest[resource] = to
        self.write(
            {
                "event": "transition",
                "at": at,
                "resource": resource,
                "to": to,
                "instance_id": instance_id,
                "place": self.next_place(),
            }
        )

    def latest(self, resource: str) -> str | None:
        """The last state that a resource was said to enter, if it ever was."""
        return self._latest.get(resource)

    @property
    def is_muted(self) -> bool:
        """Whether this thread is building a seed."""
        return bool(getattr(self._mute, "depth", 0))

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Write nothing for a while: what a seed builds has not happened.

        Calls that other threads make meanwhile are written as ever.
        """
        self._mute.depth = getattr(self._mute, "depth", 0) + 1
        try:
            yield
        finally:
            self._mute.depth -= 1

    def lines(self) -> list[str]:
        """What memory holds, oldest first."""
        with self._lock:
            return list(self._lines)

    def clear(self) -> None:
        """Forget the lines in memory; the file keeps its own."""
        with self._lock:
            self._lines.clear()
            self._latest.clear()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
