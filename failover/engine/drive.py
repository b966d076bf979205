"""The driver of one region: many jobs, one observation, nothing waited for.

A generator without I/O of its own. It calls the Store between its yields, hands
looks and calls to `Errands`, and yields a `Pause` whenever it has nothing to do; the
runtime (`run`) or the simulator sends it what has ended meanwhile. A process that
dies is a generator that is never resumed.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from failover.engine import decide, stamps, strategies
from failover.engine.job import Action, Intent, Outcome, State
from failover.engine.limits import Limits
from failover.engine.ports import Change, Clock, Ec2Error, Fence, Receipt, Store, Work
from failover.engine.refusals import AMBIGUOUS, IN_USE, Fact
from failover.engine.steps import Finish, Need, Park, Send, Wait
from failover.engine.tick import Ticked, conclude, tick
from failover.engine.topology import InstanceId, Observation, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFailed:
    """A look that EC2 did not answer whole: no data, never "gone" (P1)."""

    scope: Scope
    error: Ec2Error


Event = Observation | LookFailed | Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing to do before `until` (database seconds) unless something ends."""

    until: float


class Errands(Protocol):
    """Starts looks and calls and does not wait for them."""

    def look(self, scope: Scope) -> None: ...

    def send(self, intent: Intent, fence: Fence) -> None: ...


class Log(Protocol):
    """Where the driver says what it could not do."""

    def tick_failed(self, job_id: UUID, error: Exception) -> None: ...


@dataclass(slots=True, kw_only=True)
class Hand:
    """One job in the driver's hand, with what only this run knows of it."""

    work: Work
    look_at: float
    needs: frozenset[Need] = frozenset()
    # Looks must have begun after this: the claim, or the end of our last call.
    fresh_after: float
    is_calling: bool = False
    failures: int = 0

    @property
    def ends(self) -> frozenset[InstanceId]:
        job = self.work.job
        return frozenset(i for i in (job.from_instance_id, job.to_instance_id) if i)


