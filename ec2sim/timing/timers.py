"""What is due when: the transitions that calls have set going."""

import heapq
import itertools
from collections.abc import Callable

from ec2sim.timing.clock import Clock

Effect = Callable[[float], None]


class Timers:
    """Effects by due time. The caller holds the account's lock."""

    def __init__(self, clock: Clock, on_earlier: Callable[[], None]) -> None:
        self._heap: list[tuple[float, int, Effect]] = []
        self._count = itertools.count()
        self._clock = clock
        self._on_earlier = on_earlier

    def add(self, due_at: float, effect: Effect) -> None:
        """Run `effect` with its due time once the clock has reached it."""
        entry = (due_at, next(self._count), effect)
        heapq.heappush(self._heap, entry)
        if self._heap[0] is entry:
            self._on_earlier()

    def next_at(self) -> float | None:
        """When the next effect is due, or None."""
        return self._heap[0][0] if self._heap else None

    def settle(self, now: float) -> None:
        """Run everything due by `now`, in order of due time."""
        while self.run_next(now):
            pass

    def run_next(self, now: float) -> bool:
        """Run the next effect if it is due by `now`; for it, it is its due time."""
        if not self._heap or self._heap[0][0] > now:
            return False
        due_at, _, effect = heapq.heappop(self._heap)
        with self._clock.at(due_at):
            effect(due_at)
        return True

    def clear(self) -> None:
        """Forget everything that was to come."""
        self._heap.clear()
