"""`engine.ports.Store` in memory, to the letter of its docstrings.

Rows are frozen values, so a caller can never change a row behind the store's back.
What services do to a job (ask for one, cancel it) stands here too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from failover.engine.job import Aim, Intent, Job, Outcome, State
from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.topology import InstanceId, InterfaceId, Observation

# A `next_run_at` further ahead than this is a broken clock's and counts as due (P11).
FAR_AHEAD_S = 60.0
RELEASABLE = ("gone", "foreign_instance")


@dataclass(slots=True, kw_only=True)
class RegionRow:
    """The lease of a region's driver."""

    owner: str = ""
    lease_until: float = 0.0
    wake_seq: int = 0


@dataclass(slots=True, kw_only=True)
class JobRow:
    """A job, its intents and its lease."""

    job: Job
    intents: tuple[Intent, ...] = ()
    locks: frozenset[str] = frozenset()
    owner: str = ""
    fence_token: int = 0
    lease_until: float = 0.0
    lease_ttl_s: float = 0.0
    next_run_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The desired holder of a resource; `instance_id` None: it shall lie free."""

    instance_id: InstanceId | None
    is_known: bool = True


class MemoryStore:
    """Jobs, intents, leases and locks in dictionaries; `now` is database time."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self.regions: dict[int, RegionRow] = {}
        self.rows: dict[UUID, JobRow] = {}
        self.locks: dict[str, UUID] = {}
        self.desired: dict[InterfaceId, Holder] = {}
        self.mirrored: dict[InterfaceId, Observation] = {}

    # What services do.

    def add_region(self, *, region_id: int) -> None:
        self.regions.setdefault(region_id, RegionRow())

    def request(self, *, job: Job, locks: frozenset[str]) -> UUID | None:
        """Insert the job with its locks; the id of the job in the way, if any."""
        for key in sorted(locks):
            if key in self.locks:
                return self.locks[key]
        self.locks.update(dict.fromkeys(locks, job.id))
        self.rows[job.id] = JobRow(job=job, locks=locks, next_run_at=self._now())
        self.wake(region_id=job.region_id)
        return None

    def cancel(self, *, job_id: UUID) -> bool:
        """One update of the job's row (P6); False if the job is already at its end."""
        row, now = self.rows[job_id], self._now()
        job = row.job
        if not job.state.is_active:
            return False
        if self._is_releasable(row):
            self._release_for_good(row, now)
            return True
        if job.cancel_requested_at is not None:
            return True
        job = replace(job, cancel_requested_at=now, version=job.version + 1)
        if job.first_intent_at is None:
            job = replace(job, state=State.CANCELLED, why="cancelled", finished_at=now)
        else:
            job = replace(job, aim=Aim.SOURCE)
        row.job = job
        row.next_run_at = now
        if not job.state.is_active:
            self._unlock(job_id)
        self.wake(region_id=job.region_id)
        return True

    def _is_releasable(self, row: JobRow) -> bool:
        """Parked where no way leads back from, with no call open (P4)."""
        job = row.job
        has_open = any(i.outcome in (None, Outcome.UNKNOWN) for i in row.intents)
        return job.state is State.PARKED and job.why in RELEASABLE and not has_open

    def _release_for_good(self, row: JobRow, now: float) -> None:
        row.job = replace(
            row.job,
            state=State.CANCELLED,
            why="released",
            cancel_requested_at=now,
            finished_at=now,
            version=row.job.version + 1,
        )
        self._unlock(row.job.id)
        holder = Holder(instance_id=None, is_known=False)
        self.desired[row.job.interface_id] = holder

    def wake(self, *, region_id: int) -> None:
        self.regions[region_id].wake_seq += 1

    def is_due(self, *, region_id: int) -> bool:
        """Whether a reconciler would start a driver now."""
        now = self._now()
        if self.regions[region_id].lease_until > now:
            return False
        return any(
            r.job.region_id == region_id and self._is_claimable(r, now)
            for r in self.rows.values()
        )

    def expire_leases(self) -> None:
        """Every holder's lease is over at once, as if its process were known dead."""
        for row in self.rows.values():
            row.lease_until = 0.0
        for region in self.regions.values():
            region.lease_until = 0.0

    # The Store of `engine.ports`.

    def take_region(self, *, region_id: int, owner: str, ttl_s: float) -> int | None:
        region, now = self.regions[region_id], self._now()
        if region.lease_until > now and region.owner != owner:
            return None
        region.owner = owner
        region.lease_until = now + ttl_s
        return region.wake_seq

    def release_region(
        self, *, region_id: int, owner: str, wake_seq: int
    ) -> int | None:
        region = self.regions[region_id]
        if region.owner != owner:
            return None
        if region.wake_seq != wake_seq:
            return region.wake_seq
        region.owner = ""
        region.lease_until = 0.0
        return None

    def claim(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> tuple[Work, ...]:
        now = self._now()
        claimed: list[Work] = []
        for job_id, row in self.rows.items():
            is_mine = held.get(job_id) == row.fence_token
            if row.job.region_id != region_id or is_mine:
                continue
            if not self._is_claimable(row, now):
                continue
            row.owner = owner
            row.fence_token += 1
            row.lease_ttl_s = ttl_s
            row.lease_until = now + ttl_s
            claimed.append(_work(row, now))
        return tuple(claimed)

    def read(self, *, held: Mapping[UUID, int]) -> tuple[Work, ...]:
        now = self._now()
        return tuple(_work(row, now) for row in self._mine(held))

    def renew(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> None:
        now = self._now()
        region = self.regions[region_id]
        if region.owner == owner:
            region.lease_until = now + ttl_s
        for row in self._mine(held):
            row.lease_ttl_s = ttl_s
            row.lease_until = now + ttl_s

    def release(self, *, held: Mapping[UUID, int]) -> None:
        for row in self._mine(held):
            row.owner = ""
            row.lease_until = 0.0

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        applied: set[UUID] = set()
        for change in changes:
            row = self.rows.get(change.job.id)
            if row is not None and self._may_write(row, change):
                self._apply(row, change)
                applied.add(change.job.id)
        return frozenset(applied)

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        for receipt in receipts:
            row = self.rows.get(receipt.job_id)
            if row is None or held.get(receipt.job_id) != row.fence_token:
                continue
            row.intents = tuple(
                _completed(i, receipt) if i.id == receipt.intent_id else i
                for i in row.intents
            )

    def is_open_for(self, fence: Fence) -> bool:
        row, now = self.rows.get(fence.job_id), self._now()
        return (
            row is not None
            and row.job.state.is_active
            and row.fence_token == fence.fence_token
            and row.job.version == fence.version
            and row.lease_until - now >= row.lease_ttl_s / 3
        )

    def mirror(self, *, region_id: int, observation: Observation) -> None:
        for interface_id in observation.scope.interface_ids:
            old = self.mirrored.get(interface_id)
            if old is None or old.began_at < observation.began_at:
                self.mirrored[interface_id] = observation

    # The parts.

    def _is_claimable(self, row: JobRow, now: float) -> bool:
        is_due = row.next_run_at <= now or row.next_run_at > now + FAR_AHEAD_S
        return row.job.state.is_active and is_due and row.lease_until <= now

    def _mine(self, held: Mapping[UUID, int]) -> list[JobRow]:
        return [
            row
            for job_id, row in self.rows.items()
            if job_id in held
            and held[job_id] == row.fence_token
            and row.job.state.is_active
        ]

    def _may_write(self, row: JobRow, change: Change) -> bool:
        return (
            row.job.state.is_active
            and row.fence_token == change.fence_token
            and row.job.version == change.job_version
        )

    def _apply(self, row: JobRow, change: Change) -> None:
        # Cancel is not the engine's to write: the request's stamp stays as it is.
        stamp = row.job.cancel_requested_at
        row.job = replace(change.job, cancel_requested_at=stamp, next_run_in_s=0.0)
        row.next_run_at = self._now() + change.job.next_run_in_s
        if change.intent is not None:
            row.intents = (*row.intents, change.intent)
        if not change.job.state.is_active:
            self._unlock(change.job.id)
            self.desired[change.job.interface_id] = Holder(
                instance_id=change.holder, is_known=change.holder_known
            )

    def _unlock(self, job_id: UUID) -> None:
        self.locks = {k: j for k, j in self.locks.items() if j != job_id}


def _work(row: JobRow, now: float) -> Work:
    return Work(
        job=row.job, intents=row.intents, fence_token=row.fence_token, claimed_at=now
    )


def _completed(intent: Intent, receipt: Receipt) -> Intent:
    """An intent is completed once; a second end of it changes nothing."""
    if intent.outcome is not None:
        return intent
    return replace(
        intent,
        sent_at=receipt.sent_at,
        ended_at=receipt.ended_at,
        duration_s=receipt.duration_s,
        outcome=receipt.outcome,
        error_code=receipt.error_code,
        error_message=receipt.error_message,
        aws_request_id=receipt.aws_request_id,
        attachment_id=receipt.attachment_id,
    )
