"""The engine's Store over Django's ORM: leases, compare-and-set, intents.

The same code on SQLite and PostgreSQL; the contract tests run it on both. Only the
lease clock differs: PostgreSQL's own, or the host's boot clock beside SQLite.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from failover import audit, mirror, models, rows
from failover.engine.job import Aim, Intent, Job, State
from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.topology import Observation
from failover.models.jobs import IS_ACTIVE
from failover.models.pairs import Holder

# A moment further ahead than this is a clock that has jumped, not a plan (P11).
FAR_AHEAD_S = 60.0
ENGINE = "engine"


class DjangoStore:
    """Implements `failover.engine.ports.Store`.

    `is_dead(owner)` says that the owner of a lease is provably gone: its leases
    count as over. It may always answer False.
    """

    def __init__(
        self,
        *,
        boot_id: str,
        boot_now: Callable[[], float],
        wall_now: Callable[[], float],
        lease_ttl_s: float,
        is_dead: Callable[[str], bool] = lambda _owner: False,
    ) -> None:
        self._boot_id = boot_id
        self._boot_now = boot_now
        self._wall_now = wall_now
        self._lease_ttl_s = lease_ttl_s
        self._is_dead = is_dead

    # Time.

    def database_now(self) -> float:
        """POSIX seconds by the database's clock."""
        if connection.vendor == "postgresql":
            return self._clock_timestamp()
        return self._wall_now()

    def lease_now(self) -> tuple[float, str]:
        """Seconds of the lease clock, and the boot they belong to."""
        if connection.vendor == "postgresql":
            return self._clock_timestamp(), ""
        return self._boot_now(), self._boot_id

    def _clock_timestamp(self) -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            row = cursor.fetchone()
        return float(row[0])

    # The region's lease.

    def take_region(self, *, region_id: int, owner: str, ttl_s: float) -> int | None:
        now, boot = self.lease_now()
        is_over = ~Q(lease_boot=boot) | Q(lease_until__lt=now) | Q(lease_owner="")
        with transaction.atomic():
            region = models.Region.objects.filter(id=region_id)
            holder = region.values_list("lease_owner", flat=True).first()
            if holder and holder != owner and self._is_dead(holder):
                is_over |= Q(lease_owner=holder)
            taken = region.filter(is_over).update(
                lease_owner=owner, lease_until=now + ttl_s, lease_boot=boot
            )
            if not taken:
                return None
            return region.values_list("wake_seq", flat=True).get()

    def release_region(
        self, *, region_id: int, owner: str, wake_seq: int
    ) -> int | None:
        region = models.Region.objects.filter(id=region_id, lease_owner=owner)
        released = region.filter(wake_seq=wake_seq).update(
            lease_owner="", lease_until=0.0
        )
        if released:
            return None
        return region.values_list("wake_seq", flat=True).first()

    # The jobs' leases.

    def claim(
        self,
        *,
        region_id: int,
        owner: str,
        ttl_s: float,
        held: Mapping[UUID, int],
    ) -> tuple[Work, ...]:
        now, boot = self.lease_now()
        due = models.Job.objects.filter(self._is_due(now, boot), region_id=region_id)
        free, dead = self._claimable(due.exclude(id__in=list(held)), now, boot)
        if not free:
            return ()
        is_over = self._is_unleased(now, boot) | Q(lease_owner__in=dead)
        with transaction.atomic():
            models.Job.objects.filter(IS_ACTIVE, is_over, id__in=free).update(
                fence_token=F("fence_token") + 1,
                lease_owner=owner,
                lease_until=now + ttl_s,
                next_run_at=now,
                clock_boot=boot,
            )
        mine = Q(id__in=free, lease_owner=owner)
        return self._load(mine, claimed_at=self.database_now())

    def _claimable(
        self, due: Any, now: float, boot: str
    ) -> tuple[list[UUID], list[str]]:
        """Due jobs without a live lease, and the owners known to be dead."""
        free: list[UUID] = []
        dead: set[str] = set()
        columns = ("id", "lease_owner", "lease_until", "clock_boot")
        for job_id, owner, until, job_boot in due.values_list(*columns):
            if not owner or until < now or job_boot != boot:
                free.append(job_id)
            elif owner in dead or self._is_dead(owner):
                dead.add(owner)
                free.append(job_id)
        return free, sorted(dead)

    def _is_due(self, now: float, boot: str) -> Q:
        is_time = Q(next_run_at__lte=now) | Q(next_run_at__gt=now + FAR_AHEAD_S)
        return IS_ACTIVE & (is_time | ~Q(clock_boot=boot))

    def _is_unleased(self, now: float, boot: str) -> Q:
        return Q(lease_owner="") | Q(lease_until__lt=now) | ~Q(clock_boot=boot)

    def due_regions(self) -> dict[int, float]:
        """Regions with due jobs that nobody holds -> seconds the oldest has waited."""
        now, boot = self.lease_now()
        waited: dict[int, float] = {}
        due = models.Job.objects.filter(self._is_due(now, boot))
        columns = (
            "region_id",
            "lease_owner",
            "lease_until",
            "next_run_at",
            "clock_boot",
        )
        for region_id, owner, until, run_at, job_boot in due.values_list(*columns):
            is_held = bool(owner) and until >= now and job_boot == boot
            if is_held and not self._is_dead(owner):
                continue
            since = max(run_at, until) if job_boot == boot and not is_held else run_at
            waited[region_id] = max(waited.get(region_id, 0.0), now - since)
        return waited

    def read(self, *, held: Mapping[UUID, int]) -> tuple[Work, ...]:
        works = self._load(IS_ACTIVE & Q(id__in=list(held)), claimed_at=0.0)
        return tuple(w for w in works if w.fence_token == held[w.job.id])

    def _load(self, which: Q, *, claimed_at: float) -> tuple[Work, ...]:
        found = list(models.Job.objects.filter(which).select_related("pair"))
        intents: dict[UUID, list[Intent]] = defaultdict(list)
        for row in models.Intent.objects.filter(
            job_id__in=[j.id for j in found]
        ).order_by("job_id", "seq"):
            intents[row.job_id].append(rows.to_intent(row))
        return tuple(
            Work(
                job=rows.to_job(row, is_preflight_current=_is_preflight_current(row)),
                intents=tuple(intents[row.id]),
                fence_token=row.fence_token,
                claimed_at=claimed_at,
            )
            for row in found
        )

    def renew(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> None:
        now, boot = self.lease_now()
        models.Region.objects.filter(id=region_id, lease_owner=owner).update(
            lease_until=now + ttl_s, lease_boot=boot
        )
        models.Job.objects.filter(
            IS_ACTIVE, id__in=list(held), lease_owner=owner
        ).update(lease_until=now + ttl_s, clock_boot=boot)

    def release(self, *, held: Mapping[UUID, int]) -> None:
        for job_id, token in held.items():
            models.Job.objects.filter(IS_ACTIVE, id=job_id, fence_token=token).update(
                lease_owner="", lease_until=0.0
            )

    # Changes.

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        now, boot = self.lease_now()
        applied: set[UUID] = set()
        with transaction.atomic():
            for change in sorted(changes, key=lambda c: c.job.id):
                job = change.job
                written = models.Job.objects.filter(
                    IS_ACTIVE,
                    id=job.id,
                    fence_token=change.fence_token,
                    version=change.job_version,
                ).update(
                    **rows.engine_columns(job),
                    next_run_at=now + job.next_run_in_s,
                    clock_boot=boot,
                )
                if written:
                    applied.add(job.id)
                    self._write_along(change)
        return frozenset(applied)

    def _write_along(self, change: Change) -> None:
        """What must be true together with the job's new row."""
        job = change.job
        if change.intent is not None:
            rows.from_intent(change.intent).save(force_insert=True)
            self._audit_intent(job, change.intent)
        if job.state is State.PARKED:
            _free_locks_of_parked(job)
        if not job.state.is_active:
            models.ResourceLock.objects.filter(job_id=job.id).delete()
            self._settle_pair(change)
            self._audit_state(job)

    def _settle_pair(self, change: Change) -> None:
        job = change.job
        holder = Holder.INSTANCE if change.holder else Holder.NONE
        if not change.holder_known:
            holder = Holder.UNKNOWN
        row = models.Job.objects.only("pair_id").get(id=job.id)
        if row.pair_id is None:
            return
        models.Pair.objects.filter(id=row.pair_id).update(
            desired_holder=holder,
            desired_instance_id=change.holder or "",
            settled_at=self.database_now(),
            free_seen_at=None,
            drift_seen_at=None,
            generation=F("generation") + 1,
            version=F("version") + 1,
        )

    def _audit_intent(self, job: Job, intent: Intent) -> None:
        audit.record(
            at=_required_stamp(intent.intent_at),
            actor=ENGINE,
            action=intent.call.action.value,
            subject=f"network-interface/{job.interface_id}",
            outcome="intended",
            after=rows.from_intent(intent).args,
            job_id=job.id,
        )

    def _audit_state(self, job: Job) -> None:
        audit.record(
            at=_required_stamp(job.finished_at or self.database_now()),
            actor=ENGINE,
            action="job.finish",
            subject=f"job/{job.id}",
            outcome=job.state.value,
            reason=job.why,
            after=dict(job.why_args),
            job_id=job.id,
        )

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        with transaction.atomic():
            for receipt in receipts:
                token = held.get(receipt.job_id)
                if token is not None:
                    self._complete(receipt, token)

    def _complete(self, receipt: Receipt, token: int) -> None:
        is_mine = models.Job.objects.filter(
            IS_ACTIVE, id=receipt.job_id, fence_token=token
        ).exists()
        if not is_mine:
            return
        done = models.Intent.objects.filter(id=receipt.intent_id, outcome="").update(
            sent_at=rows.stamp(receipt.sent_at),
            ended_at=rows.stamp(receipt.ended_at),
            duration_s=receipt.duration_s,
            outcome=receipt.outcome.value,
            error_code=receipt.error_code,
            error_message=receipt.error_message,
            aws_request_id=receipt.aws_request_id,
            attachment_id=receipt.attachment_id or "",
        )
        if not done:
            return
        intent = models.Intent.objects.get(id=receipt.intent_id)
        audit.record(
            at=_required_stamp(receipt.ended_at),
            actor=ENGINE,
            action=intent.action,
            subject=f"network-interface/{intent.args.get('NetworkInterfaceId', '')}",
            outcome=receipt.outcome.value,
            reason=receipt.error_code,
            after=intent.args,
            job_id=receipt.job_id,
            aws_request_id=receipt.aws_request_id,
        )

    def is_open_for(self, fence: Fence) -> bool:
        now, boot = self.lease_now()
        return models.Job.objects.filter(
            IS_ACTIVE,
            id=fence.job_id,
            fence_token=fence.fence_token,
            version=fence.version,
            clock_boot=boot,
            lease_until__gte=now + self._lease_ttl_s / 3,
        ).exists()

    def mirror(self, *, region_id: int, observation: Observation) -> None:
        mirror.upsert(
            region_id=region_id,
            interfaces=observation.interfaces.values(),
            instances=observation.instances.values(),
            elastic_ips=observation.elastic_ips.values(),
            began_at=observation.began_at,
        )


def _is_preflight_current(row: models.Job) -> bool:
    return row.pair is not None and row.pair.generation == row.pair_generation


def _free_locks_of_parked(job: Job) -> None:
    """A parked job keeps its resource and the slot it aims at (P7)."""
    aimed, index = job.aimed, job.aimed_index
    slots = models.ResourceLock.objects.filter(job_id=job.id, key__contains=":slot:")
    if aimed is not None:
        slots = slots.exclude(key__endswith=f":slot:{aimed}:{index}")
    if job.aim is Aim.TARGET or aimed is not None:
        slots.delete()


def _required_stamp(at: float) -> Any:
    return rows.stamp(at)
