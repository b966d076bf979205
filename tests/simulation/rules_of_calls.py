"""Invariants of calls: what they rest on, whose they are, when they may leave."""

from typing import TYPE_CHECKING

from failover.engine import strategies
from failover.engine.gate import BURST
from failover.engine.job import Action, Call, Intent, Job, Kind, Outcome
from failover.engine.ports import Change, Fence
from failover.engine.refusals import AMBIGUOUS, IN_USE
from failover.engine.topology import (
    AttachmentId,
    Interface,
    InterfaceId,
    Observation,
)
from tests.simulation.floats import key_of
from tests.simulation.history import History, hold

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.schedule import Simulation

MOVES = frozenset(
    {Action.ASSOCIATE, Action.ASSIGN, Action.REPLACE_ROUTE, Action.CREATE_ROUTE}
)


# How long after a refusal every driver of the region knows of it.
BRAKE_KNOWN_S = 1.0


class Calls:
    """I6, I7, I14, I19, I26 and the brake of P6."""

    def __init__(self, *, simulation: "Simulation", history: History) -> None:
        self._sim = simulation
        self._history = history
        self._shown: set[tuple[InterfaceId, AttachmentId]] = set()

    def saw(self, interface: Interface) -> None:
        if interface.attachment is not None:
            self._shown.add((interface.id, interface.attachment.id))

    def on_write(self, change: Change, before: Job, process: "Process") -> None:
        """One change of a transaction, after it was applied."""
        if not change.job.state.is_active and change.job.first_intent_at is not None:
            self._ends_on_a_fresh_look(change.job, process)
        intent = change.intent
        if intent is None:
            return
        self._force_is_the_last_resort(change.job, intent)
        self._comes_in_its_time(change.job, intent, process)
        is_alive = intent.call.attachment_id not in before.memory.dead
        was_buried = before.memory.buried_at or 0.0
        is_alive |= process.woken_at >= was_buried + self._sim.promised.visible_s
        hold("P1 the dead are not named", is_alive, call=intent.call)
        self._rests_on_a_fresh_look(change.job, intent, process)
        if before.first_intent_at is None and intent.call.is_departure:
            self._target_was_possible(before, process)
            is_blind = self._sim.plan.is_denied and self._sim.plan.pairs > BURST
            hold("P6 a burst asks for permission first", not is_blind)
            self._is_not_braked(before)

    def on_wire(self, intent: Intent, fence: Fence) -> None:
        row = self._sim.store.rows[intent.job_id]
        job = row.job
        committed = [i for i in row.intents if i.id == intent.id]
        hold("I6 write-ahead", committed == [intent], intent=intent.seq)
        if not self._sim.plan.has_event("step_clock"):
            is_before = intent.intent_at < self._sim.now
            hold("I6 intent before send", is_before, intent=intent.seq)
        hold(
            "I6 fence at send",
            row.fence_token == intent.fence_token == fence.fence_token
            and job.version == fence.version
            and job.state.is_active,
            token=row.fence_token,
            version=job.version,
        )
        self._is_our_own(job, intent.call)
        self._history.sent[job.id].append(intent)

    # I19 and I14.

    def _rests_on_a_fresh_look(
        self, job: Job, intent: Intent, process: "Process"
    ) -> None:
        intents = self._sim.store.rows[job.id].intents
        # What the database takes is not the look's age.
        now, limits = process.woken_at, self._sim.promised
        is_first = len(intents) == 1 and job.preflight_at is not None
        if is_first and now - (job.preflight_at or 0.0) <= limits.preflight_age_s:
            return
        # What ended before this claim did so by another process's clock.
        token = intent.fence_token
        mine = [i.ended_at or 0.0 for i in intents if i.fence_token == token]
        claimed_at = self._history.claimed_at[job.id] + process.clock.offset_s
        good = [
            o
            for o in process.delivered
            if strategies.covers(o.scope, job)
            and o.began_at > max(claimed_at, *mine)
            and now - o.ended_at <= limits.call_age_s + 0.1
        ]
        call = intent.call
        hold("I19 every call rests on a fresh look", bool(good), call=call.action)
        hold(
            "I19 the look says what the call supposes",
            any(_is_supposed(job, call, o) for o in good),
            call=call,
        )

    def _ends_on_a_fresh_look(self, job: Job, process: "Process") -> None:
        most_s = self._sim.promised.finish_age_s + 0.1
        good = any(
            strategies.covers(o.scope, job) and process.woken_at - o.ended_at <= most_s
            for o in process.delivered
        )
        hold("I19 an end rests on a fresh look", good, state=job.state)

    # P2's pace of repeats.

    def _comes_in_its_time(self, job: Job, intent: Intent, process: "Process") -> None:
        """One call at a time; what came to nothing is repeated after a while."""
        limits = self._sim.promised
        mine = [
            i
            for i in self._sim.store.rows[job.id].intents[:-1]
            if i.fence_token == intent.fence_token
        ]
        is_alone = all(i.outcome is not None for i in mine)
        hold("P1 one call of a job at a time", is_alone, seq=intent.seq)
        same = [i for i in mine if i.call == intent.call]
        pauses_s = {
            Outcome.UNKNOWN: limits.repeat_first_s,
            Outcome.REFUSED: limits.repeat_first_s,
            Outcome.THROTTLED: limits.throttle_s,
        }
        last = same[-1] if same else None
        if last is None or last.outcome is None or last.ended_at is None:
            return
        pause_s = pauses_s.get(last.outcome, 0.0) - 0.01
        waited_s = process.clock.peek() - last.ended_at
        hold("P2 repeats have a pace", waited_s >= pause_s, call=intent.call.action)

    # P4's ladder of force.

    def _force_is_the_last_resort(self, job: Job, intent: Intent) -> None:
        """Only on what hangs, or long after a plain detach; the index is burnt."""
        call = intent.call
        if not call.force:
            return
        hold("P4 a forced detach burns the index", job.is_index_burnt)
        tie = self._sim.world.nics[job.interface_id].tie
        patience_s = (job.force_after_s or 0.0) - max(self._sim.plan.lags) - 1.0
        is_hanging = tie is None or (
            tie.status != "attached" and self._sim.now - tie.since >= patience_s
        )
        mine = [
            i.call.force or i.intent_at <= intent.intent_at - (job.force_after_s or 0.0)
            for i in self._sim.store.rows[job.id].intents[:-1]
            if i.call.action is Action.DETACH
            and i.call.attachment_id == call.attachment_id
        ]
        # Long ago without force; or with it, and that has been judged already.
        was_asked = any(mine)
        hold("P4 force is the last resort", is_hanging or was_asked, call=call)

    # I26 and P6.

    def _target_was_possible(self, before: Job, process: "Process") -> None:
        if before.kind is not Kind.SWAP or before.to_instance_id is None:
            return
        key = (key_of(before), before.to_instance_id)
        since = self._history.impossible_since.get(key)
        if since is None:
            return
        plan, limits = self._sim.plan, self._sim.promised
        known_s = limits.facts_age_s + max(plan.lags) + 1
        if not plan.uses_preflight:
            known_s -= limits.preflight_age_s
        # The request's look is as old as the database's clock says (P9, P11).
        known_s += plan.stepped_back_s
        decided_at = process.woken_at - process.clock.offset_s
        is_news = since > decided_at - known_s
        hold("I26 no detach towards an impossible target", is_news, since=since)

    def _is_not_braked(self, before: Job) -> None:
        """P6: nobody newly goes dark while an attach is refused for a dark job."""
        for row in self._sim.store.rows.values():
            job = row.job
            if job.id == before.id or not job.state.is_active or not job.is_dark:
                continue
            attaches = [i for i in row.intents if i.call.action is Action.ATTACH]
            last = attaches[-1] if attaches else None
            is_braked = (
                last is not None
                and last.outcome is Outcome.REFUSED
                and last.error_code not in AMBIGUOUS | {IN_USE}
                # Another driver need not have read of it yet.
                and (last.ended_at or 0.0) < self._sim.database_now - BRAKE_KNOWN_S
            )
            hold("P6 brake", not is_braked, dark=job.id, braked=before.id)

    # I7.

    def _is_our_own(self, job: Job, call: Call) -> None:
        if job.moving is not None:
            self._is_our_own_move(job, call)
            return
        hold("I7 own interface", call.interface_id == job.interface_id, call=call)
        ends = {job.from_instance_id, job.to_instance_id}
        if call.action is Action.ATTACH:
            hold("I7 own instances", call.instance_id in ends, call=call)
        if call.action is Action.ASSOCIATE:
            is_own = (call.allocation_id, call.private_ip) in job.snapshot
            hold("I7 own address", is_own and not call.may_take, call=call)
        if call.attachment_id is not None:
            owner, holder = self._sim.world.ties[call.attachment_id]
            is_shown = (job.interface_id, call.attachment_id) in self._shown
            is_own = owner == job.interface_id and holder in ends
            hold("I7 own attachment, seen", is_shown and is_own, call=call)
        may_force = job.force_after_s is not None
        hold("I7 force only by policy", may_force or not call.force, call=call)

    def _is_our_own_move(self, job: Job, call: Call) -> None:
        if job.moving is None:
            return
        hold("I7 own action", call.action in MOVES, call=call)
        ends = [e for e in (job.moving.source, job.moving.target) if e is not None]
        here = [e for e in ends if e.interface_id == call.interface_id]
        hold("I7 own interfaces", bool(here), call=call)
        if (call.allocation_id, call.private_ip) in job.snapshot:
            return
        if call.allocation_id is not None:
            is_pinned = any(e.private_ip == call.private_ip for e in here)
            hold("I7 own address of the interface", is_pinned, call=call)
        keys = {p.key for p in job.moving.parts}
        route = f"{call.route_table_id} {call.destination_cidr}"
        is_own = bool(keys & {call.allocation_id or "", call.private_ip, route})
        hold("I7 own parts", is_own, call=call)


