"""What everybody has to know, whatever page they are on: the banners' facts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from failover.ec2 import errors
from failover.models import ReconcilerBeat, WorkerBeat
from failover.services import queries
from failover.services.places import Place

# Without a worker the reconciler drives, seconds later; without a reconciler nobody
# finds lost work.
WORKER_SEEN_S = 45.0
RECONCILER_SEEN_S = 10.0
# As the first word of a failed read: nobody is let in with these credentials.
NO_ENTRY = errors.NOT_WEIGHED | {
    "CredentialRetrievalError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "ProfileNotFound",
    "TokenRetrievalError",
    "UnauthorizedOperation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Which processes were not seen lately; the time of the last sign, if any."""

    has_worker: bool
    has_reconciler: bool
    worker_seen_at: datetime | None
    reconciler_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutOut:
    """A region that cannot be read because EC2 does not let us in."""

    account: str
    region: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """An account all of whose pairs are frozen; `until` is when the first one ends."""

    account: str
    pairs: int
    by: str
    reason: str
    until: datetime | None


def get_silence(now: datetime) -> Silence:
    """Which of our own processes nobody has seen for too long."""
    worker = WorkerBeat.objects.aggregate(at=Max("seen_at"))["at"]
    reconciler = ReconcilerBeat.objects.aggregate(at=Max("seen_at"))["at"]
    return Silence(
        has_worker=_is_fresh(worker, now, WORKER_SEEN_S),
        has_reconciler=_is_fresh(reconciler, now, RECONCILER_SEEN_S),
        worker_seen_at=worker,
        reconciler_seen_at=reconciler,
    )


def list_shut_out(places: Iterable[Place]) -> list[ShutOut]:
    """Regions whose last read failed for want of credentials or permission."""
    return [
        ShutOut(account=place.account, region=region.name, code=code)
        for place in places
        for region in place.regions
        if (code := region.error.partition(":")[0].strip()) in NO_ENTRY
    ]


def list_maintenance(now: datetime) -> list[Maintenance]:
    """Accounts in which no pair at all may be swapped; one pair makes none."""
    frozen = Q(frozen_at__isnull=False) & (
        Q(frozen_until=None) | Q(frozen_until__gt=now)
    )
    rows = list(
        queries.list_pairs()
        .filter(frozen)
        .order_by("frozen_until")
        .values_list(
            "region__account__name", "frozen_by", "frozen_reason", "frozen_until"
        )
    )
    if not rows:
        return []
    every = dict(
        queries.list_pairs()
        .order_by()
        .values_list("region__account__name")
        .annotate(Count("pk"))
    )
    still = Counter(row[0] for row in rows)
    return [
        Maintenance(
            account=account,
            pairs=count,
            by=next(row[1] for row in rows if row[0] == account),
            reason=next(row[2] for row in rows if row[0] == account),
            until=min(
                (row[3] for row in rows if row[0] == account and row[3]), default=None
            ),
        )
        for account, count in sorted(still.items())
        if count > 1 and count == every.get(account)
    ]


def _is_fresh(seen_at: datetime | None, now: datetime, within_s: float) -> bool:
    return seen_at is not None and (now - seen_at).total_seconds() < within_s
