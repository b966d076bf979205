"""The scheduler: a heap of (time, sequence), a virtual clock, and what a plan asks.

Time stands still while something runs, but for a microsecond at each reading of the
clock. Processes come from a reconciler that looks each second, as in the product.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from failover.engine import guard
from failover.engine.job import Job
from failover.engine.limits import Limits
from failover.engine.topology import Observation
from tests.simulation import building, guarding, happenings, requests
from tests.simulation.floats import Floating, key_of
from tests.simulation.history import Violation
from tests.simulation.invariants import Watch
from tests.simulation.memory_store import RELEASABLE, MemoryStore
from tests.simulation.pairs import PairRow
from tests.simulation.plans import Event, Mark, Plan
from tests.simulation.process import Process
from tests.simulation.services import Services

# The product's limits, with the long ones shortened: what matters is their order.
LIMITS = Limits(
    poll_dark_s=0.4,
    hazard_gap_s=0.2,
    settle_s=75.0,
    force_after_s=20.0,
    visible_s=10.0,
    attach_stuck_s=20.0,
    parked_look_s=3.0,
    parked_retry_s=20.0,
    pull_every_s=0.7,
    probe_give_up_s=20.0,
)
# From then on nothing goes wrong any more, and all that can be mended is.
HEALED_AFTER_S = 180.0
# Then an operator releases what is gone or foreign; then everything must have ended.
RELEASED_AFTER_S = 320.0
LONGEST_S = 520.0
ACKNOWLEDGED_EVERY_S = 10.0
# How long a human who was told of a dead service waits for it to come back.
HOPED_FOR_S = 20.0
REGION = 1
# Why a job may wait for a human for ever, however healthy the world is.
CANCELLED_BY_HUMANS = (*RELEASABLE, "effort_spent")


class VirtualClock:
    """A microsecond passes at each reading, so no two readings are alike."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def now(self) -> float:
        self.at += 1e-6
        return self.at