class Driver:
    """Drives every due job of one region until none is left or its time is over."""

    def __init__(  # noqa: PLR0913 - every port by name; wiring is its one caller.
        self,
        *,
        region_id: int,
        owner: str,
        store: Store,
        errands: Errands,
        clock: Clock,
        limits: Limits,
        new_id: Callable[[], UUID],
        should_stop: Callable[[], bool],
        log: Log,
    ) -> None:
        self._region_id = region_id
        self._owner = owner
        self._store = store
        self._errands = errands
        self._clock = clock
        self._limits = limits
        self._new_id = new_id
        self._should_stop = should_stop
        self._log = log
        self._hands: dict[UUID, Hand] = {}
        self._facts: dict[InstanceId, Fact] = {}
        self._looking = 0
        self._pull_at = 0.0
        self._renew_at = 0.0

    def run(self) -> Generator[Pause, Sequence[Event], bool]:
        """Drive. Returns whether jobs are left that somebody should be woken for."""
        store, limits = self._store, self._limits
        wake_seq = store.take_region(
            region_id=self._region_id, owner=self._owner, ttl_s=limits.lease_ttl_s
        )
        if wake_seq is None:
            return False
        started_at = self._clock.now()
        self._renew_at = started_at + limits.lease_ttl_s / 3
        while True:
            now = self._clock.now()
            is_ending = self._should_stop() or now > started_at + limits.run_for_s
            if is_ending and not self._is_calling():
                break
            self._renew(now)
            if not is_ending:
                self._pull(now)
            if not self._hands and not is_ending:
                newer = store.release_region(
                    region_id=self._region_id, owner=self._owner, wake_seq=wake_seq
                )
                if newer is None:
                    return False
                wake_seq = newer
                self._pull_at = 0.0
                continue
            self._start_look(self._clock.now())
            events = yield Pause(until=self._next_moment(is_ending=is_ending))
            self._receive(events, may_call=not is_ending)
        return self._let_go(wake_seq)

    def _let_go(self, wake_seq: int) -> bool:
        """Release everything; whether work is left, or came in the meantime."""
        self._store.release(held=self._held())
        left = bool(self._hands)
        while True:
            newer = self._store.release_region(
                region_id=self._region_id, owner=self._owner, wake_seq=wake_seq
            )
            if newer is None:
                return left
            left, wake_seq = True, newer

    # Whose turn it is.

    def _held(self) -> dict[UUID, int]:
        return {i: h.work.fence_token for i, h in self._hands.items()}

    def _is_calling(self) -> bool:
        return any(h.is_calling for h in self._hands.values())

    def _next_moment(self, *, is_ending: bool) -> float:
        moments = [self._renew_at]
        if not is_ending:
            # A driver that ends pulls nothing more: that moment would stay past.
            moments.append(self._pull_at)
        if self._looking < self._limits.looks_in_flight:
            moments += [h.look_at for h in self._hands.values() if not h.is_calling]
        return min(moments)

    def _renew(self, now: float) -> None:
        if now < self._renew_at:
            return
        self._renew_at = now + self._limits.lease_ttl_s / 3
        self._store.renew(
            region_id=self._region_id,
            owner=self._owner,
            ttl_s=self._limits.lease_ttl_s,
            held=self._held(),
        )

    def _pull(self, now: float) -> None:
        """Take what is new, drop what is no longer ours, see what others changed."""
        if now < self._pull_at:
            return
        self._pull_at = now + self._limits.pull_every_s
        held = self._held()
        current = {w.job.id: w for w in self._store.read(held=held)} if held else {}
        for job_id in [i for i in self._hands if i not in current]:
            del self._hands[job_id]
        for job_id, hand in self._hands.items():
            fresh = current[job_id]
            if hand.is_calling or fresh.job.version == hand.work.job.version:
                continue
            hand.work = fresh
            hand.look_at = now
        claimed = self._store.claim(
            region_id=self._region_id,
            owner=self._owner,
            ttl_s=self._limits.lease_ttl_s,
            held=self._held(),
        )
        # On our own clock, after the claim's commit: looks are stamped by it too.
        claimed_at = self._clock.now()
        for work in claimed:
            self._hands[work.job.id] = Hand(
                work=work,
                look_at=claimed_at,
                fresh_after=claimed_at,
                needs=frozenset({Need.INSTANCES}),
            )
        self._begin_from_preflight([self._hands[w.job.id] for w in claimed])

    def _begin_from_preflight(self, hands: Sequence[Hand]) -> None:
        """P9's one exception: the first detach on the request's own look."""
        if self._is_braked():
            return
        ticked: list[tuple[Hand, Ticked]] = []
        for hand in hands:
            now = self._clock.now()
            job = hand.work.job
            step = decide.decide_from_preflight(job=job, now=now, limits=self._limits)
            if step is not None:
                done = conclude(
                    work=hand.work,
                    job=job,
                    seen=None,
                    step=step,
                    now=now,
                    intent_id=self._new_id(),
                )
                ticked.append((hand, done))
        self._commit(ticked)

    def _is_braked(self) -> bool:
        """P6: nobody newly goes dark while an attach is refused for a dark job."""
        return any(
            h.work.job.is_dark and _ends_in_refusal(h.work.intents)
            for h in self._hands.values()
        )

    # Looking.

    def _start_look(self, now: float) -> None:
        if self._looking >= self._limits.looks_in_flight:
            return
        slack = self._limits.hazard_gap_s / 2
        due = [
            h
            for h in self._hands.values()
            if not h.is_calling and h.look_at <= now + slack
        ]
        if not due or min(h.look_at for h in due) > now:
            return
        self._looking += 1
        self._errands.look(self._scope(due, now))
        for hand in due:
            hand.look_at = now + self._gap(hand)

    def _scope(self, due: Sequence[Hand], now: float) -> Scope:
        every_s = self._limits.instances_every_s
        instances: set[InstanceId] = set()
        for hand in due:
            old = [
                i
                for i in hand.ends
                if i not in self._facts or self._facts[i].began_at + every_s < now
            ]
            instances.update(old)
        asked = strategies.join(strategies.scope(h.work.job, h.needs) for h in due)
        return replace(asked, instance_ids=asked.instance_ids | instances)

    def _gap(self, hand: Hand) -> float:
        """P9: dense while dark; nothing is learned yet, so the window is open."""
        job, limits = hand.work.job, self._limits
        if job.state is State.PARKED:
            return limits.parked_look_s
        is_moving = job.first_intent_at is not None and job.restored_at is None
        if not is_moving:
            return limits.poll_idle_s
        dark = sum(h.work.job.is_dark for h in self._hands.values())
        per_second = 20
        gap = max(limits.hazard_gap_s, -(-dark // 200) / per_second)
        return min(gap, limits.poll_dark_s)

    # What has ended.

    def _receive(self, events: Sequence[Event], *, may_call: bool) -> None:
        receipts = [e for e in events if isinstance(e, Receipt)]
        if receipts:
            self._take_receipts(receipts)
        for event in events:
            if isinstance(event, LookFailed):
                self._looking -= 1
                self._back_off(event)
            elif isinstance(event, Observation):
                self._looking -= 1
                self._judge(event, may_call=may_call)

    def _take_receipts(self, receipts: Sequence[Receipt]) -> None:
        self._store.record(receipts, held=self._held())
        for receipt in receipts:
            hand = self._hands.get(receipt.job_id)
            if hand is None:
                continue
            intents = tuple(
                _completed(i, receipt) if i.id == receipt.intent_id else i
                for i in hand.work.intents
            )
            job = hand.work.job
            for intent in intents:
                job = stamps.stamp_receipt(job=job, intent=intent)
            hand.work = replace(hand.work, intents=intents, job=job)
            hand.is_calling = False
            hand.fresh_after = receipt.ended_at
            hand.look_at = receipt.ended_at
            if receipt.outcome is not Outcome.OK:
                hand.needs |= {Need.INSTANCES}

    def _back_off(self, failed: LookFailed) -> None:
        now = self._clock.now()
        for hand in self._hands.values():
            if strategies.covers(failed.scope, hand.work.job):
                hand.failures += 1
                pause = 0.2 * 2 ** min(hand.failures - 1, 5)
                hand.look_at = now + min(pause, self._limits.repeat_most_s)

    def _judge(self, observation: Observation, *, may_call: bool) -> None:
        for instance_id in observation.scope.instance_ids:
            known = self._facts.get(instance_id)
            if known is None or known.began_at < observation.began_at:
                self._facts[instance_id] = Fact(
                    began_at=observation.began_at,
                    instance=observation.instances.get(instance_id),
                )
        ticked: list[tuple[Hand, Ticked]] = []
        for hand in self._served_by(observation):
            done = self._tick(hand, observation, may_call=may_call)
            if done is not None:
                ticked.append((hand, done))
        if any(t.change is not None for _, t in ticked):
            # The page must show a finished job's truth the moment it is finished.
            ends = any(isinstance(t.step, Finish) for _, t in ticked)
            if ends:
                self._store.mirror(region_id=self._region_id, observation=observation)
            self._commit(ticked)
            if not ends:
                self._store.mirror(region_id=self._region_id, observation=observation)
        else:
            self._commit(ticked)

    def _served_by(self, observation: Observation) -> list[Hand]:
        """P1: begun after the claim and after our last call's end; newest applied."""
        return [
            h
            for h in self._hands.values()
            if strategies.covers(observation.scope, h.work.job)
            and not h.is_calling
            and observation.began_at > h.fresh_after
        ]

    def _tick(
        self, hand: Hand, observation: Observation, *, may_call: bool
    ) -> Ticked | None:
        now = self._clock.now()
        hand.fresh_after = observation.began_at
        hand.failures = 0
        try:
            done = tick(
                work=hand.work,
                observation=observation,
                facts=self._facts,
                now=now,
                limits=self._limits,
                intent_id=self._new_id(),
            )
        except Exception as error:  # noqa: BLE001 - one job's tick may not stop others.
            self._log.tick_failed(hand.work.job.id, error)
            hand.look_at = now + self._limits.repeat_most_s
            return None
        is_first = hand.work.job.first_intent_at is None
        if isinstance(done.step, Send):
            is_old = now - observation.ended_at > self._limits.call_age_s
            if is_old or not may_call or (is_first and self._is_braked()):
                return None
        age_s = now - observation.ended_at
        if isinstance(done.step, Finish) and age_s > self._limits.finish_age_s:
            return None
        return done

    # Writing, and what follows from it.

    def _commit(self, ticked: Sequence[tuple[Hand, Ticked]]) -> None:
        changes = [_paced(t.change, self._limits) for _, t in ticked if t.change]
        applied = self._store.write(changes) if changes else frozenset()
        for hand, done in ticked:
            if done.change is None:
                hand.work = replace(hand.work, job=done.job)
                self._plan_next(hand, done)
            elif done.job.id in applied:
                self._apply(hand, done.change, done)
            else:
                # Somebody else wrote the row: read it again before anything.
                hand.look_at = self._clock.now()
                self._pull_at = 0.0

    def _apply(self, hand: Hand, change: Change, done: Ticked) -> None:
        intents = hand.work.intents
        if change.intent is not None:
            intents = (*intents, change.intent)
        hand.work = replace(hand.work, job=change.job, intents=intents)
        self._plan_next(hand, done)
        if change.intent is not None:
            hand.is_calling = True
            fence = Fence(
                job_id=change.job.id,
                fence_token=change.fence_token,
                version=change.job.version,
            )
            self._errands.send(change.intent, fence)
        if not change.job.state.is_active:
            del self._hands[change.job.id]
        elif change.job.state is State.PARKED and not hand.is_calling:
            # A parked job is let go; it is due again when its row says so.
            self._store.release(held={change.job.id: change.fence_token})
            del self._hands[change.job.id]

    def _plan_next(self, hand: Hand, done: Ticked) -> None:
        step = done.step
        now = self._clock.now()
        hand.needs = frozenset()
        gap = self._gap(hand)
        match step:
            case Wait():
                hand.needs = step.needs
                hand.look_at = min(hand.look_at, now + gap)
                if step.until is not None:
                    hand.look_at = _sooner(hand.look_at, step.until, now)
                if step.waiting_for == "facts":
                    hand.look_at = now
            case Park():
                hand.needs = step.needs
                hand.look_at = now + gap
            case _:
                hand.look_at = now + gap


def _sooner(look_at: float, until: float, now: float) -> float:
    return max(now, min(look_at, until))


def _paced(change: Change, limits: Limits) -> Change:
    if change.job.state is not State.PARKED:
        return change
    job = replace(change.job, next_run_in_s=limits.parked_look_s)
    return replace(change, job=job)


def _ends_in_refusal(intents: Sequence[Intent]) -> bool:
    """Whether the newest attach was refused for a reason that is not a race."""
    attaches = [i for i in intents if i.call.action is Action.ATTACH]
    if not attaches or attaches[-1].outcome is not Outcome.REFUSED:
        return False
    return attaches[-1].error_code not in AMBIGUOUS | {IN_USE}


def _completed(intent: Intent, receipt: Receipt) -> Intent:
    return replace(
        intent,
        sent_at=receipt.sent_at,
        ended_at=receipt.ended_at,
        duration_s=receipt.duration_s,
        outcome=receipt.outcome,
        error_code=receipt.error_code,
        error_message=receipt.error_message,
        aws_request_id=receipt.aws_request_id,
        attachment_id=receipt.attachment_id,
    )
