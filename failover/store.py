"""The engine's Store over Django's ORM: leases, compare-and-set, intents.

The same code on SQLite and PostgreSQL; the contract tests run it on both. Only the
lease clock differs (`leases`).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from failover import history, mirror, models, rows
from failover.budgets import Budgets
from failover.engine import admission
from failover.engine.budget import Api, Budget
from failover.engine.cadence import Learned
from failover.engine.job import Intent, State
from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.topology import Observation
from failover.leases import LeaseClock, Leases
from failover.models.jobs import IS_ACTIVE
from failover.writes import Writes

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
        self.budgets = Budgets(clock=self._clock)
        self._writes = Writes(clock=self._clock, budgets=self.budgets)
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

    def versions(self, *, held: Mapping[UUID, int]) -> Mapping[UUID, int]:
        current = models.Job.objects.filter(IS_ACTIVE, id__in=list(held))
        return {
            job_id: version
            for job_id, token, version in current.values_list(
                "id", "fence_token", "version"
            )
            if held[job_id] == token
        }

    def _load(self, which: Q, *, claimed_at: float) -> tuple[Work, ...]:
        found = list(models.Job.objects.filter(which).select_related("pair"))
        intents = _load_intents([row.id for row in found])
        echoes = self._load_echoes(found)
        return tuple(
            Work(
                job=rows.to_job(row, is_preflight_current=_is_preflight_current(row)),
                intents=tuple(intents.get(row.id, ())),
                fence_token=row.fence_token,
                claimed_at=claimed_at,
                echoes=tuple(echoes.get(row.id, ())),
            )
            for row in found
        )

    def _load_echoes(self, found: Sequence[models.Job]) -> dict[UUID, list[Intent]]:
        """Calls of ended jobs on the same resources that nobody knows the end of."""
        earlier = models.Intent.objects.filter(
            Q(job__pair__in=[j.pair_id for j in found if j.pair_id])
            | Q(job__network_interface_id__in=[j.network_interface_id for j in found]),
            ~Q(job__state__in=("queued", "running", "parked")),
            outcome__in=("", "unknown"),
        ).select_related("job")
        echoes: dict[UUID, list[Intent]] = defaultdict(list)
        for row in earlier.order_by("intent_at") if found else ():
            intent = rows.to_intent(row)
            for job in found:
                if _is_echo(intent, row.job, job):
                    echoes[job.id].append(intent)
        return echoes

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
        return self._writes.write(changes)

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        self._writes.record(receipts, held=held)

    # What a region may still spend, and what it has taught.

    def budget(self, *, region_id: int) -> Budget:
        return self.budgets.read(region_id=region_id)

    def spend(self, *, region_id: int, api: Api, tokens: float = 1.0) -> bool:
        return self.budgets.spend(region_id=region_id, api=api, tokens=tokens)

    def owe(self, *, region_id: int, api: Api, tokens: float) -> Budget:
        return self.budgets.owe(region_id=region_id, api=api, tokens=tokens)

    def permit(self, *, region_id: int) -> None:
        self.budgets.permit(region_id=region_id)

    def is_braked(self, *, region_id: int, held: Mapping[UUID, int]) -> bool:
        parked = models.Job.objects.filter(
            state=State.PARKED.value,
            region_id=region_id,
            outage_started_at__isnull=False,
            restored_at=None,
        )
        others = [i for i in parked.values_list("id", flat=True) if i not in held]
        return any(
            admission.ends_in_refusal(intents)
            for intents in _load_intents(others).values()
        )

    def learned(self, *, region_id: int) -> Learned:
        return history.learn(region_id=region_id)

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
            route_tables=observation.route_tables.values(),
            began_at=observation.began_at,
            touch_after_s=TOUCH_AFTER_S,
        )


def _load_intents(job_ids: Sequence[UUID]) -> dict[UUID, list[Intent]]:
    """The intents of these jobs, oldest first."""
    intents: dict[UUID, list[Intent]] = defaultdict(list)
    found = models.Intent.objects.filter(job_id__in=job_ids).order_by("job_id", "seq")
    for row in found if job_ids else ():
        intents[row.job_id].append(rows.to_intent(row))
    return intents


def _is_echo(intent: Intent, earlier: models.Job, job: models.Job) -> bool:
    """Whether the call was made for the same resource, and was not seen to land."""
    if earlier.region_id != job.region_id:
        return False
    if intent.seq in earlier.memory.get("landed", ()):
        return False
    if earlier.network_interface_id or job.network_interface_id:
        return bool(earlier.network_interface_id == job.network_interface_id)
    return bool(earlier.pair_id == job.pair_id)


def _is_preflight_current(row: models.Job) -> bool:
    return row.pair is not None and row.pair.generation == row.pair_generation