class Simulation:
    """One run of one plan."""

    region_id = REGION
    wake_s = 0.05
    # What the engine has promised, whatever numbers it is given here.
    promised = LIMITS
    most_repairs = guard.MOST_REPAIRS_AN_HOUR

    def __init__(
        self,
        plan: Plan,
        *,
        store_class: type[MemoryStore] = MemoryStore,
        limits: Limits = LIMITS,
    ) -> None:
        self.plan = plan
        self.limits = limits
        self.rng = random.Random(plan.name)
        self.clock = VirtualClock()
        self.started_at = self.clock.at
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._seq = 0
        self._ids = 0
        self.calls = 0
        # Effects, transitions and planned events that have still to come.
        self._pending = 0
        self._marks: set[Mark] = set()
        self._last_end_at = self.started_at
        self._down_until = 0.0
        self.database_offset_s = 0.0
        self.is_healed = False
        self.events = 0
        self.has_strands = bool(plan.dwells or plan.breaks)
        self.processes: list[Process] = []
        self.world = building.make_world(self)
        self.quotas = building.make_quotas(self)
        self.store = store_class(now=lambda: self.clock.now() + self.database_offset_s)
        self.store.settle_s = limits.settle_s
        self.store.add_region(region_id=REGION)
        self.store.regions[REGION].budget = self.quotas.as_budget()
        self.floats: dict[str, Floating] = {}
        self.pairs: dict[str, PairRow] = {}
        # The floating resource that an interface or a part belongs to.
        self.belongs: dict[str, Floating] = {}
        self.services, self.watch = Services(simulation=self), Watch(simulation=self)
        building.build(self)
        self.guards = guarding.guards_of(self)

    @property
    def now(self) -> float:
        return self.clock.at

    @property
    def database_now(self) -> float:
        return self.clock.at + self.database_offset_s

    @property
    def simulated_s(self) -> float:
        return self.clock.at - self.started_at

    @property
    def is_database_down(self) -> bool:
        return self.clock.at < self._down_until

    @property
    def is_calm(self) -> bool:
        """Whether processes live and the database answers at once, all the run."""
        plan = self.plan
        is_touched = plan.has_event("stall", "kill", "steal", "rival", "outage")
        return not (plan.breaks or plan.dwells or is_touched)

    @property
    def has_failing_looks(self) -> bool:
        return self.plan.failing_looks > 0 and not self.is_healed

    def run(self) -> Violation | None:
        """Run to the end; the first broken invariant, or None."""
        try:
            self.begin()
            while self._heap and not self._is_over():
                self.step()
            self.watch.at_the_end()
        except Violation as violation:
            return violation
        finally:
            self.end()
        return None

    def end(self) -> None:
        """Nothing that stands still is left behind."""
        for process in self.processes:
            if process.is_standing:
                process.kill()

    def begin(self) -> None:
        self.watch.begin()
        self.mark("start")
        for number, floating in enumerate(self.floats.values()):
            ask = partial(requests.ask, self, floating, self.plan.to)
            self.schedule_effect(self.plan.asked_apart_s * number, ask)
        self.schedule(0.3, self._reconcile)
        self.schedule(HEALED_AFTER_S, self.heal)
        self.schedule(RELEASED_AFTER_S, self._release)
        if self.plan.service:
            self.schedule(ACKNOWLEDGED_EVERY_S, self._acknowledge_old)

    def step(self) -> None:
        """The next thing that happens."""
        at, _, what = heapq.heappop(self._heap)
        self.clock.at = max(self.clock.at, at)
        self.events += 1
        what()

    def advance(self, for_s: float) -> None:
        """All that happens within so many seconds."""
        until = self.clock.at + for_s
        while self._heap and self._heap[0][0] <= until:
            self.step()
        self.clock.at = max(self.clock.at, until)

    def schedule(self, after_s: float, what: Callable[[], None]) -> None:
        self._seq += 1
        heapq.heappush(self._heap, (self.clock.at + after_s, self._seq, what))

    def schedule_effect(self, after_s: float, what: Callable[[], None]) -> None:
        """Something that must happen before the run may end."""
        self._pending += 1
        self.schedule(after_s, partial(self._effect, what))

    def _effect(self, what: Callable[[], None]) -> None:
        self._pending -= 1
        what()

    def _is_over(self) -> bool:
        """A whole job, its settle time after it, and everything that was planned."""
        now = self.clock.at
        if now > self.started_at + LONGEST_S:
            return True
        if self._pending or now < self._last_end_at + self.limits.settle_s:
            return False
        if now < self.started_at + 5 or self.has_active_jobs():
            return False
        # The guard has time until long after everything has healed.
        return all(each.is_content() for each in self.guards)

    def has_active_jobs(self) -> bool:
        return any(r.job.state.is_active for r in self.store.rows.values())

    # For processes.

    def latency(self) -> float:
        return self.rng.uniform(0.01, 0.08)

    def draw_lag(self) -> float:
        lags = self.plan.lags
        return 0.0 if self.is_healed or len(lags) == 1 == lags[0] else self._lag()

    def omit(self, seen: Observation) -> Observation:
        """The look, or one that leaves out what moves, as EC2 sometimes does."""
        share = 0 if self.is_healed else self.plan.omitting_looks
        if not share or self.rng.randrange(100) >= share:
            return seen
        return replace(seen, interfaces={}, elastic_ips={}, route_tables={})

    def _lag(self) -> float:
        return self.rng.choice(self.plan.lags)

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def next_call_fault(self) -> str:
        self.calls += 1
        if self.is_healed:
            return ""
        return self.plan.call_faults.get(self.calls - 1, "")

    def probe_failed(self, job_id: UUID, error: Exception) -> None:
        message = f"the prober of {job_id} broke"
        raise AssertionError(message) from error

    def tick_failed(self, job_id: UUID, error: Exception) -> None:
        message = f"the tick of {job_id} failed: {error!r}"
        raise Violation(message) from error

    def begin_outage(self, for_s: float | None = None) -> None:
        """The database answers nobody for a while."""
        self._down_until = self.now + (for_s or self.plan.outage_s)

    # What the plan asks.

    def float_of(self, key: str) -> Floating | None:
        return self.belongs.get(key)

    def on_change(self, key: str, what: str) -> None:
        """Something has happened to an interface or a part."""
        self.watch.on_change(key, what)
        floating = self.belongs.get(key)
        if floating is None or not self.store.rows:
            return
        if what in ("detaching", "free", "attaching", "attached", "moved"):
            self.mark(what)  # type: ignore[arg-type]
        if what == "moved" and floating.serves_at(floating.holder):
            self.mark("attached")

    def mark(self, mark: Mark) -> None:
        """The first of its kind sets off what the plan has tied to it."""
        if mark == "end":
            self._last_end_at = self.now
        if mark in self._marks:
            return
        self._marks.add(mark)
        for event in self.plan.events:
            if event.on == mark:
                self.schedule_effect(event.after_s, partial(self.happen, event))

    def happen(self, event: Event) -> None:
        if not self.is_healed:
            floating = next(iter(self.floats.values()))
            self.watch.on_event(event)
            happenings.HAPPENINGS[event.what](self, event, floating)

    def _reconcile(self) -> None:
        self.schedule(1.0, self._reconcile)
        self.watch.on_second()
        if self.is_database_down:
            return
        if self.store.is_due(region_id=REGION):
            self.start_process()
        for each in self.guards:
            each.on_second()

    def start_process(self, *, is_rival: bool = False) -> None:
        process = Process(
            simulation=self, number=len(self.processes), is_rival=is_rival
        )
        self.processes.append(process)
        process.start()

    def heal(self) -> None:
        """Nothing goes wrong from here on, and what can be mended is mended."""
        self.is_healed = True
        self._down_until = 0.0
        self.quotas.stop_others()
        happenings.heal(self)

    def has_begun(self, floating: Floating, job: Job) -> None:
        """A job's row is committed; the broker wakes a worker."""
        self.pairs[floating.key].begin()
        self.watch.on_request(job)
        self.schedule(self.wake_s, self.start_process)

    def _release(self) -> None:
        """An operator cancels what a human was told of, and what is gone."""
        for row in list(self.store.rows.values()):
            if row.job.state.is_active and row.job.why in CANCELLED_BY_HUMANS:
                self.cancel(row.job.id)

    def _acknowledge_old(self) -> None:
        """An operator lets end what has waited for long, and in the end everything."""
        self.schedule(ACKNOWLEDGED_EVERY_S, self._acknowledge_old)
        is_late = self.simulated_s >= RELEASED_AFTER_S
        for job_id, row in list(self.store.rows.items()):
            told_at = row.job.overdue_at
            is_old = told_at is not None and self.database_now > told_at + HOPED_FOR_S
            if is_late or is_old:
                self.acknowledge(job_id)

    def acknowledge(self, job_id: UUID) -> None:
        row = self.store.rows[job_id]
        before = row.job
        if not self.is_database_down and self.store.acknowledge(job_id=job_id):
            self.watch.on_waiver(before, row.job)
            self.schedule(self.wake_s, self.start_process)

    def cancel(self, job_id: UUID) -> None:
        if self.is_database_down:
            return
        row = self.store.rows[job_id]
        before = row.job
        self.store.cancel(job_id=job_id)
        pair = self.pairs[key_of(before)]
        if row.job is not before and not row.job.state.is_active:
            if row.job.why == "released":
                pair.settle(None, is_known=False, at=self.database_now)
            else:
                pair.begin()
        self.watch.on_cancel(before, row.job)
