"""What must be true in every run, whatever goes wrong.

The numbers are those of docs/protocol: I1 no strand, I3 true success, I5 fence, and so
on. The watch stands beside the store and the world and sees what both really did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine.job import Action, Intent, Job, Kind, Outcome, State
from failover.engine.ports import Change, Fence, Work
from failover.engine.topology import (
    AttachmentId,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
)
from tests.simulation import endings
from tests.simulation.endings import hold
from tests.simulation.faults import FOREIGN, Event
from tests.simulation.memory_store import MemoryStore
from tests.simulation.truth import Nic
from tests.simulation.world import SHUTDOWN_S, World

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

# What others do to an instance, after which the interface may lie elsewhere.
DISTURBING = FOREIGN | {"terminate"}


class Watch:
    """Sees every claim, write, call, effect and end of a run."""

    def __init__(
        self, *, store: MemoryStore, world: World, simulation: "Simulation"
    ) -> None:
        self._store = store
        self._world = world
        self._sim = simulation
        self.seen_interface = Interface(id=InterfaceId(""), status="")
        self._tokens: dict[UUID, int] = {}
        self._claimed_at: dict[UUID, float] = {}
        self._ended: dict[UUID, float] = {}
        self._sent: dict[UUID, list[Intent]] = {}
        self._effective: dict[UUID, list[Intent]] = {}
        self._shown: set[tuple[InterfaceId, AttachmentId]] = set()
        self._flag_seen: dict[AttachmentId, float] = {}
        self._attached_at: dict[InterfaceId, float] = {}
        self._disturbed_at = 0.0
        self._was_impossible: set[tuple[InterfaceId, InstanceId]] = set()
        self._impossible_since: dict[tuple[InterfaceId, InstanceId], float] = {}
        self._doing: Intent | None = None
        self._made: dict[UUID, set[AttachmentId]] = {}

    # What happened.

    def saw(self, observation: Observation) -> None:
        for interface in observation.interfaces.values():
            self._show(interface)

    def _show(self, interface: Interface) -> None:
        attachment = interface.attachment
        if attachment is None:
            return
        self._shown.add((interface.id, attachment.id))
        if attachment.delete_on_termination:
            self._flag_seen.setdefault(attachment.id, self._sim.now)
        else:
            self._flag_seen.pop(attachment.id, None)

    def on_request(self, job: Job) -> None:
        self._show(self.seen_interface)
        endings.locks_are_those_of_active_jobs(self._store)
        rivals = [
            r.job.id
            for r in self._store.rows.values()
            if r.job.state.is_active and r.job.interface_id == job.interface_id
        ]
        hold("I4 one active job per interface", rivals == [job.id], jobs=rivals)

    def on_claim(self, works: Iterable[Work]) -> None:
        for work in works:
            job_id = work.job.id
            old = self._tokens.get(job_id, 0)
            hold("I5 tokens rise", work.fence_token > old, token=work.fence_token)
            self._tokens[job_id] = work.fence_token
            self._claimed_at[job_id] = self._sim.now

    def on_cancel(self, job_id: UUID, is_taken: bool) -> None:  # noqa: FBT001
        job = self._store.rows[job_id].job
        if is_taken and not job.state.is_active:
            self._ended[job_id] = self._sim.now
            self._cancelled_means_untouched(job)
            self._sim.mark_end()
        endings.locks_are_those_of_active_jobs(self._store)

    def on_write(
        self,
        changes: Sequence[Change],
        before: Mapping[UUID, Job],
        applied: Iterable[UUID],
        delivered: Sequence[Observation],
    ) -> None:
        written = set(applied)
        for change in changes:
            job_id = change.job.id
            if job_id not in written:
                continue
            old = before[job_id]
            token = self._tokens[job_id]
            hold("I5 fence", change.fence_token == token, token=change.fence_token)
            hold("I8 terminal is final", old.state.is_active, state=old.state)
            hold("I5 version", old.version == change.job_version, version=old.version)
            if change.intent is not None:
                self._effort_is_bounded(change)
                self._rests_on_a_fresh_look(change, delivered)
                self._target_was_possible(old, change.intent)
                self._sim.mark_intent()
            if not change.job.state.is_active:
                self._at_terminal(change)
        endings.locks_are_those_of_active_jobs(self._store)

    def on_wire(self, intent: Intent, fence: Fence) -> None:
        row = self._store.rows[intent.job_id]
        job, now = row.job, self._sim.now
        committed = [i for i in row.intents if i.id == intent.id]
        hold("I6 write-ahead", committed == [intent], intent=intent.seq)
        hold("I6 intent before send", intent.intent_at < now, intent=intent.seq)
        hold(
            "I6 fence at send",
            row.fence_token == intent.fence_token == fence.fence_token
            and job.version == fence.version
            and job.state.is_active,
            token=row.fence_token,
            version=job.version,
        )
        self._is_our_own(job, intent)
        self._sent.setdefault(job.id, []).append(intent)

    @contextmanager
    def effect_of(self, intent: Intent) -> Iterator[None]:
        """Whatever changes inside is the doing of this call."""
        self._doing = intent
        try:
            yield
        finally:
            self._doing = None

    def on_change(self, interface_id: InterfaceId, what: str) -> None:
        self.note_impossible()
        if what == "attached":
            self._attached_at[interface_id] = self._sim.now
        if what == "terminated":
            self._flag_was_mended(interface_id)
        self._is_attended(interface_id)
        intent = self._doing
        if intent is None or not what:
            return
        tie = self._world.nics[interface_id].tie
        if intent.call.action is Action.ATTACH and tie is not None:
            self._made.setdefault(intent.job_id, set()).add(tie.id)
        if intent.call.action is Action.DETACH:
            self._effective.setdefault(intent.job_id, []).append(intent)
            self._effective_detaches_are_few(intent.job_id)
        ended_at = self._ended.get(intent.job_id)
        is_moving = any(
            r.job.requested_at >= (ended_at or 0.0) and r.job.id != intent.job_id
            for r in self._store.rows.values()
            if r.job.interface_id == interface_id
        )
        is_ours = not is_moving and self._disturbed_at < (ended_at or 0.0)
        hold(
            "I18 nothing of ours lands after the end",
            ended_at is None or not is_ours,
            call=intent.call.action,
        )

    def on_event(self, event: Event) -> None:
        if event.what in DISTURBING:
            self._disturbed_at = self._sim.now + (
                SHUTDOWN_S if event.what == "terminate" else 0.0
            )
        self._sim.schedule(0.0, self.note_impossible)

    def made_by(self, job_id: UUID) -> set[AttachmentId]:
        """The attachments that calls of this job have made."""
        return self._made.get(job_id, set())

    def have_all_ended(self) -> bool:
        rows = self._store.rows.values()
        return bool(rows) and not any(r.job.state.is_active for r in rows)

    # The invariants.

    def note_impossible(self) -> None:
        world = self._world
        for nic in world.nics.values():
            for instance_id in world.machines:
                key = (nic.id, instance_id)
                is_good = world.looks_possible(nic, instance_id, nic.index)
                if not is_good or not world.is_possible(nic, instance_id, nic.index):
                    self._was_impossible.add(key)
                if is_good:
                    self._impossible_since.pop(key, None)
                else:
                    self._impossible_since.setdefault(key, self._sim.now)

    def _is_attended(self, interface_id: InterfaceId) -> None:
        """I2 with the guard off: what our swaps have freed is never left alone."""
        jobs = [
            r.job
            for r in self._store.rows.values()
            if r.job.interface_id == interface_id
        ]
        ours = any(self._effective.get(j.id) for j in jobs)
        # A swap of what lay free may lie free again once it is called off.
        is_swapped = ours and all(
            j.kind is Kind.SWAP and j.from_instance_id for j in jobs
        )
        is_left_free = (
            self._world.nics[interface_id].tie is None
            and not any(j.state.is_active for j in jobs)
            and not self._disturbed_at
        )
        hold("I2 nothing we freed is unattended", not (is_swapped and is_left_free))

    def _effort_is_bounded(self, change: Change) -> None:
        row = self._store.rows[change.job.id]
        detaches = [
            i
            for i in row.intents
            if i.call.action is Action.DETACH
            and i.outcome not in (Outcome.NOT_SENT, Outcome.THROTTLED)
        ]
        most = self._sim.limits.effort + 1
        hold("I9 bounded effort", len(detaches) <= most, detaches=len(detaches))

    def _rests_on_a_fresh_look(
        self, change: Change, delivered: Sequence[Observation]
    ) -> None:
        job, intents = change.job, self._store.rows[change.job.id].intents
        now, limits = self._sim.now, self._sim.limits
        is_first = len(intents) == 1 and job.preflight_at is not None
        if is_first and now - (job.preflight_at or 0.0) <= limits.preflight_age_s:
            return
        after = max([self._claimed_at[job.id], *(i.ended_at or 0.0 for i in intents)])
        good = [
            o
            for o in delivered
            if job.interface_id in o.scope.interface_ids
            and o.began_at > after
            and now - o.ended_at <= limits.call_age_s + 0.1
        ]
        call = change.intent.call.action if change.intent else ""
        hold("I19 every call rests on a fresh look", bool(good), call=call)

    def _target_was_possible(self, before: Job, intent: Intent) -> None:
        is_first = before.first_intent_at is None
        if not is_first or intent.call.action is not Action.DETACH:
            return
        if before.kind is not Kind.SWAP or before.to_instance_id is None:
            return
        key = (before.interface_id, before.to_instance_id)
        since = self._impossible_since.get(key)
        if since is None:
            return
        known_s = self._sim.limits.facts_age_s + max(self._sim.plan.lags) + 1
        is_news = since > self._sim.now - known_s
        hold("I26 no detach towards an impossible target", is_news, since=since)

    def _is_our_own(self, job: Job, intent: Intent) -> None:
        call = intent.call
        hold("I7 own interface", call.interface_id == job.interface_id, call=call)
        ends = {job.from_instance_id, job.to_instance_id}
        if call.action is Action.ATTACH:
            hold("I7 own instances", call.instance_id in ends, call=call)
        if call.attachment_id is not None:
            owner, holder = self._world.ties[call.attachment_id]
            is_shown = (job.interface_id, call.attachment_id) in self._shown
            is_own = owner == job.interface_id and holder in ends
            hold("I7 own attachment, seen", is_shown and is_own, call=call)
        may_force = job.force_after_s is not None
        hold("I7 force only by policy", may_force or not call.force, call=call)

    def _effective_detaches_are_few(self, job_id: UUID) -> None:
        if self._sim.plan.is_touched_by_others or self._sim.plan.hangs:
            return
        job = self._store.rows[job_id].job
        ids = {i.call.attachment_id for i in self._effective[job_id]}
        # An attach whose reply was lost may land after a turn and must be undone.
        lost = [
            i
            for i in self._store.rows[job_id].intents
            if i.call.action is Action.ATTACH and i.outcome in (None, Outcome.UNKNOWN)
        ]
        was_cancelled = job.cancel_requested_at is not None
        most = 1 + job.turns + was_cancelled + len(lost)
        hold("I25 effective detaches <= 1 + turns", len(ids) <= most, ids=len(ids))

    def _flag_was_mended(self, interface_id: InterfaceId) -> None:
        """I27: no end of an instance deletes an interface whose flag was seen."""
        nic = self._world.nics[interface_id]
        if nic.exists or self._last_tie is None:
            return
        seen_at = self._flag_seen.get(self._last_tie)
        is_active = any(
            r.job.state.is_active and r.job.interface_id == interface_id
            for r in self._store.rows.values()
        )
        seen_long = seen_at is not None and seen_at <= self._sim.now - SHUTDOWN_S - 10.0
        hold("I27 a raised flag is mended", not (seen_long and is_active))

    @property
    def _last_tie(self) -> AttachmentId | None:
        return next(reversed(self._flag_seen), None)

    def _at_terminal(self, change: Change) -> None:
        job, now = change.job, self._sim.now
        self._ended[job.id] = now
        if job.state is State.CANCELLED:
            self._cancelled_means_untouched(job)
        nic = self._world.nics[job.interface_id]
        if self._disturbed_at < now - endings.BLIND_S:
            endings.lies_where_it_says(change, nic)
        self._turned_back_for_a_reason(job)
        self._stamps_are_true(job, nic)
        self._sim.schedule(0.0, lambda: self._is_attended(job.interface_id))
        self._sim.mark_end()

    def _turned_back_for_a_reason(self, job: Job) -> None:
        """I11, and its mirror: nothing is reversed that could have succeeded."""
        if self._sim.plan.is_touched_by_others:
            return
        ends = {
            State.SUCCEEDED: (job.from_instance_id, job.cancel_requested_at is None),
            State.REVERSED: (job.to_instance_id, job.cancel_requested_at is not None),
        }
        end, is_as_asked = ends.get(job.state, (None, True))
        if is_as_asked or end is None:
            return
        was_impossible = (job.interface_id, end) in self._was_impossible
        hold("I11 reversed for a reason", was_impossible, state=job.state, why=job.why)

    def _stamps_are_true(self, job: Job, nic: Nic) -> None:
        if job.restored_at is not None and nic.tie is not None:
            attached_at = self._attached_at.get(nic.id, 0.0)
            is_late_enough = (
                job.restored_at >= attached_at or self._disturbed_at > job.restored_at
            )
            hold("I21 restored_at is never early", is_late_enough)
        if not self._effective.get(job.id) and not self._disturbed_at:
            is_null = job.outage_started_at is None
            hold("I21 no outage where nothing took effect", is_null)

    def _cancelled_means_untouched(self, job: Job) -> None:
        if job.why == "released":
            return
        sent = self._sent.get(job.id, [])
        hold("I3 cancelled: no call was sent", not sent, sent=len(sent))

    def at_the_end(self) -> None:
        """I1 and the liveness of every job, long after the last fault."""
        endings.all_jobs_have_ended(self._store, self._world)
        for nic in self._world.nics.values():
            endings.is_not_stranded(
                nic, self._store, ended=self._ended, disturbed_at=self._disturbed_at
            )
