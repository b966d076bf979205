"""Many pairs and an EC2 with token buckets around one driver, in virtual time.

It knows only what the driver's cadence and admission rest on: transitions that take
their time, buckets per API or one for all, latency. What EC2 refuses, and how reads
grow stale, is the simulation's matter.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from failover.engine.budget import READS, SIZES, Budget, Read, Size
from failover.engine.cadence import Learned
from failover.engine.drive import Driver
from failover.engine.errands import Event, LookFailed, Pause, Rehearsed
from failover.engine.job import Action, Call, Intent, Job, Outcome, State
from failover.engine.limits import Limits
from failover.engine.ports import Ec2Busy, Fence, Receipt
from failover.engine.probes import Question
from failover.engine.topology import (
    Attachment,
    AttachmentId,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    Scope,
)
from tests.simulation.memory_store import MemoryStore

REGION = 1
LATENCY_S = 0.05
PLAIN = Size(burst=50.0, per_second=5.0)


@dataclass(slots=True)
class Floating:
    """One interface: where it is, and when it was dark."""

    attachment: Attachment | None
    down_at: float | None = None
    up_at: float | None = None


@dataclass(slots=True)
class Bucket:
    """EC2's own; it knows nothing of what we believe."""

    size: Size
    level: float
    at: float

    def take(self, now: float) -> bool:
        grown = self.level + (now - self.at) * self.size.per_second
        self.level, self.at = min(self.size.burst, grown), now
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True


