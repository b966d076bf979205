"""The driver of one region: many jobs, one observation, nothing waited for.

A generator without I/O of its own. It calls the Store between its yields, hands
looks and calls to `Errands`, and yields a `Pause` whenever it has nothing to do; the
runtime (`run`) or the simulator sends it what has ended meanwhile. A process that
dies is a generator that is never resumed.
"""

from collections.abc import Callable, Generator, Sequence
from uuid import UUID

from failover.engine.budget import Read
from failover.engine.ears import Ears
from failover.engine.errands import (
    Errands,
    Event,
    Log,
    LookFailed,
    Pause,
    ProbeEnded,
    Rehearsed,
)
from failover.engine.eyes import Eyes
from failover.engine.gate import Gate
from failover.engine.hands import Hand, held
from failover.engine.job import Job, State
from failover.engine.limits import Limits
from failover.engine.ports import Clock, Receipt, Store
from failover.engine.rounds import Rounds
from failover.engine.steps import Need
from failover.engine.topology import Observation

__all__ = [
    "Driver",
    "Errands",
    "Event",
    "Log",
    "LookFailed",
    "Pause",
    "ProbeEnded",
    "Rehearsed",
]


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
        self._clock = clock
        self._limits = limits
        self._should_stop = should_stop
        self._hands: dict[UUID, Hand] = {}
        self._eyes = Eyes(errands=errands, limits=limits)
        self._ears = Ears(errands=errands, limits=limits)
        self._gate = Gate(region_id=region_id, store=store, errands=errands)
        self._rounds = Rounds(
            region_id=region_id,
            hands=self._hands,
            eyes=self._eyes,
            gate=self._gate,
            store=store,
            errands=errands,
            clock=clock,
            limits=limits,
            new_id=new_id,
            log=log,
        )
        self._pull_at = 0.0
        self._renew_at = 0.0
        self._has_learned = False

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
            self._learn()
            self._begin(self._clock.now(), is_ending=is_ending)
            events = yield Pause(until=self._next_moment(is_ending=is_ending))
            self._receive(events, may_call=not is_ending)
        return self._let_go(wake_seq)

    def _begin(self, now: float, *, is_ending: bool) -> None:
        """Start the looks that are due, then the probes; while it ends no new ones."""
        if not is_ending:
            self._gate.call_up(self._hands, now)
        self._eyes.start(self._hands, now)
        if not is_ending:
            self._ears.start(self._hands, now)

    def _let_go(self, wake_seq: int) -> bool:
        """Release everything; whether work is left, or came in the meantime."""
        self._store.release(held=held(self._hands))
        left = bool(self._hands)
        while True:
            newer = self._store.release_region(
                region_id=self._region_id, owner=self._owner, wake_seq=wake_seq
            )
            if newer is None:
                return left
            left, wake_seq = True, newer

    # Whose turn it is.

    def _is_calling(self) -> bool:
        return any(h.is_calling for h in self._hands.values())

    def _next_moment(self, *, is_ending: bool) -> float:
        moments = [self._renew_at, *self._eyes.moments(self._hands)]
        if not is_ending:
            # A driver that ends pulls nothing more: that moment would stay past.
            moments += [self._pull_at, *self._ears.moments(self._hands)]
        return min(moments)

    def _renew(self, now: float) -> None:
        if now < self._renew_at:
            return
        self._renew_at = now + self._limits.lease_ttl_s / 3
        self._store.renew(
            region_id=self._region_id,
            owner=self._owner,
            ttl_s=self._limits.lease_ttl_s,
            held=held(self._hands),
        )
        spent, self._eyes.unreported = self._eyes.unreported, 0
        budget = self._store.owe(
            region_id=self._region_id, api=Read.INTERFACES, tokens=spent
        )
        self._eyes.learn_budget(budget, now)

    def _learn(self) -> None:
        """Once a run, after the first calls have left: nobody waits for history."""
        if self._has_learned:
            return
        self._has_learned = True
        learned = self._store.learned(region_id=self._region_id)
        self._eyes.learned = learned
        self._gate.detach_s = learned.detach.least_s if learned.detach else None
        now = self._clock.now()
        self._eyes.learn_budget(self._gate.read(now), now)

    def _pull(self, now: float) -> None:
        """Take what is new, drop what is no longer ours, see what others changed."""
        if now < self._pull_at:
            return
        self._pull_at = now + self._limits.pull_every_s
        if self._hands:
            self._read_again(now)
        claimed = self._store.claim(
            region_id=self._region_id,
            owner=self._owner,
            ttl_s=self._limits.lease_ttl_s,
            held=held(self._hands),
        )
        # On our own clock, after the claim's commit: looks are stamped by it too.
        claimed_at = self._clock.now()
        for work in claimed:
            self._hands[work.job.id] = Hand(
                work=work,
                look_at=claimed_at,
                fresh_after=claimed_at,
                needs=_first_needs(work.job),
            )
        self._rounds.begin_from_preflight([self._hands[w.job.id] for w in claimed])

    def _read_again(self, now: float) -> None:
        mine = held(self._hands)
        versions = self._store.versions(held=mine)
        for job_id in [i for i in self._hands if i not in versions]:
            del self._hands[job_id]
        changed = {
            i: mine[i]
            for i, hand in self._hands.items()
            if not hand.is_calling
            and (hand.is_outdated or versions[i] != hand.work.job.version)
        }
        for work in self._store.read(held=changed) if changed else ():
            hand = self._hands[work.job.id]
            hand.work = work
            hand.look_at = now
            hand.is_outdated = False
            if work.job.state is State.PARKED:
                hand.look_at += self._limits.parked_look_s

    # What has ended.

    def _receive(self, events: Sequence[Event], *, may_call: bool) -> None:
        receipts = [e for e in events if isinstance(e, Receipt)]
        if receipts:
            self._store.record(receipts, held=held(self._hands))
        for receipt in receipts:
            hand = self._hands.get(receipt.job_id)
            if hand is not None:
                hand.take(receipt)
        for event in events:
            self._hear(event)
        looks = [e for e in events if isinstance(e, Observation)]
        self._rounds.judge(looks, may_call=may_call)
        if any(h.is_outdated for h in self._hands.values()):
            self._pull_at = 0.0

    def _hear(self, event: Event) -> None:
        """What is no look and no call's end."""
        if isinstance(event, LookFailed):
            self._eyes.failed(event, self._hands, self._clock.now())
        elif isinstance(event, Rehearsed):
            self._gate.answered(event.is_allowed, self._clock.now())
        elif isinstance(event, ProbeEnded):
            self._ears.took(event, self._hands, self._clock.now())


def _first_needs(job: Job) -> frozenset[Need]:
    """What the first look of a claim must show.

    A parked job is let go after each change, so what it waits to see is not remembered:
    it is shown its addresses at once.
    """
    is_parked = job.state is State.PARKED
    return frozenset({Need.INSTANCES} | ({Need.ADDRESSES} if is_parked else set()))
