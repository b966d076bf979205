"""The engine's Store over Django's ORM: leases, compare-and-set, intents.

The same code on SQLite and PostgreSQL; the contract tests run it on both. Only the
lease clock differs (`leases`).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from failover import entries, mirror, models, rows
from failover.audit import record_all
from failover.engine.job import Intent, Job, State
from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.topology import Observation
from failover.leases import LeaseClock, Leases
from failover.models.jobs import IS_ACTIVE
from failover.models.pairs import Holder

# How old an unchanged row of the mirror may grow before a look is written: a driver
# looks twenty times a second, and each write is a wait for the disk.
TOUCH_AFTER_S = 1.0


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
        self._clock = LeaseClock(boot_id=boot_id, boot_now=boot_now, wall_now=wall_now)
        self._leases = Leases(clock=self._clock, is_dead=is_dead)
        self._lease_ttl_s = lease_ttl_s

    # Time and leases.

    def database_now(self) -> float:
        """POSIX seconds by the database's clock."""
        return self._clock.database_now()

    def lease_now(self) -> tuple[float, str]:
        """Seconds of the lease clock, and the boot they belong to."""
        return self._clock.now()

    def take_region(self, *, region_id: int, owner: str, ttl_s: float) -> int | None:
        return self._leases.take_region(region_id=region_id, owner=owner, ttl_s=ttl_s)

    def release_region(
        self, *, region_id: int, owner: str, wake_seq: int
    ) -> int | None:
        return self._leases.release_region(
            region_id=region_id, owner=owner, wake_seq=wake_seq
        )

    def due_regions(self) -> dict[int, float]:
        """Regions with due jobs that nobody holds -> seconds the oldest has waited."""
        return self._leases.due_regions()

    def claim(
        self,
        *,
        region_id: int,
        owner: str,
        ttl_s: float,
        held: Mapping[UUID, int],
    ) -> tuple[Work, ...]:
        taken = self._leases.take_jobs(
            region_id=region_id, owner=owner, ttl_s=ttl_s, held=held
        )
        if not taken:
            return ()
        mine = Q(id__in=taken, lease_owner=owner)
        return self._load(mine, claimed_at=self.database_now())

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
        by_token: dict[int, list[UUID]] = defaultdict(list)
        for job_id, token in held.items():
            by_token[token].append(job_id)
        with transaction.atomic():
            for token, ids in by_token.items():
                models.Job.objects.filter(
                    IS_ACTIVE, id__in=ids, fence_token=token
                ).update(lease_owner="", lease_until=0.0)

    # Changes.

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        now, boot = self.lease_now()
        applied: list[Change] = []
        # In one order everywhere, and the audit last, so that no two writers wait
        # for each other.
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
                    applied.append(change)
            if applied:
                self._write_along(applied)
        return frozenset(change.job.id for change in applied)

    def _write_along(self, applied: Sequence[Change]) -> None:
        """What must be true together with the jobs' new rows."""
        intents = [c.intent for c in applied if c.intent is not None]
        models.Intent.objects.bulk_create([rows.from_intent(i) for i in intents])
        for change in applied:
            if change.job.state is State.PARKED:
                _free_slots_of_parked(change.job)
        ended = [c for c in applied if not c.job.state.is_active]
        if ended:
            ids = [c.job.id for c in ended]
            models.ResourceLock.objects.filter(job_id__in=ids).delete()
            self._settle_pairs({c.job.id: c for c in ended})
        record_all(entries.tell(applied, at=self.database_now()))

    def _settle_pairs(self, ended: Mapping[UUID, Change]) -> None:
        """P7: the desired holder is what the terminal transaction says it is."""
        pairs = models.Job.objects.filter(id__in=list(ended), pair__isnull=False)
        settled_at = self.database_now()
        for job_id, pair_id in pairs.order_by("pair_id").values_list("id", "pair_id"):
            change = ended[job_id]
            holder = Holder.INSTANCE if change.holder else Holder.NONE
            if not change.holder_known:
                holder = Holder.UNKNOWN
            models.Pair.objects.filter(id=pair_id).update(
                desired_holder=holder,
                desired_instance_id=change.holder or "" if change.holder_known else "",
                settled_at=settled_at,
                free_seen_at=None,
                drift_seen_at=None,
                generation=F("generation") + 1,
                version=F("version") + 1,
            )

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        with transaction.atomic():
            completed = [r for r in receipts if self._complete(r, held)]
            intents = models.Intent.objects.in_bulk([r.intent_id for r in completed])
            record_all([entries.tell_end(r, intents[r.intent_id]) for r in completed])

    def _complete(self, receipt: Receipt, held: Mapping[UUID, int]) -> bool:
        """Complete the intent once, and only while its job is ours."""
        is_mine = models.Job.objects.filter(
            IS_ACTIVE, id=receipt.job_id, fence_token=held.get(receipt.job_id, -1)
        ).exists()
        if not is_mine:
            return False
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
        return bool(done)

    def is_open_for(self, fence: Fence) -> bool:
        return models.Job.objects.filter(
            IS_ACTIVE,
            self._clock.is_left(self._lease_ttl_s / 3),
            id=fence.job_id,
            fence_token=fence.fence_token,
            version=fence.version,
        ).exists()

    def mirror(self, *, region_id: int, observation: Observation) -> None:
        mirror.upsert(
            region_id=region_id,
            interfaces=observation.interfaces.values(),
            instances=observation.instances.values(),
            elastic_ips=observation.elastic_ips.values(),
            began_at=observation.began_at,
            touch_after_s=TOUCH_AFTER_S,
        )


def _is_preflight_current(row: models.Job) -> bool:
    return row.pair is not None and row.pair.generation == row.pair_generation


def _free_slots_of_parked(job: Job) -> None:
    """A parked job keeps its resource and the slot it aims at (P7)."""
    slots = models.ResourceLock.objects.filter(job_id=job.id, key__contains=":slot:")
    if job.aimed is not None:
        slots = slots.exclude(key__endswith=f":slot:{job.aimed}:{job.aimed_index}")
    slots.delete()
