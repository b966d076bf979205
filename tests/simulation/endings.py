"""The invariants of an end: where it lies, why it turned, when it was dark."""

from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine.job import Action, Job, Outcome, State
from failover.engine.ports import Change
from failover.engine.topology import AttachmentId
from tests.simulation.floats import Floating, key_of
from tests.simulation.history import BLIND_S, History, hold
from tests.simulation.memory_store import RELEASABLE

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

MOVING = frozenset(
    {
        Action.DETACH,
        Action.ASSOCIATE,
        Action.ASSIGN,
        Action.REPLACE_ROUTE,
        Action.CREATE_ROUTE,
    }
)


class Endings:
    """I1, I3, I11, I21 and I24."""

    def __init__(self, *, simulation: "Simulation", history: History) -> None:
        self._sim = simulation
        self._history = history
        self._hanging_since: dict[UUID, float] = {}
        self._hanging_tie: dict[UUID, AttachmentId] = {}

    def on_terminal(self, change: Change, floating: Floating) -> None:
        job, now = change.job, self._sim.now
        self._history.ended_at[job.id] = now
        self.cancelled_means_untouched(job)
        if not self._history.was_disturbed_within(BLIND_S, now=now):
            self._lies_where_it_says(change, floating)
        self._turned_back_for_a_reason(job)
        self._nothing_harmful_is_open(job, floating)
        self._stamps_are_true(job, floating)

    def on_cancelled(self, job: Job) -> None:
        self._history.ended_at[job.id] = self._sim.now
        self.cancelled_means_untouched(job)

    # P1: what is said of the resource.

    def on_parked(self, job: Job, floating: Floating) -> None:
        if self._history.was_disturbed_within(BLIND_S, now=self._sim.now):
            return
        is_gone = job.why != "gone" or not floating.exists
        hold("P1 gone is only what is gone", is_gone, why=job.why)
        spent = job.turns + sum(
            i.call.is_departure
            and i.outcome not in (Outcome.NOT_SENT, Outcome.THROTTLED)
            for i in self._sim.store.rows[job.id].intents
        )
        is_spent = job.why != "effort_spent" or spent >= self._sim.promised.effort
        hold("P2 effort is spent by moves alone", is_spent, spent=spent)
        is_foreign = not job.why.startswith("foreign") or floating.is_out_of_hand
        is_foreign |= job.from_instance_id is None
        # To a plain detach, the pair's other end is a stranger too.
        is_away = floating.holder not in (None, job.from_instance_id)
        is_foreign |= job.to_instance_id is None and is_away
        hold("P1 foreign is only what is foreign", is_foreign, why=job.why)
        is_held = job.why != "unseen_holder" or floating.is_out_of_hand
        hold("P1 held is only what is held", is_held, why=job.why)

    # I3 and I24.

    def cancelled_means_untouched(self, job: Job) -> None:
        if job.state is not State.CANCELLED or job.why == "released":
            return
        sent = self._history.sent.get(job.id, [])
        hold("I3 cancelled: no call was sent", not sent, sent=len(sent))

    def _lies_where_it_says(self, change: Change, floating: Floating) -> None:
        job, holder = change.job, floating.holder
        facts = {"state": job.state, "holder": holder, "aim": job.aim, "why": job.why}
        is_true = not change.holder_known or change.holder == holder
        hold("I24 desired holder is the truth", is_true, **facts)
        if job.state is State.CANCELLED:
            return
        is_target = job.state is State.SUCCEEDED
        end = job.to_instance_id if is_target else job.from_instance_id
        hold("I3 the end is where it says", holder == end, **facts)
        # An address that was not there when the job began need not come along.
        is_whole = floating.serves_at(end) if job.snapshot else floating.is_tied_at(end)
        hold("I3 attached, with all its parts", is_whole, **facts)

    # I10 as P2 has it now: nothing open and harmful at the end.

    def _nothing_harmful_is_open(self, job: Job, floating: Floating) -> None:
        if job.state is State.CANCELLED or job.moving is not None:
            return
        if self._history.was_disturbed_within(BLIND_S, now=self._sim.now):
            return
        settle_s = self._sim.promised.settle_s
        # What was settled is not open again because the clock was put back.
        now = max(self._sim.database_now, self._sim.now)
        tie = self._sim.world.nics[job.interface_id].tie
        for intent in self._sim.store.rows[job.id].intents:
            if not intent.is_open(now=now, settle_s=settle_s):
                continue
            call = intent.call
            is_detach = call.action is Action.DETACH
            is_harmful = is_detach and tie is not None and tie.id == call.attachment_id
            is_harmful |= call.action is Action.ATTACH and tie is None
            hold("I10 nothing open and harmful", not is_harmful, seq=intent.seq)

    # I11.

    def _turned_back_for_a_reason(self, job: Job) -> None:
        """And its mirror: nothing is reversed that could have succeeded."""
        if self._sim.plan.is_touched_by_others:
            return
        ends = {
            State.SUCCEEDED: (job.from_instance_id, job.cancel_requested_at is None),
            State.REVERSED: (job.to_instance_id, job.cancel_requested_at is not None),
        }
        end, is_as_asked = ends.get(job.state, (None, True))
        if is_as_asked or end is None:
            return
        was_impossible = (key_of(job), end) in self._history.was_impossible
        hold("I11 reversed for a reason", was_impossible, state=job.state, why=job.why)

    # I21.

    def _stamps_are_true(self, job: Job, floating: Floating) -> None:
        if self._sim.plan.has_event("step_clock"):
            return
        if job.restored_at is not None and floating.holder is not None:
            self._restored_is_true(job, floating)
        if self._history.disturbed_at:
            return
        effective = [
            (i, at)
            for i, at in self._history.effective.get(job.id, ())
            if i.call.action in MOVING
        ]
        if not effective:
            # Where an old look said otherwise, a swap ends a darkness that was there.
            was_dark = job.to_instance_id and job.id in self._history.free_when_asked
            is_null = job.outage_started_at is None or bool(was_dark)
            hold("I21 no outage where nothing took effect", is_null)
        elif job.from_instance_id is not None:
            _, at = effective[0]
            # Of calls whose end nobody knows any may have been the first.
            earliest = min(
                i.sent_at or i.intent_at
                for i in self._sim.store.rows[job.id].intents
                if i.outcome in (None, Outcome.OK, Outcome.UNKNOWN)
                and i.call.action in MOVING
            )
            started_at = job.outage_started_at
            hold("I21 what took effect is an outage", started_at is not None)
            # Between an old read and a slow one another call may have been accepted.
            plan = self._sim.plan
            latest = at + max(plan.lags) + 4 * plan.slow_look_s + 1.0
            latest += 5 * plan.dwell_s if plan.dwells else 0.0
            latest += 5.0 if "slow_to_leave" in plan.call_faults.values() else 0.0
            is_true = earliest - 1e-3 <= (started_at or 0.0) <= latest
            hold("I21 the outage began then", is_true, at=at, started_at=started_at)

    def _restored_is_true(self, job: Job, floating: Floating) -> None:
        restored_at = job.restored_at or 0.0
        _, served_at = self._history.tied_at.get(floating.key, (None, 0.0))
        is_late_enough = (
            restored_at >= served_at
            or self._history.disturbed_at > restored_at - BLIND_S
        )
        hold("I21 restored_at is never early", is_late_enough)
        plan, limits = self._sim.plan, self._sim.promised
        is_calm = not (
            plan.breaks
            or plan.dwells
            or plan.events
            or plan.failing_looks
            or plan.omitting_looks
            or plan.call_faults
            or max(plan.lags)
        )
        late_s = restored_at - served_at
        most_s = max(limits.poll_dark_s, 2 * plan.slow_look_s) + 2 * plan.slow_look_s
        is_soon = not is_calm or late_s <= most_s + 0.05
        hold("I21 restored_at is a gap and two latencies late", is_soon, late_s=late_s)

    # I1.

    def nothing_hangs_unseen(self) -> None:
        """A hung detach is parked and paged, or forced; asked each second."""
        sim, limits = self._sim, self._sim.promised
        if sim.is_database_down or sim.has_failing_looks or not sim.is_calm:
            return
        for row in sim.store.rows.values():
            job = row.job
            nic = sim.world.nics.get(job.interface_id)
            is_hanging = nic is not None and nic.tie and nic.tie.status != "attached"
            tie = nic.tie if nic else None
            is_new = tie is not None and tie.id != self._hanging_tie.get(job.id)
            if is_new and tie is not None:
                self._hanging_tie[job.id] = tie.id
            if not is_hanging or is_new or job.state is not State.RUNNING:
                self._hanging_since.pop(job.id, None)
                continue
            since = self._hanging_since.setdefault(job.id, sim.now)
            patience_s = max(limits.force_after_s, limits.attach_stuck_s)
            most_s = 3 * patience_s + max(sim.plan.lags) + 5.0
            hold("I1 what hangs is parked", sim.now - since <= most_s, since=since)

    def all_jobs_have_ended(self) -> None:
        """Ended, or parked for a reason that healing does not take away."""
        for row in self._sim.store.rows.values():
            job = row.job
            if job.state.is_active:
                is_right = self._is_rightly_parked(job)
                hold("I1 every job ends", is_right, state=job.state, why=job.why)

    def _is_rightly_parked(self, job: Job) -> bool:
        if job.state is not State.PARKED or job.why in RELEASABLE:
            # An operator has released what was gone or foreign, long before.
            return False
        floating = self._sim.floats[key_of(job)]
        if floating.is_out_of_hand:
            return True
        ends = [e for e in (job.from_instance_id, job.to_instance_id) if e]
        return not any(floating.is_possible(e) for e in ends)

    def is_not_stranded(self, floating: Floating) -> None:
        """Attached, unless the last job or somebody else freed it."""
        rows = self._sim.store.rows.values()
        jobs = [r.job for r in rows if key_of(r.job) == floating.key]
        if not jobs or jobs[-1].state.is_active or not floating.exists:
            return
        last = jobs[-1]
        ended_at = self._history.ended_at[last.id]
        may_be_free = (
            last.to_instance_id is None
            or (last.from_instance_id is None and last.state is not State.SUCCEEDED)
            or self._history.disturbed_at > ended_at - BLIND_S
            # Called off before its first call: it lies as it was found.
            or (last.state is State.CANCELLED and not self._history.sent[last.id])
        )
        pair = self._sim.pairs[floating.key]
        is_guarded = self._sim.plan.has_guard and pair.desired and not pair.is_frozen
        holder = floating.holder
        is_leaving = holder in pair.ends and not floating.is_tied_at(holder)
        if is_guarded and not is_leaving:
            # Whatever freed it, the guard has put it back since.
            may_be_free = len(pair.repairs) >= self._sim.most_repairs or not any(
                floating.is_possible(end) for end in pair.ends
            )
        is_held = floating.holder is not None and floating.is_tied_at(floating.holder)
        is_held |= floating.holder not in (None, *pair.ends)
        hold("I1 no strand", is_held or may_be_free, state=last.state, why=last.why)
