"""One worker process: a driver, its store, its errands, and its death.

The process dies, stalls or dwells at any of its I/O points: before and after every
store method, look and call, and at every pause. What has left for EC2 by then still
arrives there.
"""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from failover.engine import drive
from failover.engine.topology import Observation
from tests.simulation.errands import Errands
from tests.simulation.strand import Strand
from tests.simulation.watched_store import DatabaseDown, WatchedStore

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation


class Crash(BaseException):
    """The process is gone, in the middle of what it was doing."""


class ProcessClock:
    """Database time as it was when the process began, carried on true time (P11)."""

    def __init__(self, *, simulation: "Simulation") -> None:
        self._clock = simulation.clock
        self.offset_s = simulation.database_offset_s

    def now(self) -> float:
        return self._clock.now() + self.offset_s

    def peek(self) -> float:
        """The time without a reading."""
        return self._clock.at + self.offset_s


class Process:
    """A driver and what belongs to it; `number` counts the processes of a run."""

    def __init__(
        self, *, simulation: "Simulation", number: int, is_rival: bool
    ) -> None:
        self.sim = simulation
        self.number = number
        self.is_alive = True
        self.is_stopping = False
        self.stalled_until = 0.0
        self.clock = ProcessClock(simulation=simulation)
        # What has been delivered to it, for the question what a call rests on.
        self.delivered: list[Observation] = []
        # When it was last given something, by its own clock.
        self.woken_at = 0.0
        self._inbox: list[drive.Event] = []
        self._wake = 0
        self._points = 0
        self._breaks = {
            b.point: b.what for b in simulation.plan.breaks if b.process == number
        }
        self._strand = Strand() if simulation.has_strands else None
        self.store = WatchedStore(process=self, is_rival=is_rival)
        self._run: Generator[drive.Pause, Sequence[drive.Event], bool] = drive.Driver(
            region_id=simulation.region_id,
            owner=f"process-{number}",
            store=self.store,
            errands=Errands(process=self),
            clock=self.clock,
            limits=simulation.limits,
            new_id=simulation.new_id,
            should_stop=lambda: self.is_stopping,
            log=simulation,
        ).run()

    @property
    def is_standing(self) -> bool:
        return self._strand is not None and self._strand.is_standing

    def start(self) -> None:
        self.woken_at = self.clock.peek()
        self._go_on(lambda: next(self._run))

    def kill(self) -> None:
        self.is_alive = False
        if self._strand is not None and self._strand.is_standing:
            self._strand.abandon()
        else:
            self._run.close()

    # Inputs and outputs.

    def pulse(self) -> None:
        """An I/O point, where a planned break happens and time may pass."""
        self._points += 1
        sim, plan = self.sim, self.sim.plan
        what = self._breaks.get(self._points)
        if what is not None:
            self._break(what)
        elif plan.dwells and not sim.is_healed and sim.rng.randrange(100) < plan.dwells:
            self._dwell(sim.rng.uniform(0.001, plan.dwell_s))

    def _break(self, what: str) -> None:
        match what:
            case "kill":
                raise Crash
            case "stall":
                self.stalled_until = self.sim.now + self.sim.plan.stall_s
                self._dwell(self.sim.plan.stall_s)
            case "outage":
                self.sim.begin_outage()
            case "steal":
                self.sim.store.expire_leases()
                self.sim.schedule(0.0, self.sim.start_process)
                self._dwell(1.0)
            case _:
                self.store.next_error = what

    def _dwell(self, for_s: float) -> None:
        """Stand still in the middle of a call while the others go on."""
        if self._strand is not None:
            self.sim.schedule(for_s, self._go_on_standing)
            self._strand.stand_still()

    def _go_on_standing(self) -> None:
        if self.is_alive and self._strand is not None:
            self._strand.go_on()

    # The driver's rounds.

    def deliver(self, event: drive.Event) -> None:
        if self.is_alive:
            self._inbox.append(event)
            if not self.is_standing:
                self._wake_in(self.sim.rng.uniform(0, 0.004))

    def _wake_in(self, after_s: float) -> None:
        self._wake += 1
        wake = self._wake
        self.sim.schedule(after_s, lambda: self._wake_up(wake))

    def _wake_up(self, wake: int) -> None:
        if not self.is_alive or wake != self._wake or self.is_standing:
            return
        now = self.sim.now
        if now < self.stalled_until:
            self._wake_in(self.stalled_until - now)
            return
        self.woken_at = self.clock.peek()
        events, self._inbox = self._inbox, []
        for event in events:
            if isinstance(event, Observation):
                self.delivered = [*self.delivered[-7:], event]
                self.sim.watch.saw(event)
        self._go_on(lambda: self._run.send(events))

    def _go_on(self, step: Callable[[], drive.Pause]) -> None:
        if self._strand is None:
            self._step(step)
        else:
            self._strand.begin(lambda: self._step(step))

    def _step(self, step: Callable[[], drive.Pause]) -> None:
        try:
            self.pulse()
            pause = step()
        except (StopIteration, Crash, DatabaseDown):
            self.is_alive = False
            return
        # Whatever came in meanwhile is taken at once.
        after_s = 0.0 if self._inbox else max(pause.until - self.clock.peek(), 0.0)
        self._wake_in(after_s)
