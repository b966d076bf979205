"""The thread that lets transitions happen on time when nobody is calling."""

import sys
import threading
import traceback
from collections.abc import Callable

from ec2sim.timing.clock import Clock


class Ticker:
    """Settles the world whenever something is due.

    `settle` runs what is due and returns the moment of the next, or None.
    """

    def __init__(self, clock: Clock, settle: Callable[[], float | None]) -> None:
        self._clock = clock
        self._settle = settle
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ec2sim-ticker")
        self._thread.daemon = True
        clock.listeners.append(self.wake)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def wake(self) -> None:
        """Look again: something earlier is due, or the clock was changed."""
        self._wake.set()

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._wake.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closed:
            self._wake.clear()
            try:
                next_at = self._settle()
            except Exception:  # noqa: BLE001 - time goes on after one broken effect
                sys.stderr.write(traceback.format_exc())
                continue
            wait_s = None
            if next_at is not None:
                wait_s = self._clock.real_s(max(0.0, next_at - self._clock.now()))
            self._wake.wait(wait_s)
