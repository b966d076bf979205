"""A region's token buckets in its row, spent in the transaction of what they pay for.

The row is locked late, after the jobs' and before the audit, as every transaction
that wakes a region does it: so no two of them wait for each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from failover import models
from failover.engine import admission, cadence
from failover.engine.budget import Api, Bucket, Budget, Read, size_of
from failover.engine.job import Action, Kind, State, Strategy
from failover.engine.ports import Change
from failover.leases import LeaseClock
from failover.models.jobs import IS_ACTIVE

# Resources that are out of service, or about to be, and will need an attach.
OWES_AN_ATTACH = (
    IS_ACTIVE
    & Q(strategy=Strategy.ENI.value, first_intent_at__isnull=False, restored_at=None)
    & ~Q(kind=Kind.DETACH.value)
)


class Unpaid(Exception):
    """Some calls of a transaction found no token: it must not be committed."""

    def __init__(self, job_ids: frozenset[UUID]) -> None:
        super().__init__(f"{len(job_ids)} calls cannot be paid")
        self.job_ids = job_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The buckets of all regions. Levels are kept by the lease clock's seconds."""

    clock: LeaseClock

    def read(self, *, region_id: int) -> Budget:
        """The budget by the database's clock, for stamps and plans."""
        kept = models.Region.objects.values_list("budget", flat=True)
        now, boot = self.clock.now()
        budget = _load(kept.get(id=region_id), now, boot)
        return budget.shifted(self.clock.database_now() - now)

    def pay(self, changes: Sequence[Change]) -> None:
        """Pay for the changes' calls in this order. Raises Unpaid."""
        by_region: dict[int, list[Change]] = defaultdict(list)
        for change in changes:
            if change.intent is not None:
                by_region[change.job.region_id].append(change)
        for region_id in sorted(by_region):
            self._pay(region_id, by_region[region_id])

    def _pay(self, region_id: int, changes: Sequence[Change]) -> None:
        budget, now, boot = self._lock(region_id)
        unpaid: set[UUID] = set()
        for change in changes:
            if change.intent is None:
                continue
            action = change.intent.call.action
            paid = budget.pay(action, now, leave=change.leave)
            if paid is None:
                unpaid.add(change.job.id)
            else:
                budget = paid
        if unpaid:
            raise Unpaid(frozenset(unpaid))
        _keep(region_id, budget, boot)

    def learn(self, throttled: Iterable[tuple[int, Action]]) -> None:
        """What throttled calls teach: (region, action) of each."""
        by_region: dict[int, list[Action]] = defaultdict(list)
        for region_id, action in throttled:
            by_region[region_id].append(action)
        for region_id in sorted(by_region):
            budget, now, boot = self._lock(region_id)
            for action in by_region[region_id]:
                budget = budget.throttled(action, now)
            _keep(region_id, budget, boot)

    def dark_regions(self) -> frozenset[int]:
        """The regions with a resource out of service that a job brings back."""
        dark = models.Job.objects.filter(OWES_AN_ATTACH).exclude(
            state=State.PARKED.value
        )
        return frozenset(dark.values_list("region_id", flat=True))

    def spend(self, *, region_id: int, api: Api, tokens: float) -> bool:
        """Pay for calls that no job makes, leaving what the dark may need."""
        return self.spend_each(region_id=region_id, tokens={api: tokens})

    def spend_each(self, *, region_id: int, tokens: Mapping[Api, float]) -> bool:
        """The same for calls of several kinds: all of them are paid for, or none."""
        with transaction.atomic():
            budget, now, boot = self._lock(region_id)
            for api, wanted in tokens.items():
                leave = _leave(region_id, api, budget)
                paid = budget.spend(api, now, tokens=wanted, leave=leave)
                if paid is None:
                    return False
                budget = paid
            _keep(region_id, budget, boot)
        return True

    def rehearse(
        self, *, region_id: int, action: Action, is_awaited: bool = False
    ) -> bool:
        """Pay for a DryRun of readiness; False while it must wait (P8)."""
        with transaction.atomic():
            budget, now, boot = self._lock(region_id)
            paid = budget.rehearsal(action, now, is_awaited=is_awaited)
            if paid is not None:
                _keep(region_id, paid, boot)
        return paid is not None

    def owe(self, *, region_id: int, api: Api, tokens: float) -> Budget:
        """Count calls that were made; the budget after it, as `read` gives it."""
        with transaction.atomic():
            budget, now, boot = self._lock(region_id)
            budget = budget.owe(api, now, tokens=tokens)
            _keep(region_id, budget, boot)
        return budget.shifted(self.clock.database_now() - now)

    def permit(self, *, region_id: int) -> None:
        """A DryRun has said that our role may attach."""
        with transaction.atomic():
            budget, now, boot = self._lock(region_id)
            _keep(region_id, budget.permitted(now), boot)

    def forgive(self) -> None:
        """After a restart: which regions have only one bucket is learned anew."""
        for region_id in models.Region.objects.values_list("id", flat=True):
            with transaction.atomic():
                budget, _, boot = self._lock(region_id)
                if budget.is_shared or budget.suspicions:
                    _keep(region_id, budget.forgiven(), boot)

    def _lock(self, region_id: int) -> tuple[Budget, float, str]:
        # No foreign key of a new job waits for this lock. SQLite's IMMEDIATE
        # transactions have the whole database already.
        rows = models.Region.objects.select_for_update(no_key=True)
        kept = rows.values_list("budget", flat=True).get(id=region_id)
        now, boot = self.clock.now()
        return _load(kept, now, boot), now, boot


def _leave(region_id: int, api: Api, budget: Budget) -> float:
    """What others than jobs must leave in the bucket."""
    if isinstance(api, Read):
        return cadence.WELL_FILLED
    if api is not Action.ATTACH and not budget.is_shared:
        return 0.0
    owing = models.Job.objects.filter(OWES_AN_ATTACH, region_id=region_id).count()
    return owing + admission.SPARE


def _load(kept: Mapping[str, Any], now: float, boot: str) -> Budget:
    """The row's budget; of another boot's moments nothing can be said but now."""
    is_known = kept.get("boot", boot) == boot
    buckets = {
        key: Bucket(
            size=size_of(key),
            level=level,
            rate=rate,
            at=at if is_known else now,
            throttled_at=throttled_at if is_known else None,
        )
        for key, (level, rate, at, throttled_at) in kept.get("buckets", {}).items()
    }
    return Budget(
        buckets=buckets,
        is_shared=bool(kept.get("is_shared", False)),
        suspicions=int(kept.get("suspicions", 0)),
        permitted_at=kept.get("permitted_at") if is_known else None,
        rehearsed_at=kept.get("rehearsed_at") if is_known else None,
    )


def _keep(region_id: int, budget: Budget, boot: str) -> None:
    kept = {
        "boot": boot,
        "is_shared": budget.is_shared,
        "suspicions": budget.suspicions,
        "permitted_at": budget.permitted_at,
        "rehearsed_at": budget.rehearsed_at,
        "buckets": {
            key: [b.level, b.rate, b.at, b.throttled_at]
            for key, b in budget.buckets.items()
        },
    }
    models.Region.objects.filter(id=region_id).update(budget=kept)
