"""One worker process: a driver, its way to the store and to EC2, and its death.

The process dies at any of its I/O points: before and after every store method, look
and call, and at every pause. What has left for EC2 by then still arrives there.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from failover.engine import drive
from failover.engine.job import Action, Intent, Outcome
from failover.engine.ports import Ec2Busy, Fence, Receipt
from failover.engine.topology import AttachmentId, Observation, Scope
from tests.simulation.watched_store import WatchedStore
from tests.simulation.world import Refusal

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

# How long a client waits for a reply that never comes.
TIMEOUT_S = 6.0


class Crash(BaseException):
    """The process is gone, in the middle of what it was doing."""


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
        # What has been delivered to it, for the question what a call rests on.
        self.delivered: list[Observation] = []
        self._inbox: list[drive.Event] = []
        self._wake = 0
        self._points = 0
        self._crash_at = dict(simulation.plan.crashes).get(number, 0)
        store = WatchedStore(process=self, inner=simulation.store, is_rival=is_rival)
        self._run: Generator[drive.Pause, Sequence[drive.Event], bool] = drive.Driver(
            region_id=1,
            owner=f"process-{number}",
            store=store,
            errands=Errands(process=self),
            clock=simulation.clock,
            limits=simulation.limits,
            new_id=simulation.new_id,
            should_stop=lambda: self.is_stopping,
            log=simulation,
        ).run()

    def start(self) -> None:
        self._go_on(lambda: next(self._run))

    def kill(self) -> None:
        self.is_alive = False
        self._run.close()

    def pulse(self) -> None:
        """An I/O point, where a planned death happens."""
        self._points += 1
        if self._points == self._crash_at:
            raise Crash

    def deliver(self, event: drive.Event) -> None:
        if self.is_alive:
            self._inbox.append(event)
            self._wake_in(self.sim.rng.uniform(0, 0.004))

    def _wake_in(self, after_s: float) -> None:
        self._wake += 1
        wake = self._wake
        self.sim.schedule(after_s, lambda: self._wake_up(wake))

    def _wake_up(self, wake: int) -> None:
        if not self.is_alive or wake != self._wake:
            return
        now = self.sim.now
        if now < self.stalled_until:
            self._wake_in(self.stalled_until - now)
            return
        events, self._inbox = self._inbox, []
        for event in events:
            if isinstance(event, Observation):
                self.delivered = [*self.delivered[-7:], event]
                self.sim.watch.saw(event)
        self._go_on(lambda: self._run.send(events))

    def _go_on(self, step: Callable[[], drive.Pause]) -> None:
        try:
            self.pulse()
            pause = step()
        except (StopIteration, Crash):
            self.is_alive = False
            return
        # Whatever came in meanwhile is taken at once.
        after_s = 0.0 if self._inbox else max(pause.until - self.sim.now, 0.0)
        self._wake_in(after_s)


class Errands:
    """Looks and calls of a process, carried through the virtual network."""

    def __init__(self, *, process: Process) -> None:
        self._process = process
        self._sim = process.sim

    def look(self, scope: Scope) -> None:
        self._process.pulse()
        sim = self._sim
        began_at = sim.clock.now()
        sim.schedule(self._way_s(), lambda: self._answer(scope, began_at))
        self._process.pulse()

    def _answer(self, scope: Scope, began_at: float) -> None:
        sim = self._sim
        if not self._process.is_alive:
            return
        event: drive.Event
        if sim.rng.randrange(100) < sim.plan.failing_looks and not sim.is_healed:
            error = Ec2Busy(code="RequestLimitExceeded")
            event = drive.LookFailed(scope=scope, error=error)
        else:
            lags = (sim.rng.choice(sim.plan.lags), sim.rng.choice(sim.plan.lags))
            seen = sim.world.read(scope, lags, began_at)
            event = seen
        sim.schedule(self._way_s(), lambda: self._arrive(event))

    def _way_s(self) -> float:
        return self._sim.rng.uniform(0.01, self._sim.plan.slow_look_s)

    def _arrive(self, event: drive.Event) -> None:
        if isinstance(event, Observation):
            event = replace(event, ended_at=self._sim.clock.now())
        self._process.deliver(event)

    def send(self, intent: Intent, fence: Fence) -> None:
        self._process.pulse()
        sim = self._sim
        fault = sim.next_call_fault()
        slow_s = sim.rng.uniform(0.5, 5) if fault == "slow_to_leave" else 0.0
        sim.schedule(slow_s + 0.002, lambda: self._leave(intent, fence, fault))
        self._process.pulse()

    def _leave(self, intent: Intent, fence: Fence, fault: str) -> None:
        sim, process = self._sim, self._process
        if not process.is_alive:
            return
        if sim.now < process.stalled_until:
            wait_s = process.stalled_until - sim.now
            sim.schedule(wait_s, lambda: self._leave(intent, fence, fault))
            return
        # SETTLE counts from the intent and leaves this long for a call to leave.
        is_late = sim.now - intent.intent_at > sim.limits.lease_ttl_s * 2 / 3
        if is_late or fault == "not_sent" or not sim.store.is_open_for(fence):
            self._reply(intent, None, Outcome.NOT_SENT)
            return
        sim.watch.on_wire(intent, fence)
        sent_at = sim.clock.now()
        after_s = sim.latency()
        if fault in ("late", "error_late"):
            after_s += sim.plan.late_s
        sim.schedule_effect(after_s, lambda: self._take_effect(intent, sent_at, fault))
        if fault in ("reply_lost", "late", "lost"):
            sim.schedule(
                TIMEOUT_S, lambda: self._reply(intent, sent_at, Outcome.UNKNOWN)
            )
        elif fault == "error_late":
            sim.schedule(
                sim.latency(),
                lambda: self._reply(intent, sent_at, Outcome.UNKNOWN),
            )

    def _take_effect(self, intent: Intent, sent_at: float, fault: str) -> None:
        sim = self._sim
        if fault == "lost":
            return
        if fault == "throttled":
            self._answer_call(intent, sent_at, Outcome.THROTTLED)
            return
        code, attachment_id = "", None
        with sim.watch.effect_of(intent):
            try:
                attachment_id = sim.world.perform(intent.call)
            except Refusal as refusal:
                code = refusal.code
        if fault in ("", "not_sent", "slow_to_leave"):
            outcome = Outcome.REFUSED if code else Outcome.OK
            self._answer_call(intent, sent_at, outcome, code, attachment_id)
        elif fault == "error_applied":
            self._answer_call(intent, sent_at, Outcome.UNKNOWN)

    def _answer_call(
        self,
        intent: Intent,
        sent_at: float,
        outcome: Outcome,
        code: str = "",
        attachment_id: AttachmentId | None = None,
    ) -> None:
        self._sim.schedule(
            self._sim.latency(),
            lambda: self._reply(intent, sent_at, outcome, code, attachment_id),
        )

    def _reply(
        self,
        intent: Intent,
        sent_at: float | None,
        outcome: Outcome,
        code: str = "",
        attachment_id: AttachmentId | None = None,
    ) -> None:
        now = self._sim.clock.now()
        is_attach = intent.call.action is Action.ATTACH
        receipt = Receipt(
            intent_id=intent.id,
            job_id=intent.job_id,
            outcome=outcome,
            sent_at=sent_at,
            ended_at=now,
            duration_s=now - (sent_at or now),
            error_code=code,
            attachment_id=attachment_id if is_attach else None,
        )
        self._process.deliver(receipt)