@dataclass
class Town:
    """Virtual time is `at`; nothing passes but by events."""

    jobs: Sequence[Job]
    is_shared: bool = False
    detach_s: float = 3.0
    attach_s: float = 2.0
    jitter: float = 0.0
    limits: Limits = field(default_factory=Limits)
    learned: Learned = field(default_factory=Learned)
    at: float = 1000.0
    is_allowed: bool = True
    looks: list[tuple[float, Scope]] = field(default_factory=list)
    calls: list[tuple[float, Action]] = field(default_factory=list)
    throttled: Counter[str] = field(default_factory=Counter)
    rehearsed: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(7)
        self.store = MemoryStore(now=lambda: self.at)
        self.store.add_region(region_id=REGION)
        self.store.learned_so_far = self.learned
        self.floating: dict[InterfaceId, Floating] = {}
        self._ids = 10_000
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._seq = 0
        self._buckets: dict[str, Bucket] = {}
        self._inbox: list[Event] = []
        self._run: Generator[Pause, Sequence[Event], bool] | None = None
        for job in self.jobs:
            if job.from_instance_id is not None:
                tie = self._tie(job.from_instance_id)
                self.floating[job.interface_id] = Floating(tie)
            self.store.request(job=job, locks=frozenset({str(job.id)}))

    # Ports.

    def now(self) -> float:
        self.at += 1e-7
        return self.at

    def probe_failed(self, job_id: UUID, error: Exception) -> None:
        message = f"the prober of {job_id} broke"
        raise AssertionError(message) from error

    def tick_failed(self, job_id: UUID, error: Exception) -> None:
        message = f"the tick of {job_id} failed"
        raise AssertionError(message) from error

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def look(self, scope: Scope) -> None:
        began_at = self.now()
        self.looks.append((began_at, scope))
        reads = -(-len(scope.interface_ids) // 200)
        passes = [self._takes(Read.INTERFACES, READS) for _ in range(reads)]
        if not all(passes):
            self.throttled["reads"] += 1
            failed = LookFailed(scope=scope, error=Ec2Busy(code="RequestLimitExceeded"))
            self._after(LATENCY_S, lambda: self._inbox.append(failed))
            return
        self._after(LATENCY_S / 2, lambda: self._show(scope, began_at))

    def rehearse(self, call: Call) -> None:
        self.rehearsed.append(call)
        self._takes(call.action, PLAIN)
        answer = Rehearsed(is_allowed=self.is_allowed)
        self._after(LATENCY_S, lambda: self._inbox.append(answer))

    def probe(self, job_id: UUID, question: Question) -> None:
        message = f"{job_id} has no probe, and {question} was asked"
        raise AssertionError(message)

    def send(self, intent: Intent, fence: Fence) -> None:
        self._after(LATENCY_S / 2, lambda: self._perform(intent, fence, self.at))

    # The world.

    def _after(self, after_s: float, what: Callable[[], None]) -> None:
        self._seq += 1
        heapq.heappush(self._heap, (self.at + after_s, self._seq, what))

    def _tie(self, instance_id: InstanceId, status: str = "attached") -> Attachment:
        self._ids += 1
        return Attachment(
            id=AttachmentId(f"eni-attach-{self._ids}"),
            instance_id=instance_id,
            device_index=1,
            status=status,
        )

    def _takes(self, api: Action | Read, size: Size) -> bool:
        is_one = self.is_shared and isinstance(api, Action)
        key = "shared" if is_one else api.value
        bucket = self._buckets.setdefault(key, Bucket(size, size.burst, self.at))
        return bucket.take(self.at)

    def _show(self, scope: Scope, began_at: float) -> None:
        shown = {
            i: Interface(
                id=i,
                status="in-use" if self.floating[i].attachment else "available",
                attachment=self.floating[i].attachment,
            )
            for i in scope.interface_ids
        }
        machines = {i: Instance(id=i, state="running") for i in scope.instance_ids}

        def arrive() -> None:
            self._inbox.append(
                Observation(
                    scope=scope,
                    began_at=began_at,
                    ended_at=self.at,
                    interfaces=shown,
                    instances=machines,
                )
            )

        self._after(LATENCY_S / 2, arrive)

    def _perform(self, intent: Intent, fence: Fence, sent_at: float) -> None:
        call, is_open = intent.call, self.store.is_open_for(fence)
        outcome, tie = Outcome.NOT_SENT, None
        if is_open and not self._takes(call.action, SIZES.get(call.action, PLAIN)):
            self.throttled[call.action] += 1
            outcome = Outcome.THROTTLED
        elif is_open:
            outcome, tie = Outcome.OK, self._change(call)
            self.calls.append((self.at, call.action))

        def reply() -> None:
            self._inbox.append(
                Receipt(
                    intent_id=intent.id,
                    job_id=intent.job_id,
                    outcome=outcome,
                    sent_at=sent_at,
                    ended_at=self.at,
                    duration_s=self.at - sent_at,
                    attachment_id=tie.id if tie else None,
                )
            )

        self._after(LATENCY_S / 2, reply)

    def _change(self, call: Call) -> Attachment | None:
        one = self.floating[call.interface_id]
        if call.action is Action.DETACH:
            one.down_at = self.at
            old = one.attachment
            assert old is not None
            assert old.id == call.attachment_id
            one.attachment = self._as(old, "detaching")
            self._after(self._takes_s(self.detach_s), lambda: self._free(one))
            return None
        assert call.instance_id is not None
        assert one.attachment is None
        tie = one.attachment = self._tie(call.instance_id, "attaching")
        self._after(self._takes_s(self.attach_s), lambda: self._attached(one))
        return tie

    def _as(self, tie: Attachment, status: str) -> Attachment:
        return Attachment(
            id=tie.id, instance_id=tie.instance_id, device_index=1, status=status
        )

    def _free(self, one: Floating) -> None:
        one.attachment = None

    def _attached(self, one: Floating) -> None:
        assert one.attachment is not None
        one.attachment = self._as(one.attachment, "attached")
        one.up_at = self.at

    def _takes_s(self, median_s: float) -> float:
        return median_s * self.chance.uniform(1 - self.jitter, 1 + self.jitter)

    # The story of a test.

    def drive(self, *, until: float = float("inf")) -> None:
        """Drive, run after run, until every job has ended or time is up."""
        rows = self.store.rows.values()
        while self.at < until and any(r.job.state.is_active for r in rows):
            self._begin()
            self._go_on(until)

    def kill(self) -> None:
        """The driver is gone; its leases are known to be over two seconds later."""
        assert self._run is not None
        self._run.close()
        self._run = None
        self._inbox = []
        self._pass_until(self.at + 2.0)
        self.store.expire_leases()

    def _begin(self) -> None:
        if self._run is not None:
            return
        self._run = Driver(
            region_id=REGION,
            owner=f"driver-{self._seq}",
            store=self.store,
            errands=self,
            clock=self,
            limits=self.limits,
            new_id=self.new_id,
            should_stop=lambda: False,
            log=self,
        ).run()

    def _go_on(self, until: float) -> None:
        assert self._run is not None
        try:
            pause = next(self._run)
            while self.at < until:
                self._pass_until(pause.until)
                events, self._inbox = self._inbox, []
                pause = self._run.send(events)
        except StopIteration:
            self._run = None

    def _pass_until(self, moment: float) -> None:
        """Let things happen until then, or until the driver has something to take."""
        while self._heap and self._heap[0][0] <= moment and not self._inbox:
            at, _, what = heapq.heappop(self._heap)
            self.at = max(self.at, at)
            what()
        if not self._inbox:
            self.at = max(self.at, moment)

    # What came of it.

    def states(self) -> Counter[State]:
        return Counter(row.job.state for row in self.store.rows.values())

    def total_s(self, *, since: float = 1000.0) -> float:
        return max(f.up_at or float("inf") for f in self.floating.values()) - since

    def outages(self) -> list[float]:
        return sorted(
            (f.up_at or float("inf")) - (f.down_at or 0.0)
            for f in self.floating.values()
        )

    def budget(self) -> Budget:
        return self.store.budget(region_id=REGION)
