"""The benches of the contract: memory, and Django's database of the moment."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from failover import models, rows
from failover.engine.job import Job
from failover.store import DjangoStore
from tests.simulation.memory_store import MemoryStore
from tests.store.cast import EPOCH, TTL_S

BOOT = "boot-1"


class FakeClock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


class MemoryBench:
    """The simulation's store."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(now=self.clock)
        self.region_id = 1
        self.store.add_region(region_id=self.region_id)

    def advance(self, seconds: float) -> None:
        self.clock.at += seconds

    def add(self, job: Job, *, locks: frozenset[str] = frozenset()) -> None:
        assert self.store.request(job=job, locks=locks) is None

    def cancel(self, job_id: UUID) -> None:
        assert self.store.cancel(job_id=job_id)

    def wake(self) -> None:
        self.store.wake(region_id=self.region_id)

    def locks(self) -> Mapping[str, UUID]:
        return self.store.locks

    def desired(self, job: Job) -> tuple[str, str]:
        holder = self.store.desired[job.interface_id]
        if not holder.is_known:
            return "unknown", ""
        if holder.instance_id is None:
            return "none", ""
        return "instance", holder.instance_id


class DjangoBench:
    """The product's store, on whichever database is Django's now."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.dead: set[str] = set()
        self.boot = BOOT
        self.store = self.new_store()
        account = models.Account.objects.create(name="default")
        self.region = models.Region.objects.create(account=account, name="eu-west-1")
        self.region_id = self.region.pk

    def new_store(self, *, boot: str = BOOT) -> DjangoStore:
        return DjangoStore(
            boot_id=boot,
            boot_now=self.clock,
            wall_now=lambda: EPOCH + self.clock.at,
            lease_ttl_s=TTL_S,
            is_dead=self.dead.__contains__,
        )

    def advance(self, seconds: float) -> None:
        if connection.vendor != "postgresql":
            self.clock.at += seconds
            return
        # The server's own clock does not stop for us: the rows move instead.
        models.Region.objects.update(lease_until=F("lease_until") - seconds)
        models.Job.objects.update(
            lease_until=F("lease_until") - seconds,
            next_run_at=F("next_run_at") - seconds,
        )

    def add(self, job: Job, *, locks: frozenset[str] = frozenset()) -> None:
        pair = self.add_pair(job)
        now, boot = self.store.lease_now()
        row = models.Job.objects.create(
            id=job.id,
            region=self.region,
            pair=pair,
            pair_generation=pair.generation,
            kind=job.kind.value,
            network_interface_id=job.interface_id,
            device_index=job.device_index,
            from_device_index=job.from_device_index,
            from_instance_id=job.from_instance_id or "",
            to_instance_id=job.to_instance_id or "",
            snapshot=[list(a) for a in job.snapshot],
            force_after_s=job.force_after_s,
            preflight_at=rows.stamp(job.preflight_at),
            trigger="api",
            requested_by="alice",
            requested_at=datetime.fromtimestamp(job.requested_at, tz=UTC),
            next_run_at=now,
            clock_boot=boot,
        )
        models.ResourceLock.objects.bulk_create(
            [models.ResourceLock(key=k, job=row) for k in sorted(locks)]
        )

    def add_pair(self, job: Job) -> models.Pair:
        pair, _ = models.Pair.objects.get_or_create(
            name=f"pair-of-{job.interface_id}",
            defaults={
                "region": self.region,
                "strategy": "eni",
                "primary_instance_id": job.from_instance_id or "i-a",
                "standby_instance_id": job.to_instance_id or "i-b",
                "network_interface_id": job.interface_id,
                "created_at": datetime.fromtimestamp(job.requested_at, tz=UTC),
            },
        )
        return pair

    def cancel(self, job_id: UUID) -> None:
        """What the service does once something was sent: one update of the row."""
        models.Job.objects.filter(id=job_id).update(
            aim="source",
            cancel_requested_at=datetime.fromtimestamp(EPOCH, tz=UTC),
            version=F("version") + 1,
        )

    def wake(self) -> None:
        models.Region.objects.update(wake_seq=F("wake_seq") + 1)

    def locks(self) -> Mapping[str, UUID]:
        return dict(models.ResourceLock.objects.values_list("key", "job_id"))

    def desired(self, job: Job) -> tuple[str, str]:
        pair = models.Pair.objects.get(network_interface_id=job.interface_id)
        return pair.desired_holder, pair.desired_instance_id
