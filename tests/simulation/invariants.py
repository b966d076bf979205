"""The watch: beside the store and the world, it sees what both really did.

Every event of a run is told to the rules that judge it: of rows, calls, effects and
endings. `INVARIANTS` says of each where it is held.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine.job import Intent, Job, State
from failover.engine.ports import Change, Fence, Work
from failover.engine.probes import Question, Verdict
from failover.engine.topology import AttachmentId, Interface, Observation
from tests.simulation.endings import Endings
from tests.simulation.floats import Floating, key_of
from tests.simulation.history import History
from tests.simulation.pairs import PairRow
from tests.simulation.plans import FOREIGN, Event
from tests.simulation.rules_of_calls import Calls
from tests.simulation.rules_of_effects import Effects
from tests.simulation.rules_of_pace import Pace
from tests.simulation.rules_of_probes import Probes
from tests.simulation.rules_of_rows import Rows
from tests.simulation.world import SHUTDOWN_S

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.schedule import Simulation

# What others do to an instance, after which the resource may lie elsewhere.
DISTURBING = FOREIGN | {"terminate"}

# Where each invariant is held: here, or in the tests named. The protocol's numbers.
INVARIANTS: Mapping[str, str] = {
    "I1": "here: endings, long after the world has healed",
    "I2": "here: rules_of_effects, with the guard on and off",
    "I3": "here: endings",
    "I4": "here: rules_of_rows; the database's constraints in tests/store",
    "I5": "here: rules_of_rows",
    "I6": "here: rules_of_calls",
    "I7": "here: rules_of_calls",
    "I8": "here: rules_of_rows",
    "I9": "here: rules_of_rows",
    "I10": "here: endings, as the open-intent rule of P2",
    "I11": "here: endings",
    "I12": "here: rules_of_rows, by the change log; the audit's chain in tests/audit",
    "I13": "tests/engine/test_guard.py: no more than so many repairs an hour",
    "I14": "here: rules_of_calls, a call supposes only what its look shows",
    "I15": "tests/reconciler: one that cannot look starts nothing",
    "I16": "tests/reconciler/test_alone.py: without a broker",
    "I17": "tests/settings/test_logs.py and tests/audit: nothing secret is written",
    "I18": "here: rules_of_effects",
    "I19": "here: rules_of_calls",
    "I20": "here: rules_of_rows",
    "I21": "here: endings",
    "I22": "here: rules_of_calls",
    "I23": "tests/api/test_idempotency.py: one key, one job, the same bytes",
    "I24": "here: endings",
    "I25": "here: rules_of_effects",
    "I26": "here: rules_of_calls",
    "I27": "here: rules_of_effects",
}


class Watch:
    """Sees every claim, write, call, effect and end of a run."""

    def __init__(self, *, simulation: "Simulation") -> None:
        self._sim = simulation
        self.history = History()
        self._rows = Rows(simulation=simulation, history=self.history)
        self._calls = Calls(simulation=simulation, history=self.history)
        self._effects = Effects(simulation=simulation, history=self.history)
        self._pace = Pace(simulation=simulation)
        self._probes = Probes(simulation=simulation, history=self.history)
        self._endings = Endings(simulation=simulation, history=self.history)

    def begin(self) -> None:
        """The world stands as it is at the start."""
        for floating in self._sim.floats.values():
            self._effects.note_where(floating)

    # What is seen.

    def saw(self, observation: Observation) -> None:
        for interface in observation.interfaces.values():
            self.saw_interface(interface)

    def saw_interface(self, interface: Interface) -> None:
        self._calls.saw(interface)
        self._effects.saw(interface)

    # What happens to rows.

    def on_request(self, job: Job) -> None:
        self._rows.on_request(job)
        if self._sim.floats[key_of(job)].lies_free:
            self.history.free_when_asked.add(job.id)
        self.note_impossible()

    def on_claim(self, works: Iterable[Work], leases: Mapping[UUID, float]) -> None:
        self._rows.on_claim(works, leases)

    def on_cancel(self, before: Job, after: Job) -> None:
        self._rows.on_cancel(before, after)
        if before.state.is_active and not after.state.is_active:
            self._endings.on_cancelled(after)
            self._sim.mark("end")

    def on_write(
        self,
        changes: Sequence[Change],
        before: Mapping[UUID, Job],
        applied: Iterable[UUID],
        process: "Process",
    ) -> None:
        written = set(applied)
        for change in changes:
            if change.job.id not in written:
                continue
            old = before[change.job.id]
            self._rows.on_write(change, old)
            self._calls.on_write(change, old, process)
            self._pace.on_write(change.job)
            self._probes.on_write(change)
            if change.intent is not None:
                self._sim.mark("intent")
            if change.job.state is State.PARKED is not old.state:
                floating = self._sim.floats[key_of(change.job)]
                self._endings.on_parked(change.job, floating)
            if not change.job.state.is_active:
                self._end(change)
        self._rows.locks_are_those_of_active_jobs()

    def _end(self, change: Change) -> None:
        floating = self._sim.floats[key_of(change.job)]
        self._endings.on_terminal(change, floating)
        self._sim.schedule(0.0, lambda: self._effects.is_attended(floating))
        self._sim.mark("end")

    def on_record(self, job_ids: Iterable[UUID]) -> None:
        self._rows.on_record(job_ids)

    # What happens to the world.

    def on_wire(self, intent: Intent, fence: Fence) -> None:
        self._calls.on_wire(intent, fence)

    def on_throttle(self, intent: Intent, *, is_planned: bool) -> None:
        self._pace.on_throttle(intent, is_planned=is_planned)

    def on_repair(self, pair: PairRow, seen_at: float) -> None:
        """The guard starts a job, on a look that began then."""
        self._effects.on_repair(pair, seen_at)

    def on_question(self, floating: Floating, question: Question) -> None:
        self._probes.on_question(floating, question)

    def on_answer(self, job_id: UUID, verdict: Verdict, began_at: float) -> None:
        self._probes.on_answer(job_id, verdict, began_at)

    def on_waiver(self, before: Job, after: Job) -> None:
        """An operator lets a job end whose service has not answered."""
        self._rows.on_waiver(before, after)
        self._probes.on_waiver(after.id)

    def on_look(self, process: "Process") -> None:
        self._pace.on_look(process)

    def effect_of(self, intent: Intent) -> AbstractContextManager[None]:
        """Whatever changes inside is the doing of this call."""
        return self._effects.of(intent)

    def on_displaced(self, key: str) -> None:
        self._effects.on_displaced(key)

    def on_change(self, key: str, what: str) -> None:
        """`key` of an interface or part; what is nobody's floating resource passes."""
        self.note_impossible()
        floating = self._sim.float_of(key)
        if floating is not None:
            self._effects.on_change(floating, what)

    def on_event(self, event: Event) -> None:
        if event.what in DISTURBING:
            lasts_s = SHUTDOWN_S if event.what == "terminate" else 0.0
            self.history.disturbed_at = self._sim.now + lasts_s
        self._sim.schedule(0.0, self.note_impossible)

    def on_second(self) -> None:
        """Once a second: what may not last is asked for."""
        self._endings.nothing_hangs_unseen()
        self._probes.on_second()
        if self._sim.plan.has_guard:
            for floating in self._sim.floats.values():
                self._effects.is_guarded(floating)

    def note_impossible(self) -> None:
        history = self.history
        # What cannot leave where it is cannot come anywhere else.
        is_held_back = any(m.hold_back for m in self._sim.world.machines.values())
        for floating in self._sim.floats.values():
            for instance_id in self._sim.pairs[floating.key].ends:
                key = (floating.key, instance_id)
                is_good = floating.looks_possible(instance_id)
                is_possible = is_good and floating.is_possible(instance_id)
                if is_held_back or not is_possible:
                    history.was_impossible.add(key)
                if is_good:
                    history.impossible_since.pop(key, None)
                else:
                    history.impossible_since.setdefault(key, self._sim.now)

    # What the run asks back.

    def made_by(self, job_id: UUID) -> set[AttachmentId]:
        """The attachments that calls of this job have made."""
        return self.history.made.get(job_id, set())

    def at_the_end(self) -> None:
        """I1 and the liveness of every job, long after the last fault."""
        self._rows.at_the_end()
        self._endings.all_jobs_have_ended()
        for floating in self._sim.floats.values():
            self._endings.is_not_stranded(floating)
