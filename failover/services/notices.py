"""What everybody has to know, whatever page they are on: the banners' facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from failover.ec2 import errors
from failover.models import Account, Pair, ReconcilerBeat, WorkerBeat
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
    pairs = queries.list_pairs().select_related(None).order_by()
    some = dict(
        pairs.filter(frozen).values_list("region__account").annotate(Count("pk"))
    )
    # Whose pairs are not all frozen is soon found out: at the first that is not.
    moving = pairs.exclude(frozen).filter(region__account=OuterRef("pk"))
    candidates = [account for account, count in some.items() if count > 1]
    if not candidates:
        return []
    whole = queries.list_accounts().filter(~Exists(moving), pk__in=candidates)
    found = [
        _maintenance(account, some[account.pk], pairs.filter(frozen))
        for account in whole
    ]
    return [one for one in found if one is not None]


def _maintenance(
    account: Account, count: int, frozen: QuerySet[Pair]
) -> Maintenance | None:
    """Told as the freeze has it that ends first; None if all have ended by now."""
    first = (
        frozen.filter(region__account=account)
        .order_by(F("frozen_until").asc(nulls_last=True), "pk")
        .values_list("frozen_by", "frozen_reason", "frozen_until")
        .first()
    )
    if first is None:
        return None
    by, reason, until = first
    return Maintenance(
        account=account.name, pairs=count, by=by, reason=reason, until=until
    )


def _is_fresh(seen_at: datetime | None, now: datetime, within_s: float) -> bool:
    return seen_at is not None and (now - seen_at).total_seconds() < within_s