def _is_supposed(job: Job, call: Call, seen: Observation) -> bool:
    """Whether the look shows what makes the call a compare-and-set (P2, I14)."""
    if job.moving is not None:
        return _is_move_supposed(job, call, seen)
    interface = seen.interfaces.get(job.interface_id)
    attachment = interface.attachment if interface else None
    match call.action:
        case Action.ATTACH:
            return interface is not None and attachment is None
        case Action.ASSOCIATE:
            address = call.allocation_id
            known = seen.elastic_ips.get(address) if address else None
            return known is not None and not known.association_id
        case _:
            return attachment is not None and attachment.id == call.attachment_id


def _is_move_supposed(job: Job, call: Call, seen: Observation) -> bool:
    """Free is taken without force; only our own other end may be taken from."""
    ends = job.moving and (job.moving.source, job.moving.target)
    ours = {e.interface_id for e in ends or () if e is not None}
    here = _interface_of(call, seen)
    if here is None:
        return not call.may_take and call.action is not Action.REPLACE_ROUTE
    is_taking = call.may_take or call.action is Action.REPLACE_ROUTE
    return is_taking and here in ours


def _interface_of(call: Call, seen: Observation) -> InterfaceId | None:
    """Where the part of the call was seen; None: nowhere."""
    if call.allocation_id is not None:
        address = seen.elastic_ips.get(call.allocation_id)
        return address.interface_id if address else None
    if call.route_table_id is not None:
        table = seen.route_tables.get(call.route_table_id)
        route = table.find(call.destination_cidr) if table else None
        return route.interface_id if route else None
    for interface in seen.interfaces.values():
        if any(a.address == call.private_ip for a in interface.addresses):
            return interface.id
    return None
