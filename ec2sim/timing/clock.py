"""The simulated time: real, scaled, or moved by hand."""

import threading
import time
from collections.abc import Callable

from ec2sim.config import BadControl


class Clock:
    """Seconds since 1970, UTC; it starts at the machine's own time.

    `real` runs `scale` simulated seconds to each real one, `manual` stands still
    until it is advanced. Any thread may read it; a change wakes the listeners.
    """

    def __init__(self) -> None:
        self.mode = "real"
        self.scale = 1.0
        self.listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._base = time.time()
        self._since = time.monotonic()
        self._closed = threading.Event()

    def now(self) -> float:
        """The simulated moment."""
        with self._lock:
            return self._now()

    def set(
        self,
        *,
        mode: str | None = None,
        scale: float | None = None,
        advance_s: float | None = None,
    ) -> None:
        """Change how time goes, then jump ahead. Raises BadControl."""
        if mode not in (None, "real", "manual"):
            raise BadControl("mode: expected real or manual")
        if scale is not None and not 0 < scale <= 1_000_000:
            raise BadControl("scale: expected a number above 0, at most 1000000")
        if advance_s is not None and not 0 <= advance_s < float("inf"):
            raise BadControl("advance_s: expected a number of 0 or more")
        with self._lock:
            self._base = self._now() + (advance_s or 0.0)
            self._since = time.monotonic()
            self.mode = mode or self.mode
            self.scale = scale or self.scale
        for listener in self.listeners:
            listener()

    def real_s(self, simulated_s: float) -> float | None:
        """How long a simulated span lasts for a sleeper; None while time stands."""
        if self.mode == "manual":
            return None
        return simulated_s / self.scale

    def sleep(self, simulated_s: float) -> None:
        """Wait; no wait at all while time stands still or after `close`."""
        real_s = self.real_s(simulated_s)
        if real_s is not None and real_s > 0:
            self._closed.wait(real_s)

    def hold(self, real_s: float) -> None:
        """Wait real seconds, for a reply that never comes; `close` ends it."""
        self._closed.wait(real_s)

    def close(self) -> None:
        """Wake every sleeper for good."""
        self._closed.set()

    def _now(self) -> float:
        if self.mode == "manual":
            return self._base
        return self._base + (time.monotonic() - self._since) * self.scale
