"""EC2's token buckets of one region, as we believe they stand (protocol P8).

Sizes: EC2 developer guide, "Request throttling for the EC2 API". A level is what we
have left ourselves; whoever else calls in the account is noticed by a throttle.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from failover.engine.job import Action
from failover.engine.values import replace


class Read(StrEnum):
    """The reads that are counted, by EC2's names."""

    INTERFACES = "DescribeNetworkInterfaces"
    # Only whole reads of the inventory pay for these.
    INSTANCES = "DescribeInstances"
    STATUSES = "DescribeInstanceStatus"
    ADDRESSES = "DescribeAddresses"
    VPCS = "DescribeVpcs"
    SUBNETS = "DescribeSubnets"
    SECURITY_GROUPS = "DescribeSecurityGroups"
    ROUTE_TABLES = "DescribeRouteTables"


Api = Action | Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Tokens of a full bucket, and tokens that come back in a second."""

    burst: float
    per_second: float


PLAIN = Size(burst=50.0, per_second=5.0)
WIDE = Size(burst=100.0, per_second=5.0)
READS = Size(burst=100.0, per_second=20.0)
# By the names of the buckets; those that are not named are plain.
SIZES: Mapping[str, Size] = {
    Action.MODIFY.value: WIDE,
    Action.ASSIGN.value: WIDE,
    **{read.value: READS for read in Read},
}
# One bucket for every mutating call, where EC2 turns out to have only one.
SHARED = "shared"

# After a throttle: this share of the rate is kept, and after so many quiet seconds
# each second brings back this share of the full rate. Calls that left together are
# throttled together and tell one thing: they cut the rate once.
KEPT_SHARE = 0.8
LEAST_SHARE = 0.1
CUT_ONCE_IN_S = 1.0
QUIET_S = 5.0
RAMP_SHARE = 0.05
# A throttle while both levels show more than this is not explained by our own use.
SUSPICIOUS_LEVEL = 5.0
SUSPICIONS = 2
# A verdict on our permission to attach is good for a burst that begins this soon.
PERMITTED_S = 300.0
# Readiness asks at most one DryRun in this time, and only from a bucket this full.
REHEARSAL_EVERY_S = 5.0
REHEARSAL_LEVEL = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Tokens left at a moment; seconds of one clock throughout."""

    size: Size
    level: float
    rate: float
    at: float
    throttled_at: float | None = None

    def refilled(self, now: float) -> "Bucket":
        """The same bucket at `now`. A clock that went back refills nothing."""
        if now <= self.at:
            return replace(self, at=now)
        full = self.size.per_second
        quiet_from = (
            self.at if self.throttled_at is None else self.throttled_at + QUIET_S
        )
        flat_s = max(0.0, min(now, quiet_from) - self.at)
        ramp = full * RAMP_SHARE
        climbing_s = min(now - self.at - flat_s, (full - self.rate) / ramp)
        rate = self.rate + ramp * climbing_s
        gained = self.rate * flat_s + (self.rate + rate) / 2 * climbing_s
        gained += full * (now - self.at - flat_s - climbing_s)
        level = min(self.size.burst, self.level + gained)
        return replace(self, level=level, rate=rate, at=now)

    def spent(self, tokens: float) -> "Bucket":
        return replace(self, level=self.level - tokens)

    def slowed(self, share: float) -> "Bucket":
        """The same, where only this share of what comes back is counted on."""
        size = replace(self.size, per_second=self.size.per_second * share)
        return replace(self, size=size, rate=self.rate * share)

    def throttled(self, now: float) -> "Bucket":
        """EC2 says that it is empty, and that our idea of its rate was too good."""
        rate = self.refilled(now).rate
        last = self.throttled_at
        if last is None or now - last >= CUT_ONCE_IN_S:
            rate = max(rate * KEPT_SHARE, self.size.per_second * LEAST_SHARE)
        return replace(self, level=0.0, rate=rate, at=now, throttled_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """All buckets of a region; one that was never used is full."""

    buckets: Mapping[str, Bucket] = field(default_factory=dict)
    # True once EC2 was seen to count all mutating calls together.
    is_shared: bool = False
    suspicions: int = 0
    # When a DryRun last said that we may attach; when readiness last asked anything.
    permitted_at: float | None = None
    rehearsed_at: float | None = None

    def bucket(self, api: Api, now: float) -> Bucket:
        """The bucket that a call of this API is taken from, as it is at `now`."""
        known = self.buckets.get(self._key(api))
        if known is not None:
            return known.refilled(now)
        size = size_of(self._key(api))
        return Bucket(size=size, level=size.burst, rate=size.per_second, at=now)

    def level(self, api: Api, now: float) -> float:
        return self.bucket(api, now).level

    def wait_s(self, api: Api, now: float) -> float:
        """Seconds until one token of this API is there, if nobody takes any."""
        bucket = self.bucket(api, now)
        return max(0.0, 1.0 - bucket.level) / bucket.rate

    def spend(
        self, api: Api, now: float, *, tokens: float = 1.0, leave: float = 0.0
    ) -> "Budget | None":
        """Pay for calls, or None where fewer than `leave` tokens would be left."""
        bucket = self.bucket(api, now)
        if bucket.level - tokens < leave:
            return None
        return self.put(api, bucket.spent(tokens))

    def pay(self, action: Action, now: float, *, leave: float) -> "Budget | None":
        """Pay for one call; `leave` attaches must then still be possible."""
        paid = self.spend(action, now)
        if paid is None or paid.level(Action.ATTACH, now) < leave:
            return None
        return paid

    def owe(self, api: Api, now: float, *, tokens: float) -> "Budget":
        """Count calls that have been made already; the level may fall below zero."""
        return self.put(api, self.bucket(api, now).spent(tokens))

    def throttled(self, api: Api, now: float) -> "Budget":
        """What a RequestLimitExceeded teaches."""
        suspicions = self.suspicions + self._is_odd(api, now)
        is_shared = self.is_shared or suspicions >= SUSPICIONS
        taught = replace(self, suspicions=suspicions, is_shared=is_shared)
        return taught.put(api, taught.bucket(api, now).throttled(now))

    def put(self, api: Api, bucket: Bucket) -> "Budget":
        """The same with this bucket as the one of the API."""
        return replace(self, buckets={**self.buckets, self._key(api): bucket})

    def permitted(self, now: float) -> "Budget":
        """A DryRun has said that our role may attach."""
        return replace(self, permitted_at=now)

    def is_permitted(self, now: float) -> bool:
        """Whether that was said so lately that a burst may rest on it."""
        return self.permitted_at is not None and now - self.permitted_at < PERMITTED_S

    def rehearsal(
        self, action: Action, now: float, *, is_awaited: bool = False
    ) -> "Budget | None":
        """Pay for a DryRun of readiness, or None while it must wait (P8).

        Where a person waits for it, it only must not come before the jobs.
        """
        last = self.rehearsed_at
        is_early = last is not None and now - last < REHEARSAL_EVERY_S
        if is_early and not is_awaited:
            return None
        if self.level(action, now) <= REHEARSAL_LEVEL:
            return None
        return replace(self.owe(action, now, tokens=1.0), rehearsed_at=now)

    def forgiven(self) -> "Budget":
        """After a restart: whether there is one bucket is to be learned anew."""
        kept = {key: b for key, b in self.buckets.items() if key != SHARED}
        return replace(self, buckets=kept, is_shared=False, suspicions=0)

    def shifted(self, by_s: float) -> "Budget":
        """The same by another clock, which reads `by_s` more."""
        return replace(
            self,
            buckets={key: _shift(b, by_s) for key, b in self.buckets.items()},
            permitted_at=_add(self.permitted_at, by_s),
            rehearsed_at=_add(self.rehearsed_at, by_s),
        )

    def _is_odd(self, api: Api, now: float) -> bool:
        """Whether our own use cannot explain that EC2 has no token left."""
        if self.is_shared or isinstance(api, Read):
            return False
        both = (Action.DETACH, Action.ATTACH)
        return all(self.level(a, now) > SUSPICIOUS_LEVEL for a in both)

    def _key(self, api: Api) -> str:
        if self.is_shared and not isinstance(api, Read):
            return SHARED
        return api.value


def size_of(key: str) -> Size:
    """The size of the bucket that goes by this name."""
    return SIZES.get(key, PLAIN)


def _shift(bucket: Bucket, by_s: float) -> Bucket:
    throttled_at = _add(bucket.throttled_at, by_s)
    return replace(bucket, at=bucket.at + by_s, throttled_at=throttled_at)


def _add(at: float | None, by_s: float) -> float | None:
    return None if at is None else at + by_s
