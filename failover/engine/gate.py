"""What a driver lets begin, and what it lets out (protocol P6, P8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from failover.engine import admission, hands
from failover.engine.admission import Debts, Wish
from failover.engine.budget import Budget
from failover.engine.errands import Errands
from failover.engine.hands import Hand, Hands
from failover.engine.job import Action, Call
from failover.engine.ports import Change, Store
from failover.engine.steps import Need
from failover.engine.tick import Ticked
from failover.engine.values import replace

# More than this many that are to go dark are a burst: permission is asked first.
BURST = 5
# How far ahead of its token a job is looked at, so that the look is there in time.
AHEAD_S = 0.15
# How many of a long queue are weighed at once, and how old the levels may be then.
AT_ONCE = 60
LEVELS_AGE_S = 0.1
# A job that was called up and has not begun holds nobody up after this time.
CALLED_S = 5.0
# How often an unchanged queue is looked through.
CALL_EVERY_S = 0.05
ASK_AGAIN_S = 1.0
BRAKE_AGE_S = 0.5

HELD_UP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A call that a tick wants to make, and the change that would be its intent."""

    hand: Hand
    done: Ticked
    change: Change
    action: Action

    @property
    def wish(self) -> Wish:
        """What the call means, by what the tick believes of the job."""
        return admission.wish(self.done.job, self.hand.work.intents, self.action)


class Gate:
    """Admission to EC2 for one driver of one region."""

    def __init__(self, *, region_id: int, store: Store, errands: Errands) -> None:
        self._region_id = region_id
        self._store = store
        self._errands = errands
        self._budget = Budget()
        self._read_at = float("-inf")
        self._is_braked_elsewhere = False
        self._brake_read_at = float("-inf")
        self._queued = 0
        self._call_from = 0.0
        self._is_asking = False
        self._ask_from = 0.0
        # The 5th percentile of this region's detaches, once it is known.
        self.detach_s: float | None = None
        # EC2 has said that our role may not attach: nobody may go dark.
        self.is_denied = False

    def call_up(self, held: Hands, now: float) -> None:
        """Let those be looked at whose calls could soon be paid, in their order."""
        queued = sum(h.is_queued for h in held.values())
        is_same = queued == self._queued and now < self._call_from
        if not queued or is_same:
            return
        self._queued, self._call_from = queued, now + CALL_EVERY_S
        waiting = hands.queue(held)[:AT_ONCE]
        if now - self._read_at > LEVELS_AGE_S:
            self.read(now)
        called = [
            (admission.first_wish(h.work.job), h)
            for h in held.values()
            if h.called_at is not None and _is_about_to_begin(h, now)
        ]
        darkening = [h for wish, h in (*called, *waiting) if wish.darkens]
        paid = admission.admit(
            budget=self._budget,
            wishes=[wish for wish, _ in (*called, *waiting)],
            debts=self._debts(held),
            now=now + AHEAD_S,
            is_braked=bool(darkening) and self._is_braked(held, darkening, now),
        )
        granted = {p.job_id for p in paid}
        for wish, hand in waiting:
            if wish.job_id in granted:
                hand.called_at = now
                hand.look_at = now
                hand.needs = frozenset({Need.INSTANCES})
                hand.needs_from = now

    def admit(
        self, sending: Sequence[Sending], held: Hands, now: float
    ) -> list[Sending]:
        """The calls that may be made now, in the order in which they pay.

        Those of the dark that cannot be paid are marked as short; the others stand
        in the queue again.
        """
        if not sending:
            return []
        self.read(now)
        wishes = {s.done.job.id: s.wish for s in sending}
        darkening = [s.hand for s in sending if wishes[s.done.job.id].darkens]
        paid = admission.admit(
            budget=self._budget,
            wishes=wishes.values(),
            debts=self._debts(held),
            now=now,
            is_braked=bool(darkening) and self._is_braked(held, darkening, now),
        )
        if paid:
            # What is left after these is read again before anybody is called up.
            self._read_at = float("-inf")
        by_job = {s.done.job.id: s for s in sending}
        granted = {p.job_id for p in paid}
        for job_id in by_job.keys() - granted:
            self._hold_up(by_job[job_id].hand, wishes[job_id], now)
        return [
            replace(
                by_job[p.job_id],
                change=replace(by_job[p.job_id].change, leave=p.leave),
            )
            for p in paid
        ]

    def answered(self, is_allowed: bool | None, now: float) -> None:  # noqa: FBT001
        """The DryRun before a burst has ended; None: EC2 gave no answer."""
        self._is_asking = False
        self._call_from = now
        if is_allowed is None:
            self._ask_from = now + ASK_AGAIN_S
            return
        self.is_denied = not is_allowed
        if is_allowed:
            self._store.permit(region_id=self._region_id)
        self.read(now)

    def read(self, now: float) -> Budget:
        """The region's levels as they are now."""
        self._budget = self._store.budget(region_id=self._region_id)
        self._read_at = now
        return self._budget

    def _debts(self, held: Hands) -> Debts:
        return hands.debts(held, detach_s=self.detach_s)

    def _hold_up(self, hand: Hand, wish: Wish, now: float) -> None:
        hand.is_short = wish.is_dark
        hand.called_at = None
        wait_s = max(self._budget.wait_s(wish.action, now), LEVELS_AGE_S)
        hand.look_at = now + (wait_s if wish.is_dark else HELD_UP_S)

    def _is_braked(self, held: Hands, darkening: Sequence[Hand], now: float) -> bool:
        """Whether nobody may newly go dark (P6), or somebody dark waits for a token."""
        if hands.is_braking(held) or any(h.is_short for h in held.values()):
            return True
        if now - self._brake_read_at > BRAKE_AGE_S:
            self._brake_read_at = now
            self._is_braked_elsewhere = self._store.is_braked(
                region_id=self._region_id, held=hands.held(held)
            )
        return self._is_braked_elsewhere or self._must_ask(held, darkening, now)

    def _must_ask(self, held: Hands, darkening: Sequence[Hand], now: float) -> bool:
        """Before a burst: whether we may attach is not yet known; asks for it."""
        if self.is_denied or self._budget.is_permitted(now):
            return False
        waiting = sum(
            admission.first_wish(h.work.job).darkens
            for h in held.values()
            if not h.has_begun
        )
        if waiting <= BURST:
            return False
        if not self._is_asking and now >= self._ask_from:
            self._ask(darkening[0], now)
        return True

    def _ask(self, hand: Hand, now: float) -> None:
        self._ask_from = now + ASK_AGAIN_S
        if self._store.spend(region_id=self._region_id, api=Action.ATTACH):
            self._is_asking = True
            job = hand.work.job
            self._errands.rehearse(
                Call(
                    action=Action.ATTACH,
                    interface_id=job.interface_id,
                    instance_id=job.aimed,
                    device_index=job.aimed_index,
                )
            )


def _is_about_to_begin(hand: Hand, now: float) -> bool:
    return (
        not hand.has_begun
        and hand.called_at is not None
        and now - hand.called_at < CALLED_S
    )
