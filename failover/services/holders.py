"""Small facts about a pair: who holds, who should, whether it is frozen."""

from datetime import UTC, datetime

from failover.models import NetworkInterface, Pair
from failover.models.pairs import Holder

# An attachment in these statuses serves nobody.
NOT_SERVING = frozenset({"attaching", "detaching", "detached"})


def is_frozen(pair: Pair, *, at: float) -> bool:
    """Whether the pair is frozen at `at`, database seconds."""
    if pair.frozen_at is None:
        return False
    return pair.frozen_until is None or pair.frozen_until.timestamp() > at


def is_frozen_at(pair: Pair, now: datetime) -> bool:
    return is_frozen(pair, at=now.timestamp())


def active_instance_id(pair: Pair, row: NetworkInterface | None) -> str | None:
    """The end that holds the resource as last seen; None for neither."""
    if row is None or row.vanished_at is not None or not row.instance_id:
        return None
    if row.attachment_status in NOT_SERVING:
        return None
    ends = (pair.primary_instance_id, pair.standby_instance_id)
    return row.instance_id if row.instance_id in ends else None


def desired_instance_id(pair: Pair) -> str | None:
    """The instance that should hold the resource; None for none or unknown."""
    if pair.desired_holder != Holder.INSTANCE:
        return None
    return pair.desired_instance_id or None


def sync_of(pair: Pair, row: NetworkInterface | None, *, has_job: bool) -> str:
    """`as-expected`, `drifted` (two looks since the last end said so) or `unknown`."""
    if row is None or has_job or pair.desired_holder == Holder.UNKNOWN:
        return "unknown"
    seen = observed_holder(row)
    if seen == (desired_instance_id(pair) or ""):
        return "as-expected"
    drifted_at = pair.drift_seen_at
    if drifted_at is None or row.observed_began_at <= drifted_at:
        return "unknown"
    return "drifted"


def observed_holder(row: NetworkInterface) -> str:
    """Whoever the mirror shows as holder; empty for nobody."""
    return "" if row.vanished_at is not None else row.instance_id


def stamp(at: float) -> datetime:
    """Database seconds as an aware UTC datetime."""
    return datetime.fromtimestamp(at, tz=UTC)
