"""Leases in the database: whose a region or a job is, until when, by which clock.

Leases save work; what keeps two owners apart is each job's fence token. PostgreSQL's
own clock measures them, or, beside SQLite, the host's boot clock with the boot's id.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import F, FloatField, Func, Q

from failover import models
from failover.models.jobs import IS_ACTIVE

# A moment further ahead than this is a clock that has jumped, not a plan (P11).
FAR_AHEAD_S = 60.0


class ClockTimestamp(Func):
    """PostgreSQL's clock in POSIX seconds; `now()` stands still in a transaction."""

    template = "extract(epoch FROM clock_timestamp())::float8"
    output_field = FloatField()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseClock:
    """The clock that all processes on one database share."""

    boot_id: str
    boot_now: Callable[[], float]
    wall_now: Callable[[], float]

    def database_now(self) -> float:
        """POSIX seconds by the database's clock, for stamps."""
        if connection.vendor == "postgresql":
            return _clock_timestamp()
        return self.wall_now()

    def now(self) -> tuple[float, str]:
        """Seconds of the lease clock, and the boot they belong to."""
        if connection.vendor == "postgresql":
            return _clock_timestamp(), ""
        return self.boot_now(), self.boot_id

    def is_left(self, margin_s: float) -> Q:
        """Jobs whose lease lasts `margin_s` longer; no statement of its own."""
        if connection.vendor == "postgresql":
            return Q(lease_until__gte=ClockTimestamp() + margin_s)
        now, boot = self.now()
        return Q(clock_boot=boot, lease_until__gte=now + margin_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leases:
    """Takes leases and finds what nobody holds.

    `is_dead(owner)` says that an owner is provably gone: its leases count as over.
    """

    clock: LeaseClock
    is_dead: Callable[[str], bool]

    def take_region(self, *, region_id: int, owner: str, ttl_s: float) -> int | None:
        """The region's `wake_seq`, or None while another one's lease lives."""
        region = models.Region.objects.filter(id=region_id)
        holder = region.values_list("lease_owner", flat=True).first()
        now, boot = self.clock.now()
        is_free = Q(lease_owner__in=["", owner]) | Q(lease_until__lt=now)
        is_free |= ~Q(lease_boot=boot)
        if holder and holder != owner and self.is_dead(holder):
            is_free |= Q(lease_owner=holder)
        taken = region.filter(is_free).update(
            lease_owner=owner, lease_until=now + ttl_s, lease_boot=boot
        )
        if not taken:
            return None
        # Read after the lease is ours: who wakes the region from now on raises it.
        return region.values_list("wake_seq", flat=True).first()

    def release_region(
        self, *, region_id: int, owner: str, wake_seq: int
    ) -> int | None:
        """None when released or no longer ours; else the newer `wake_seq`."""
        region = models.Region.objects.filter(id=region_id, lease_owner=owner)
        released = region.filter(wake_seq=wake_seq).update(
            lease_owner="", lease_until=0.0
        )
        if released:
            return None
        return region.values_list("wake_seq", flat=True).first()

    def take_jobs(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> list[UUID]:
        """Claim the region's due jobs in one UPDATE; those that may be ours now."""
        now, boot = self.clock.now()
        free, dead = self._list_claimable(region_id, held, now, boot)
        if not free:
            return []
        is_free = Q(lease_owner__in=["", *dead]) | Q(lease_until__lt=now)
        is_free |= ~Q(clock_boot=boot)
        models.Job.objects.filter(IS_ACTIVE, is_free, id__in=free).update(
            fence_token=F("fence_token") + 1,
            lease_owner=owner,
            lease_until=now + ttl_s,
            next_run_at=now,
            clock_boot=boot,
        )
        return free

    def due_regions(self) -> dict[int, float]:
        """Regions with due jobs that nobody holds -> seconds the oldest has waited."""
        now, boot = self.clock.now()
        waited: dict[int, float] = {}
        due = models.Job.objects.filter(_is_due(now, boot)).values_list(
            "region_id", "lease_owner", "lease_until", "next_run_at", "clock_boot"
        )
        for region_id, owner, until, run_at, job_boot in due:
            is_held = bool(owner) and until >= now and job_boot == boot
            if is_held and not self.is_dead(owner):
                continue
            since = run_at if is_held else max(run_at, until)
            # Of a moment of another boot, or of a jump, no difference can be taken.
            is_known = job_boot == boot and since <= now
            waited_s = now - since if is_known else FAR_AHEAD_S
            waited[region_id] = max(waited.get(region_id, 0.0), waited_s)
        return waited

    def _list_claimable(
        self, region_id: int, held: Mapping[UUID, int], now: float, boot: str
    ) -> tuple[list[UUID], list[str]]:
        """Due jobs without a live lease, and the owners known to be dead."""
        free: list[UUID] = []
        dead: set[str] = set()
        due = models.Job.objects.filter(_is_due(now, boot), region_id=region_id)
        for job_id, token, owner, until, job_boot in due.values_list(
            "id", "fence_token", "lease_owner", "lease_until", "clock_boot"
        ):
            if held.get(job_id) == token:
                continue
            if not owner or until < now or job_boot != boot:
                free.append(job_id)
            elif owner in dead or self.is_dead(owner):
                dead.add(owner)
                free.append(job_id)
        return free, sorted(dead)


def _is_due(now: float, boot: str) -> Q:
    is_time = Q(next_run_at__lte=now) | Q(next_run_at__gt=now + FAR_AHEAD_S)
    return IS_ACTIVE & (is_time | ~Q(clock_boot=boot))


def _clock_timestamp() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        row = cursor.fetchone()
    return float(row[0])
