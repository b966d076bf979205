"""The log: one JSON line for every call and every transition."""

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
        self._muted = False
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, event: dict[str, Any]) -> None:
        """Add a line; times are seconds since 1970, UTC."""
        if self._muted:
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
        self.write(
            {
                "event": "transition",
                "at": at,
                "resource": resource,
                "to": to,
                "instance_id": instance_id,
            }
        )

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Write nothing for a while: what a seed builds has not happened."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def lines(self) -> list[str]:
        """What memory holds, oldest first."""
        with self._lock:
            return list(self._lines)

    def clear(self) -> None:
        """Forget the lines in memory; the file keeps its own."""
        with self._lock:
            self._lines.clear()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
