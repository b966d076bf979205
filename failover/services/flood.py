"""How many events of one kind are told one by one in a minute; the rest is counted.

Kept in this process: it bounds what a stranger can make us write, and must not itself
need a write.
"""

import threading
from dataclasses import dataclass

WINDOW_S = 60.0
MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """What one asker did beyond the measure in one window."""

    who: str
    count: int
    seconds: int = int(WINDOW_S)


@dataclass(slots=True)
class _Window:
    began_s: float
    told: int = 0
    surplus: int = 0


class Flood:
    """Counts by asker. Safe in threads."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()

    def admits(self, who: str, *, at_s: float, most: int) -> bool:
        """Whether this one is still to be told by itself."""
        with self._lock:
            window = self._windows.setdefault(who, _Window(began_s=at_s))
            if window.told < most:
                window.told += 1
                return True
            window.surplus += 1
            return False

    def forget(self) -> None:
        """Begin every window anew."""
        with self._lock:
            self._windows.clear()

    def take_surplus(self, at_s: float) -> list[Surplus]:
        """What was too much in windows that are over; they begin anew."""
        with self._lock:
            is_full = len(self._windows) > MOST_KNOWN
            over = [
                (who, window)
                for who, window in self._windows.items()
                if is_full or at_s - window.began_s >= WINDOW_S
            ]
            for who, _ in over:
                del self._windows[who]
        return [Surplus(who=w, count=n.surplus) for w, n in over if n.surplus]
