"""The simulated time: real, scaled, or moved by hand."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ec2sim.values import BadControl

# The first second of the year 9900: calendars end a century later, and what is to
# come after a moment must still have a date.
LAST_MOMENT = 250_246_627_200.0


class Clock:
    """Seconds since 1970, UTC; it starts at the machine's own time.

    `real` runs `scale` simulated seconds to each real one, `manual` stands still
    until it is advanced. Any thread may read it; a change wakes the listeners.
    `settle` lets everything due happen and answers the moment of what is due next.
    """

    def __init__(self) -> None:
        self.mode = "real"
        self.scale = 1.0
        self.listeners: list[Callable[[], None]] = []
        self.settle: Callable[[], float | None] = _nothing
        self._moving = threading.RLock()
        self._changed = threading.Condition()
        self._base = time.time()
        self._since = time.monotonic()
        self._closed = threading.Event()
        self._held = threading.local()

    def now(self) -> float:
        """The simulated moment."""
        held: float | None = getattr(self._held, "moment", None)
        if held is not None:
            return held
        with self._changed:
            return self._now()

    @contextmanager
    def at(self, moment: float) -> Iterator[None]:
        """For this thread it is that moment: all of one effect has one time."""
        before = getattr(self._held, "moment", None)
        self._held.moment = moment
        try:
            yield
        finally:
            self._held.moment = before

    def set(
        self,
        *,
        mode: str | None = None,
        scale: float | None = None,
        advance_s: float | None = None,
        advance_to_next: bool = False,
    ) -> None:
        """Change how time goes, then jump ahead. Raises BadControl.

        On the way everything that becomes due happens at its own moment, in order.
        `advance_to_next` goes to the moment of what is due next, if anything is.
        """
        if mode not in (None, "real", "manual"):
            raise BadControl("mode: expected real or manual")
        if scale is not None and not 0 < scale <= 1_000_000:
            raise BadControl("scale: expected a number above 0, at most 1000000")
        if advance_s is not None:
            self._check(advance_s)
        if advance_s and advance_to_next:
            raise BadControl("advance_s: not together with advance_to_next")
        with self._moving:
            with self._changed:
                self._base = self._now()
                self._since = time.monotonic()
                self.mode = mode or self.mode
                self.scale = scale or self.scale
            next_at = self.settle() if advance_to_next else None
            if next_at is not None:
                self._advance(next_at)
            elif advance_s:
                self._advance(self.now() + advance_s)
        with self._changed:
            self._changed.notify_all()
        for listener in self.listeners:
            listener()

    def restart(self) -> None:
        """Back to the machine's own time, real and not scaled."""
        with self._moving, self._changed:
            self.mode, self.scale = "real", 1.0
            self._base, self._since = time.time(), time.monotonic()
            self._changed.notify_all()
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

    def wait_until(self, moment: float, *, at_most_s: float) -> bool:
        """Wait for a simulated moment, at most so many real seconds.

        Also while time stands still: then until it is advanced. True when the moment
        has come, false when it has not or the clock was closed.
        """
        given_up_at = time.monotonic() + at_most_s
        with self._changed:
            while not self._closed.is_set():
                missing_s = moment - self._now()
                if missing_s <= 0:
                    return True
                real_s = given_up_at - time.monotonic()
                if real_s <= 0:
                    return False
                if self.mode == "real":
                    real_s = min(real_s, missing_s / self.scale)
                self._changed.wait(real_s)
        return False

    def hold(self, real_s: float) -> bool:
        """Wait real seconds; `close` ends it. True when the clock was closed."""
        return self._closed.wait(real_s)

    def close(self) -> None:
        """Wake every sleeper for good."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()

    def _check(self, advance_s: float) -> None:
        if not 0 <= advance_s <= 1e9:
            raise BadControl("advance_s: expected a number from 0 to 1e9")
        if advance_s and self.now() + advance_s > LAST_MOMENT:
            raise BadControl("advance_s: time ends with the year 9899")

    def _advance(self, target: float) -> None:
        while True:
            next_at = self.settle()
            self._jump(target if next_at is None else min(next_at, target))
            if next_at is None or next_at > target:
                break
        self.settle()

    def _jump(self, moment: float) -> None:
        with self._changed:
            self._base = max(self._now(), moment)
            self._since = time.monotonic()
            self._changed.notify_all()

    def _now(self) -> float:
        if self.mode == "manual":
            return self._base
        return self._base + (time.monotonic() - self._since) * self.scale


def _nothing() -> float | None:
    return None
