"""Invariants of quota: no call is throttled, nobody dark waits, looks are bounded."""

from typing import TYPE_CHECKING

from failover.engine.job import Intent, Job
from tests.simulation.history import hold

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.schedule import Simulation


class Pace:
    """I9 for looks, I22 and P8."""

    def __init__(self, *, simulation: "Simulation") -> None:
        self._sim = simulation
        # Looks of each process in the second that it is in: (second, count).
        self._looks: dict[int, tuple[int, int]] = {}

    def on_look(self, process: "Process") -> None:
        """Looks are counted, for the reads a second that EC2 allows."""
        second = int(self._sim.now)
        last, count = self._looks.get(process.number, (second, 0))
        count = count + 1 if last == second else 1
        self._looks[process.number] = (second, count)
        most = 3 / self._sim.promised.hazard_gap_s
        hold("I9 looks are bounded", count <= most, looks=count)

    def on_write(self, job: Job) -> None:
        is_short = job.waiting_for == "admission" and job.is_dark
        is_right = not is_short or not self._is_unhurried
        hold("I22 nobody dark waits for a token", is_right, job=job.id)

    def on_throttle(self, intent: Intent, *, is_planned: bool) -> None:
        is_right = is_planned or not self._is_unhurried
        hold("P8 no call is throttled", is_right, call=intent.call.action)

    @property
    def _is_unhurried(self) -> bool:
        """Whether nothing but our own use empties the buckets that we know."""
        plan = self._sim.plan
        is_plain = not (plan.call_faults or plan.events or plan.foreign_per_s)
        return is_plain and plan.throttle == "api" and self._sim.is_calm
