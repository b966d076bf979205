"""The scheduler: a heap of (time, sequence), a virtual clock, and what a plan asks.

Time stands still while something runs, but for a microsecond at each reading of the
clock. Processes come from a reconciler that looks each second, as in the product.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from failover.engine import preflight
from failover.engine.job import Action, Job, Kind, State
from failover.engine.limits import Limits
from failover.engine.topology import AllocationId, InstanceId, InterfaceId
from tests.simulation import happenings
from tests.simulation.endings import Violation
from tests.simulation.faults import Event, Mark, Plan
from tests.simulation.invariants import Watch
from tests.simulation.memory_store import MemoryStore
from tests.simulation.process import Process
from tests.simulation.truth import Machine, Nic
from tests.simulation.world import World

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
    pull_every_s=0.3,
)
LONGEST_S = 600.0
REGION = 1


@dataclass(slots=True)
class VirtualClock:
    """A microsecond passes at each reading, so no two readings are alike."""

    at: float = 1_000_000.0

    def now(self) -> float:
        self.at += 1e-6
        return self.at


class Simulation:
    """One run of one plan."""

    def __init__(
        self,
        plan: Plan,
        *,
        store_class: type[MemoryStore] = MemoryStore,
        limits: Limits = LIMITS,
    ) -> None:
        self.plan = plan
        self.limits = limits
        self.rng = random.Random(f"{plan.name}/{plan.seed}")
        self.clock = VirtualClock()
        self._started_at = self.clock.at
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._seq = 0
        self._ids = 0
        self._calls = 0
        # Effects, transitions and planned events that have still to come.
        self._pending = 0
        self._marks: set[Mark] = set()
        self.events = 0
        self.processes: list[Process] = []
        self.store = store_class(now=self.clock.now)
        self.store.add_region(region_id=REGION)
        self.world = World(
            now=lambda: self.clock.at,
            schedule=self.schedule_effect,
            rng=self.rng,
            detach_s=plan.detach_s,
            attach_s=plan.attach_s,
            hangs=list(plan.hangs),
        )
        self.watch = Watch(store=self.store, world=self.world, simulation=self)
        self._build()

    @property
    def now(self) -> float:
        return self.clock.at

    @property
    def is_healed(self) -> bool:
        """From some moment on nothing goes wrong any more."""
        return self.now > self._started_at + 300

    def run(self) -> Violation | None:
        """Run to the end; the first broken invariant, or None."""
        self._mark("start")
        for number in range(self.plan.pairs):
            self.schedule_effect(0.2 * number, partial(self.request, number))
        self.schedule(0.3, self._reconcile)
        try:
            while self._heap and not self._is_over():
                at, _, what = heapq.heappop(self._heap)
                self.clock.at = max(self.clock.at, at)
                self.events += 1
                what()
            self.watch.at_the_end()
        except Violation as violation:
            return violation
        return None

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
        if self.now > self._started_at + LONGEST_S:
            return True
        if self._pending or not self.watch.have_all_ended():
            return False
        return "end" in self._marks or self.now > self._started_at + 5

    # For processes.

    def latency(self) -> float:
        return self.rng.uniform(0.01, 0.08)

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def next_call_fault(self) -> str:
        self._calls += 1
        if self.is_healed:
            return ""
        return self.plan.call_faults.get(self._calls - 1, "")

    def tick_failed(self, job_id: UUID, error: Exception) -> None:
        message = f"the tick of {job_id} failed"
        raise Violation(message) from error

    # What the plan asks.

    def _build(self) -> None:
        plan = self.plan
        for name in ("a", "b", "c"):
            limit = plan.limit if name == plan.to else 4
            self.world.add_machine(Machine(id=InstanceId(name), limit=limit))
        self.world.on_change = self._changed
        self.world.on_state = self.watch.note_impossible
        for number in range(plan.pairs):
            nic = Nic(
                id=InterfaceId(f"eni-{number + 1}"),
                address=f"10.0.0.{number + 10}",
                allocation_id=AllocationId(f"eipalloc-{number + 1}"),
                index=number + 1,
            )
            self.world.add_nic(
                nic,
                holder=InstanceId(plan.holder) if plan.holder else None,
                kept=not plan.is_flag_raised,
            )

    def _changed(self, interface_id: InterfaceId, what: str) -> None:
        self.watch.on_change(interface_id, what)
        if what in ("detaching", "free", "attaching", "attached") and self.store.rows:
            self._mark(what)  # type: ignore[arg-type]

    def mark_intent(self) -> None:
        self._mark("intent")

    def mark_end(self) -> None:
        self._mark("end")

    def _mark(self, mark: Mark) -> None:
        if mark in self._marks:
            return
        self._marks.add(mark)
        for event in self.plan.events:
            if event.on == mark:
                self.schedule_effect(event.after_s, partial(self._happen, event))

    def _reconcile(self) -> None:
        self.schedule(1.0, self._reconcile)
        if self.store.is_due(region_id=REGION):
            self.start_process()

    def start_process(self, *, is_rival: bool = False) -> None:
        process = Process(
            simulation=self, number=len(self.processes), is_rival=is_rival
        )
        self.processes.append(process)
        process.start()

    def request(self, number: int, to: str | None = None) -> None:
        """What the service does: look, plan, insert; the broker wakes a worker."""
        nic = list(self.world.nics.values())[number]
        job = self._plan_job(nic, self.plan.to if to is None else to)
        if job is None:
            return
        ends = ((job.from_instance_id, nic.index), (job.to_instance_id, nic.index))
        interface = self.watch.seen_interface
        locks = preflight.lock_keys(
            account="1", region="eu", interface=interface, ends=ends
        )
        if self.store.request(job=job, locks=locks) is None:
            self.watch.on_request(job)
            self.schedule(0.05, self.start_process)

    def _plan_job(self, nic: Nic, to: str) -> Job | None:
        scope = preflight.scope_for(
            interface_id=nic.id, instance_ids=list(self.world.machines)
        )
        lag = self.rng.choice(self.plan.lags)
        seen = self.world.read(scope, (lag, lag), self.clock.now())
        interface = seen.interfaces.get(nic.id)
        if interface is None:
            return None
        self.watch.seen_interface = interface
        kind = Kind(self.plan.kind)
        if kind is Kind.DETACH:
            plan = preflight.plan_detach(interface=interface, seen=seen)
        elif kind is Kind.ATTACH:
            plan = preflight.plan_attach(
                interface=interface,
                instance_id=InstanceId(to),
                device_index=nic.index,
                seen=seen,
            )
        else:
            plan = preflight.plan_swap(
                interface=interface,
                device_index=nic.index,
                to=InstanceId(to),
                seen=seen,
                frozen=False,
            )
        if not plan.is_possible or not plan.calls or plan.source == plan.target:
            return None
        if kind is Kind.ATTACH and interface.attachment is not None:
            return None
        is_plain = self.plan.uses_preflight and plan.calls[0].action is Action.DETACH
        return Job(
            id=self.new_id(),
            region_id=REGION,
            kind=kind,
            state=State.QUEUED,
            interface_id=nic.id,
            device_index=nic.index,
            from_device_index=nic.index,
            from_instance_id=plan.source,
            to_instance_id=plan.target,
            requested_at=self.now,
            snapshot=preflight.snapshot(interface),
            force_after_s=self.plan.force_after_s,
            preflight_at=seen.began_at if is_plain else None,
            preflight_attachment_id=plan.calls[0].attachment_id if is_plain else None,
        )

    def _happen(self, event: Event) -> None:
        nic = next(iter(self.world.nics.values()))
        self.watch.on_event(event)
        happenings.HAPPENINGS[event.what](self, event, nic)
