"""What a driver looks at, and when: one look for many jobs (protocol P1, P9)."""

from collections.abc import Iterable, Sequence
from math import ceil

from failover.engine import cadence, strategies
from failover.engine.budget import Bucket, Budget, Read
from failover.engine.cadence import Learned
from failover.engine.errands import Errands, LookFailed
from failover.engine.hands import Hand, Hands
from failover.engine.limits import Limits
from failover.engine.ports import Ec2Busy
from failover.engine.refusals import Fact
from failover.engine.steps import Need
from failover.engine.topology import InstanceId, Observation, Scope
from failover.engine.values import replace

# DescribeInstanceStatus takes a hundred ids, from a bucket of ten calls a second.
IN_ONE_CHECK = 100
CHECKS_GAP_S = 0.2
# An instance that EC2 does not show is left out of looks for so long.
BLIND_S = 2.0
FIRST_PAUSE_S = 0.2


class Eyes:
    """Starts the looks of one driver and keeps what they show of instances."""

    def __init__(self, *, errands: Errands, limits: Limits) -> None:
        self._errands = errands
        self._limits = limits
        self.facts: dict[InstanceId, Fact] = {}
        self.learned: Learned = cadence.NOTHING_LEARNED
        self._looking = 0
        self._look_from = 0.0
        self._instances_from = 0.0
        self._blind_until: dict[InstanceId, float] = {}
        self._reads: Bucket | None = None
        # Reads that the region's budget does not know of yet.
        self.unreported = 0

    # Looking.

    def start(self, hands: Hands, now: float) -> None:
        """Start a look at every job whose time has come, if it is time for a look."""
        if self._looking >= self._limits.looks_in_flight or now < self._look_from:
            return
        slack = self._limits.hazard_gap_s / 2
        ready = [(self._ready_at(h), h) for h in hands.values() if _is_seen(h)]
        due = [h for at, h in ready if at <= now + slack]
        if not due or min(at for at, _ in ready) > now:
            return
        scope = self._scope(due, now)
        self._looking += 1
        self._spend(len(scope.interface_ids), now)
        dense_s = self._dense_s(len(due), now)
        self._look_from = now + dense_s
        if scope.instance_ids:
            checks = ceil(len(scope.instance_ids) / IN_ONE_CHECK)
            self._instances_from = now + CHECKS_GAP_S * checks
        for hand in due:
            hand.look_at = now + self.gap_s(hand, now, dense_s=dense_s)
        self._errands.look(scope)

    def moments(self, hands: Hands) -> Iterable[float]:
        """When the next look is due, if one may begin at all."""
        if self._looking >= self._limits.looks_in_flight:
            return ()
        at = min((self._ready_at(h) for h in hands.values() if _is_seen(h)), default=0)
        return (max(at, self._look_from),) if at else ()

    def gap_s(self, hand: Hand, now: float, *, dense_s: float | None = None) -> float:
        """Seconds until the job is to be looked at again."""
        return cadence.gap_s(
            job=hand.work.job,
            intents=hand.work.intents,
            now=now,
            learned=self.learned,
            dense_s=self._dense_s(1, now) if dense_s is None else dense_s,
            limits=self._limits,
        )

    def is_blind(self, hand: Hand, now: float) -> bool:
        """Whether EC2 did not show an end of this job just now."""
        return any(self._blind_until.get(i, 0.0) > now for i in hand.ends)

    def _ready_at(self, hand: Hand) -> float:
        """When the job may be looked at; a bright one that needs instances waits."""
        at = max(hand.look_at, self._look_from)
        needs_instances = Need.INSTANCES in hand.needs and at >= hand.needs_from
        if needs_instances and not hand.work.job.is_dark:
            return max(at, self._instances_from)
        return at

    def _scope(self, due: Sequence[Hand], now: float) -> Scope:
        needs = [(h, h.needs if now >= h.needs_from else frozenset()) for h in due]
        wanted = [
            strategies.scope(h.work.job, need - {Need.INSTANCES}) for h, need in needs
        ]
        instances: set[InstanceId] = set()
        if now >= self._instances_from:
            for hand, need in needs:
                if Need.INSTANCES in need:
                    instances |= hand.ends
            instances |= self._stale(due, now)
        seen = (i for i in instances if self._blind_until.get(i, 0.0) <= now)
        return replace(strategies.join(wanted), instance_ids=frozenset(seen))

    def _stale(self, due: Sequence[Hand], now: float) -> set[InstanceId]:
        """The ends not read for two seconds, and what will be so before long."""
        every_s = self._limits.instances_every_s
        ages = {i: now - self._read_at(i) for h in due for i in h.ends}
        if all(age <= every_s for age in ages.values()):
            return set()
        return {i for i, age in ages.items() if age > every_s / 2}

    def _read_at(self, instance_id: InstanceId) -> float:
        fact = self.facts.get(instance_id)
        return fact.began_at if fact else 0.0

    # What has ended.

    def took(self, observation: Observation) -> None:
        """A look has ended well."""
        self._looking -= 1
        for instance_id in observation.scope.instance_ids:
            known = self.facts.get(instance_id)
            if known is None or known.began_at < observation.began_at:
                self.facts[instance_id] = Fact(
                    began_at=observation.began_at,
                    instance=observation.instances.get(instance_id),
                )

    def failed(self, failed: LookFailed, hands: Hands, now: float) -> None:
        """What EC2 hid is looked for later; nobody else waits for it."""
        if failed.shown is None:
            self._looking -= 1
        if isinstance(failed.error, Ec2Busy):
            self._reads = self._bucket(now).throttled(now)
        shown = failed.shown or Scope()
        for instance_id in failed.scope.instance_ids - shown.instance_ids:
            if failed.shown is not None:
                self._blind_until[instance_id] = now + BLIND_S
        for hand in hands.values():
            job = hand.work.job
            was_asked = strategies.covers(failed.scope, job)
            if was_asked and not strategies.covers(shown, job):
                hand.failures += 1
                pause_s = FIRST_PAUSE_S * 2 ** min(hand.failures - 1, 5)
                hand.look_at = now + min(pause_s, self._limits.repeat_most_s)

    # EC2's bucket of reads.

    def learn_budget(self, budget: Budget, now: float) -> None:
        """What is left of the region's reads, as far as all who read have said."""
        self._reads = budget.bucket(Read.INTERFACES, now).spent(self.unreported)

    def _dense_s(self, interfaces: int, now: float) -> float:
        return cadence.dense_gap_s(
            interfaces=interfaces, level=self._bucket(now).level, limits=self._limits
        )

    def _bucket(self, now: float) -> Bucket:
        if self._reads is None:
            return Budget().bucket(Read.INTERFACES, now)
        return self._reads.refilled(now)

    def _spend(self, interfaces: int, now: float) -> None:
        calls = cadence.reads(interfaces)
        self.unreported += calls
        self._reads = self._bucket(now).spent(calls)


def _is_seen(hand: Hand) -> bool:
    return not hand.is_calling and not hand.is_queued
