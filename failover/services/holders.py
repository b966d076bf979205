"""Small facts about a pair: who holds, who should, whether it is frozen."""

from datetime import UTC, datetime

from failover.models import Pair
from failover.models.pairs import Holder
from failover.services.observed import Observed


def is_frozen(pair: Pair, *, at: float) -> bool:
    """Whether the pair is frozen at `at`, database seconds."""
    if pair.frozen_at is None:
        return False
    return pair.frozen_until is None or pair.frozen_until.timestamp() > at


def is_frozen_at(pair: Pair, now: datetime) -> bool:
    return is_frozen(pair, at=now.timestamp())


def active_instance_id(pair: Pair, seen: Observed | None) -> str | None:
    """The end that holds the resource as last seen; None for neither, or both."""
    if seen is None or seen.is_gone or not seen.is_serving:
        return None
    ends = (pair.primary_instance_id, pair.standby_instance_id)
    return seen.holder if seen.holder in ends else None


def desired_instance_id(pair: Pair) -> str | None:
    """The instance that should hold the resource; None for none or unknown."""
    if pair.desired_holder != Holder.INSTANCE:
        return None
    return pair.desired_instance_id or None


def sync_of(pair: Pair, seen: Observed | None, *, has_job: bool) -> str:
    """`as-expected`, `drifted` (two looks since the last end said so) or `unknown`."""
    if seen is None or has_job or pair.desired_holder == Holder.UNKNOWN:
        return "unknown"
    if seen.holder == (desired_instance_id(pair) or ""):
        return "as-expected"
    drifted_at = pair.drift_seen_at
    if drifted_at is None or seen.began_at <= drifted_at:
        return "unknown"
    return "drifted"


def stamp(at: float) -> datetime:
    """Database seconds as an aware UTC datetime."""
    return datetime.fromtimestamp(at, tz=UTC)
