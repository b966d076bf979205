"""Invariants of what changes: unattended, after the end, too often."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine import guard
from failover.engine.job import Action, Intent, Kind, Outcome
from failover.engine.topology import AttachmentId, Interface
from tests.simulation.floats import Floating, key_of
from tests.simulation.history import BLIND_S, History, hold
from tests.simulation.pairs import PairRow
from tests.simulation.world import SHUTDOWN_S

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

# A raised flag that was seen so long before must have been mended.
FLAG_S = SHUTDOWN_S + 10.0
# What the guard may need with nothing in its way: its pace, two looks, a request.
GUARD_S = 12.0


class Effects:
    """I2, I18, I25 and I27."""

    def __init__(self, *, simulation: "Simulation", history: History) -> None:
        self._sim = simulation
        self._history = history
        self._doing: Intent | None = None
        self._flag_seen: dict[AttachmentId, float] = {}
        self._last_tie: dict[str, AttachmentId] = {}
        # Since when a resource has lain free with nobody at work, seen by a guard.
        self._alone_since: dict[str, float] = {}

    def saw(self, interface: Interface) -> None:
        attachment = interface.attachment
        if attachment is None:
            return
        self._last_tie[interface.id] = attachment.id
        if attachment.delete_on_termination:
            self._flag_seen.setdefault(attachment.id, self._sim.now)
        else:
            self._flag_seen.pop(attachment.id, None)

    @contextmanager
    def of(self, intent: Intent) -> Iterator[None]:
        """Whatever changes inside is the doing of this call."""
        self._doing = intent
        try:
            yield
        finally:
            self._doing = None

    def on_change(self, floating: Floating, what: str) -> None:
        if what == "terminated":
            self._flag_was_mended(floating)
        self.is_attended(floating)
        self.note_where(floating)
        intent = self._doing
        if intent is None or not what:
            return
        job_id = intent.job_id
        if intent.call.action is Action.ATTACH:
            tie = self._sim.world.nics[intent.call.interface_id].tie
            if tie is not None:
                self._history.made[job_id].add(tie.id)
        self._history.effective[job_id].append((intent, self._sim.now))
        if intent.call.action is Action.DETACH:
            self._effective_detaches_are_few(job_id)
        self._nothing_lands_after_the_end(floating, intent)

    def on_displaced(self, key: str) -> None:
        """P5: where another Elastic IP sits, ours is not put."""
        is_new = self._sim.now - self._history.squatted_at < BLIND_S
        hold("P5 nobody's address is displaced", is_new, key=key)

    def note_where(self, floating: Floating) -> None:
        """Keep since when it has been where it is."""
        tied_at = self._history.tied_at
        holder = floating.holder if floating.is_tied_at(floating.holder) else None
        if floating.key not in tied_at or tied_at[floating.key][0] != holder:
            tied_at[floating.key] = (holder, self._sim.now)

    # I18.

    def _nothing_lands_after_the_end(self, floating: Floating, intent: Intent) -> None:
        ended_at = self._history.ended_at.get(intent.job_id)
        if ended_at is None:
            return
        # A later job that is still at work mends what an earlier one's call does.
        is_moving = any(
            r.job.state.is_active
            for r in self._sim.store.rows.values()
            if key_of(r.job) == floating.key
        )
        is_ours = not is_moving and self._history.disturbed_at < ended_at
        action = intent.call.action
        hold("I18 nothing of ours lands after the end", not is_ours, call=action)

    # I2.

    def is_attended(self, floating: Floating) -> None:
        """With the guard off: what our swaps have freed is never left alone."""
        if floating.holder is not None or self._history.disturbed_at:
            return
        jobs = [
            r.job
            for r in self._sim.store.rows.values()
            if key_of(r.job) == floating.key
        ]
        ours = any(self._history.effective.get(j.id) for j in jobs)
        # A swap of what lay free may lie free again once it is called off.
        is_swapped = ours and all(
            j.kind is Kind.SWAP and j.from_instance_id for j in jobs
        )
        is_left = not any(j.state.is_active for j in jobs)
        hold("I2 nothing we freed is unattended", not (is_swapped and is_left))

    def is_guarded(self, floating: Floating) -> None:
        """With the guard on: free without a job never lasts; asked each second."""
        sim, now = self._sim, self._sim.now
        pair = sim.pairs[floating.key]
        is_alone = (
            floating.exists
            and floating.lies_free
            and pair.desired is not None
            and not pair.is_frozen
            and not any(
                r.job.state.is_active
                for r in sim.store.rows.values()
                if key_of(r.job) == floating.key
            )
        )
        can_be_repaired = (
            not sim.is_database_down
            and len(pair.repairs) < sim.most_repairs
            and any(floating.looks_possible(i) for i in pair.ends)
        )
        if not is_alone or not can_be_repaired or sim.has_failing_looks:
            self._alone_since.pop(floating.key, None)
            return
        since = self._alone_since.setdefault(floating.key, now)
        most_s = GUARD_S + 3 * max(sim.plan.lags) + 4 * sim.plan.slow_look_s
        # A clock that was put back makes the last end seem to come later.
        most_s += abs(sim.database_offset_s)
        hold("I2 nothing lies free unguarded", now - since <= most_s, since=since)

    def on_repair(self, pair: PairRow, seen_at: float) -> None:
        """P7 and I13: what the guard must not do."""
        sim = self._sim
        hold("P7 nothing frozen is repaired", not pair.is_frozen)
        hold("I13 few repairs an hour", len(pair.repairs) < sim.most_repairs)
        hold("P7 repaired is what shall be held", pair.desired is not None)
        first = pair.first_free_at
        is_twice = (
            first is not None
            and first > pair.settled_at
            and seen_at - first >= guard.READS_APART_S
        )
        hold("P7 the guard looks twice, after the last end", is_twice, first=first)

    # I25.

    def _effective_detaches_are_few(self, job_id: UUID) -> None:
        plan = self._sim.plan
        if plan.is_touched_by_others or plan.hangs or plan.has_event("hang_guest"):
            return
        row = self._sim.store.rows[job_id]
        ids = {
            i.call.attachment_id
            for i, _ in self._history.effective[job_id]
            if i.call.action is Action.DETACH
        }
        # An attach whose reply was lost may land after a turn, or in the middle of
        # the next job, and must be undone.
        lost = [
            i
            for r in self._sim.store.rows.values()
            if key_of(r.job) == key_of(row.job)
            for i in r.intents
            if i.call.action is Action.ATTACH and i.outcome in (None, Outcome.UNKNOWN)
        ]
        was_cancelled = row.job.cancel_requested_at is not None
        most = 1 + row.job.turns + was_cancelled + len(lost)
        hold("I25 effective detaches <= 1 + turns", len(ids) <= most, ids=len(ids))

    # I27.

    def _flag_was_mended(self, floating: Floating) -> None:
        """No end of an instance deletes an interface whose flag was seen."""
        tie = self._last_tie.get(floating.key)
        if floating.exists or tie is None:
            return
        seen_at = self._flag_seen.get(tie)
        for row in self._sim.store.rows.values():
            if not row.job.state.is_active or key_of(row.job) != floating.key:
                continue
            # Who saw it may have died; then its heir has as long.
            claimed_at = self._history.claimed_at.get(row.job.id, self._sim.now)
            since = max(seen_at or self._sim.now, claimed_at)
            is_long = since <= self._sim.now - FLAG_S
            hold("I27 a raised flag is mended", not is_long, since=since)
