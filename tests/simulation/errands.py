"""What a process asks of the world, through a network that loses and delays."""

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine import drive
from failover.engine.errands import ProbeEnded
from failover.engine.job import Action, Call, Intent, Outcome
from failover.engine.ports import Ec2Busy, Fence, Receipt
from failover.engine.probes import Question
from failover.engine.topology import AttachmentId, InstanceId, Observation, Scope
from tests.simulation.answers import Refusal
from tests.simulation.floats import key_of

if TYPE_CHECKING:
    from tests.simulation.process import Process

# How long a client waits for a reply that never comes.
TIMEOUT_S = 6.0
# Of these a process hears nothing but that nobody knows.
UNANSWERED = frozenset({"reply_lost", "late", "lost", "error_late"})


class Errands:
    """`engine.drive.Errands` of one process."""

    def __init__(self, *, process: "Process") -> None:
        self._process = process
        self._sim = process.sim

    def look(self, scope: Scope) -> None:
        self._sim.watch.on_look(self._process)
        self._process.pulse()
        began_at = self._process.clock.now()
        self._sim.schedule(self._way_s(), lambda: self._answer(scope, began_at))
        self._process.pulse()

    def _answer(self, scope: Scope, began_at: float) -> None:
        sim = self._sim
        if not self._process.is_alive:
            return
        event: drive.Event
        if sim.has_failing_looks and sim.rng.randrange(100) < sim.plan.failing_looks:
            error = Ec2Busy(code="RequestLimitExceeded")
            event = drive.LookFailed(scope=scope, error=error)
        else:
            event = sim.omit(sim.world.read(scope, sim.draw_lag, began_at))
        sim.schedule(self._way_s(), lambda: self._arrive(event))

    def _way_s(self) -> float:
        return self._sim.rng.uniform(0.01, self._sim.plan.slow_look_s)

    def _arrive(self, event: drive.Event) -> None:
        if isinstance(event, Observation):
            event = replace(event, ended_at=self._process.clock.now())
        self._process.deliver(event)

    def rehearse(self, call: Call) -> None:
        """A DryRun, which changes nothing and says what our role may."""
        self._process.pulse()
        machine = self._sim.world.machines.get(call.instance_id or InstanceId(""))
        is_impeded = machine is not None and machine.impediment != ""
        is_allowed = not is_impeded and not self._sim.world.is_denied
        event = drive.Rehearsed(is_allowed=is_allowed)
        self._sim.schedule(self._way_s(), lambda: self._arrive(event))

    def probe(self, job_id: UUID, question: Question) -> None:
        self._process.pulse()
        sim = self._sim
        floating = sim.floats[key_of(sim.store.rows[job_id].job)]
        sim.watch.on_question(floating, question)
        began_at = sim.now

        def meet() -> None:
            verdict = sim.services.answer(floating, question)
            sim.watch.on_answer(job_id, verdict, began_at)
            ended = ProbeEnded(job_id=job_id, verdict=verdict)
            heard = sim.services.reach(floating, ended)
            if heard is not None:
                sim.schedule(self._way_s(), lambda: self._process.deliver(heard))

        sim.schedule(self._way_s(), meet)
        self._process.pulse()

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
        age_s = process.clock.peek() - intent.intent_at
        is_late = age_s > sim.limits.lease_ttl_s * 2 / 3
        if is_late or fault == "not_sent" or not process.store.is_open_for(fence):
            self._reply(intent, None, Outcome.NOT_SENT)
            return
        sim.watch.on_wire(intent, fence)
        sent_at = process.clock.now()
        after_s = sim.latency()
        if fault in ("late", "error_late"):
            after_s += sim.plan.late_s
        sim.schedule_effect(after_s, lambda: self._take_effect(intent, sent_at, fault))
        unknown_after_s = {"error_late": sim.latency()}.get(fault, TIMEOUT_S)
        if fault in UNANSWERED:
            sim.schedule(
                unknown_after_s, lambda: self._reply(intent, sent_at, Outcome.UNKNOWN)
            )

    def _take_effect(self, intent: Intent, sent_at: float, fault: str) -> None:
        sim = self._sim
        if fault == "lost":
            return
        if fault == "throttled" or not sim.quotas.take(intent.call.action):
            sim.watch.on_throttle(intent, is_planned=fault == "throttled")
            if fault not in UNANSWERED:
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
        now = self._process.clock.now()
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
