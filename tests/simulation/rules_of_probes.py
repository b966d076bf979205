"""Invariants of probes: no success without an answer, no silence without a page."""

from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine.job import Job, State
from failover.engine.ports import Change
from failover.engine.probes import ProbeOutcome, Question, Verdict
from tests.simulation.floats import (
    Floating,
    FloatingInterface,
    FloatingParts,
    key_of,
)
from tests.simulation.history import BLIND_S, History, hold
from tests.simulation.places import PUBLIC_IP

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

# Until the look after, and its write.
TOLD_WITHIN_S = 6.0


class Probes:
    """P4's words "probe passed or none"."""

    def __init__(self, *, simulation: "Simulation", history: History) -> None:
        self._sim = simulation
        self._history = history
        # When the probes of a job began that passed; when its end was let go without.
        self._passed: dict[UUID, list[float]] = {}
        self._waived: set[UUID] = set()
        self._waiting_since: dict[UUID, float] = {}

    def on_question(self, floating: Floating, question: Question) -> None:
        is_own = question.address in _addresses(floating)
        hold("P4 only its own address is probed", is_own, address=question.address)

    def on_answer(self, job_id: UUID, verdict: Verdict, began_at: float) -> None:
        if verdict.outcome is ProbeOutcome.PASSED:
            self._passed.setdefault(job_id, []).append(began_at)

    def on_waiver(self, job_id: UUID) -> None:
        self._waived.add(job_id)

    def on_write(self, change: Change) -> None:
        job = change.job
        if change.is_overdue:
            self._is_told_in_time(job)
        if job.state is State.SUCCEEDED and job.probe is not None:
            self._has_answered(job)

    def _is_told_in_time(self, job: Job) -> None:
        since = max(job.restored_at or 0.0, job.memory.settled_since or 0.0)
        waited_s = (job.overdue_at or 0.0) - since
        is_right = waited_s > self._sim.promised.probe_give_up_s
        hold("P4 humans are told after a while", is_right, waited_s=waited_s)

    def _has_answered(self, job: Job) -> None:
        if job.id in self._waived:
            is_said = job.why == "probe_waived" or job.heard is not None
            hold("P4 an end without a pass says so", is_said, why=job.why)
            return
        if self._history.was_disturbed_within(BLIND_S, now=self._sim.now):
            return
        _, tied_at = self._history.tied_at[key_of(job)]
        good = [at for at in self._passed.get(job.id, ()) if at >= tied_at]
        hold("P4 no success without a passed probe", bool(good), why=job.why)

    def on_second(self) -> None:
        """Who waits for a service that does not answer is known to humans."""
        sim = self._sim
        is_hampered = sim.is_database_down or sim.has_failing_looks
        for row in sim.store.rows.values():
            job = row.job
            is_waiting = job.state is State.RUNNING and job.waiting_for == "probe"
            if not is_waiting or job.overdue_at or is_hampered or not sim.is_calm:
                self._waiting_since.pop(job.id, None)
                continue
            since = self._waiting_since.setdefault(job.id, sim.now)
            most_s = sim.promised.probe_give_up_s + TOLD_WITHIN_S + max(sim.plan.lags)
            # The wait is told from stamps, and they are the database's (P11).
            most_s += sim.plan.stepped_back_s
            waited_s = sim.now - since
            hold("P4 humans are told in time", waited_s <= most_s, waited_s=waited_s)


def _addresses(floating: Floating) -> set[str]:
    """Where the service of a resource may be met."""
    if isinstance(floating, FloatingInterface):
        return {floating.nic.address}
    assert isinstance(floating, FloatingParts)
    part = floating.parts[0]
    if part.allocation_id is not None:
        return {PUBLIC_IP}
    if part.route_table_id is not None:
        nics = floating.world.nics
        return {nics[end.interface_id].address for end in floating.ends.values()}
    return {part.private_ip}
