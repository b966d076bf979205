"""One round: looks become ticks, ticks one transaction, and that calls (protocol P1).

Nothing here waits. What a crash leaves half done is an intent without an end.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from failover.engine import decide, probing, strategies
from failover.engine.errands import Errands, Log
from failover.engine.eyes import Eyes
from failover.engine.gate import Gate, Sending
from failover.engine.hands import Hand
from failover.engine.job import Job, State
from failover.engine.limits import Limits
from failover.engine.ports import Change, Clock, Fence, Store
from failover.engine.steps import Finish, Park, Send, Step, Wait
from failover.engine.strategies import Sight
from failover.engine.tick import Ticked, conclude, tick
from failover.engine.topology import Observation
from failover.engine.values import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What one tick of a round leaves, and the look that it rests on, if any."""

    hand: Hand
    done: Ticked
    seen: Observation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The rounds of one driver, over what it holds. `hands` is shared with it."""

    region_id: int
    hands: MutableMapping[UUID, Hand]
    eyes: Eyes
    gate: Gate
    store: Store
    errands: Errands
    clock: Clock
    limits: Limits
    new_id: Callable[[], UUID]
    log: Log

    def begin_from_preflight(self, hands: Sequence[Hand]) -> None:
        """P9's one exception: the first detach on the request's own look."""
        turned: list[Turned] = []
        for hand in hands:
            now = self.clock.now()
            job = hand.work.job
            step = decide.decide_from_preflight(job=job, now=now, limits=self.limits)
            if step is not None:
                done = self._conclude(hand, job, step)
                turned.append(Turned(hand=hand, done=done))
        self._commit(turned)

    def judge(self, looks: Sequence[Observation], *, may_call: bool) -> None:
        """One tick for each job that was shown, on the newest look that shows it."""
        if not looks:
            return
        for observation in looks:
            self.eyes.took(observation)
        turned: list[Turned] = []
        for observation in sorted(looks, key=lambda o: o.began_at, reverse=True):
            for hand in self._served_by(observation):
                done = self._tick(hand, observation, may_call=may_call)
                if done is not None:
                    turned.append(Turned(hand=hand, done=done, seen=observation))
        self._commit(turned)

    def _served_by(self, observation: Observation) -> list[Hand]:
        """P1: begun after the claim and after our last call's end; newest applied."""
        return [
            h
            for h in self.hands.values()
            if not h.is_calling
            and observation.began_at > h.fresh_after
            and strategies.covers(observation.scope, h.work.job)
        ]

    def _tick(
        self, hand: Hand, observation: Observation, *, may_call: bool
    ) -> Ticked | None:
        now = self.clock.now()
        hand.fresh_after = observation.began_at
        hand.failures = 0
        hand.is_short = False
        try:
            done = tick(
                work=replace(hand.work, heard=hand.heard),
                observation=observation,
                facts=self.eyes.facts,
                now=now,
                limits=self.limits,
                intent_id=self.new_id(),
            )
            if done.job.probe is not None:
                found = probing.find_address(done.job, observation)
                hand.address = found or hand.address
            if self.gate.is_denied and _would_darken(hand, done):
                done = self._call_off(hand, observation)
        except Exception as error:  # noqa: BLE001 - one job's tick may not stop others.
            self.log.tick_failed(hand.work.job.id, error)
            hand.look_at = now + self.limits.repeat_most_s
            return None
        age_s = now - observation.ended_at
        if isinstance(done.step, Send):
            is_old = age_s > self.limits.call_age_s
            if is_old or not may_call:
                return None
        if isinstance(done.step, Finish) and age_s > self.limits.finish_age_s:
            return None
        return done

    def _call_off(self, hand: Hand, observation: Observation) -> Ticked:
        """P6: our role may not attach, so nothing is detached."""
        _, seen = strategies.look(
            job=hand.work.job,
            intents=hand.work.intents,
            observation=observation,
            limits=self.limits,
        )
        step = Finish(
            state=State.CANCELLED,
            why="no_longer_possible",
            args=(("reason", "permission_attach"),),
        )
        return self._conclude(hand, hand.work.job, step, seen=seen)

    def _conclude(
        self, hand: Hand, job: Job, step: Step, *, seen: Sight | None = None
    ) -> Ticked:
        return conclude(
            work=hand.work,
            job=job,
            seen=seen,
            step=step,
            now=self.clock.now(),
            intent_id=self.new_id(),
        )

    # Writing, and what follows from it.

    def _commit(self, turned: Sequence[Turned]) -> None:
        """Write a round: what needs no token, then the calls that can pay one."""
        if not turned:
            return
        sending = [s for s in map(_sending, turned) if s is not None]
        paying = self.gate.admit(sending, self.hands, self.clock.now())
        calls = {s.done.job.id: s.change for s in paying}
        plain = [t for t in turned if not isinstance(t.done.step, Send)]
        plain += [self._as_short(t) for t in turned if t.hand.is_short]
        changes = [_paced(t.done.change, self.limits) for t in plain if t.done.change]
        self._mirror([t for t in plain if _ends(t)])
        wanted = [*changes, *calls.values()]
        applied = self.store.write(wanted) if wanted else frozenset()
        for each in (*plain, *(t for t in turned if t.done.job.id in calls)):
            change = calls.get(each.done.job.id, each.done.change)
            if change is None:
                each.hand.work = replace(each.hand.work, job=each.done.job)
                self._plan_next(each.hand, each.done)
            elif each.done.job.id in applied:
                self._apply(each.hand, change, each.done)
            else:
                # Somebody else wrote the row: it is read again before anything.
                each.hand.look_at = self.clock.now()
                each.hand.is_outdated = True
        self._mirror([t for t in turned if t.done.job.id in applied and not _ends(t)])

    def _as_short(self, turned: Turned) -> Turned:
        """The same tick, waiting: what it has learned is kept, its call is not made."""
        hand, job = turned.hand, turned.done.job
        before = hand.work.job
        job = replace(
            job,
            state=before.state,
            version=before.version,
            first_intent_at=before.first_intent_at,
            is_index_burnt=before.is_index_burnt,
        )
        step = Wait(waiting_for="admission", until=hand.look_at)
        return replace(turned, done=self._conclude(hand, job, step))

    def _mirror(self, turned: Sequence[Turned]) -> None:
        """The page must show a job's truth the moment it has changed."""
        for seen in {id(t.seen): t.seen for t in turned if t.seen}.values():
            jobs = [t.done.job for t in turned if t.seen is seen]
            part = _cut(seen, jobs)
            self.store.mirror(region_id=self.region_id, observation=part)

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
            self.errands.send(change.intent, fence)
        if not change.job.state.is_active:
            del self.hands[change.job.id]
        elif change.job.state is State.PARKED and not hand.is_calling:
            # A parked job is let go; it is due again when its row says so.
            self.store.release(held={change.job.id: change.fence_token})
            del self.hands[change.job.id]

    def _plan_next(self, hand: Hand, done: Ticked) -> None:
        step, now = done.step, self.clock.now()
        gap_s = self.eyes.gap_s(hand, now)
        hand.needs, hand.needs_from = frozenset(), now
        match step:
            case Wait():
                hand.needs = step.needs
                hand.look_at = min(hand.look_at, now + gap_s)
                if step.until is not None:
                    hand.needs_from = step.until
                    hand.look_at = max(now, min(hand.look_at, step.until))
                if step.waiting_for == "admission" and step.until is not None:
                    hand.look_at = step.until
                if step.waiting_for == "facts":
                    blind = self.eyes.is_blind(hand, now)
                    hand.look_at = now + (self.limits.poll_idle_s if blind else 0.0)
            case Park():
                hand.needs = step.needs
                hand.look_at = now + gap_s
            case _:
                hand.look_at = now + gap_s


def _ends(turned: Turned) -> bool:
    return isinstance(turned.done.step, Finish)


def _cut(seen: Observation, jobs: Sequence[Job]) -> Observation:
    """The part of a look that shows these jobs' interfaces, and all else of it."""
    wanted = strategies.join(strategies.scope(j, frozenset()) for j in jobs)
    shown = seen.scope.interface_ids & wanted.interface_ids
    return replace(
        seen,
        scope=replace(seen.scope, interface_ids=shown),
        interfaces={i: seen.interfaces[i] for i in shown if i in seen.interfaces},
    )


def _sending(turned: Turned) -> Sending | None:
    step, change = turned.done.step, turned.done.change
    if not isinstance(step, Send) or change is None:
        return None
    return Sending(
        hand=turned.hand, done=turned.done, change=change, action=step.call.action
    )


def _would_darken(hand: Hand, done: Ticked) -> bool:
    sending = _sending(Turned(hand=hand, done=done))
    return sending is not None and sending.wish.darkens


def _paced(change: Change, limits: Limits) -> Change:
    if change.job.state is not State.PARKED:
        return change
    job = replace(change.job, next_run_in_s=limits.parked_look_s)
    return replace(change, job=job)
