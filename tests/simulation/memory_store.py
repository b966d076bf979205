"""`engine.ports.Store` in memory, to the letter of its docstrings.

Rows are frozen values, so a caller can never change a row behind the store's back.
What services do to a job (ask for one, cancel it) stands here too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from failover.engine import admission, cadence, probing, slots
from failover.engine.budget import Api, Budget, Read
from failover.engine.cadence import Learned
from failover.engine.job import Action, Aim, Job, Kind, Outcome, State, Strategy
from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.refusals import RELEASABLE
from failover.engine.topology import InterfaceId, Observation
from tests.simulation import memory_rows
from tests.simulation.memory_rows import Holder, JobRow, Locks, RegionRow

__all__ = ["RELEASABLE", "Holder", "JobRow", "MemoryStore", "RegionRow"]

# A `next_run_at` further ahead than this is a broken clock's and counts as due (P11).
FAR_AHEAD_S = 60.0


class MemoryStore:
    """Jobs, intents, leases and locks in dictionaries; `now` is database time."""

    # How long a call without an end may still land, as services know it.
    settle_s = 360.0

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self.regions: dict[int, RegionRow] = {}
        self.rows: dict[UUID, JobRow] = {}
        self._locks = Locks()
        self.learned_so_far = cadence.NOTHING_LEARNED
        self.desired: dict[InterfaceId, Holder] = {}
        self.mirrored: dict[InterfaceId, Observation] = {}

    @property
    def locks(self) -> dict[str, UUID]:
        return self._locks.held

    # What services do.

    def add_region(self, *, region_id: int) -> None:
        self.regions.setdefault(region_id, RegionRow())

    def request(self, *, job: Job, locks: frozenset[str]) -> UUID | None:
        """Insert the job with its locks; the id of the job in the way, if any."""
        rival = self._locks.find_rival(locks, job.id)
        if rival is not None:
            return rival
        row = self.rows[job.id] = JobRow(job=job, next_run_at=self._now())
        self._locks.take(row, locks)
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

    def acknowledge(self, *, job_id: UUID) -> bool:
        """Let a job end that waits for its probe; False if it does not (P4)."""
        row, now = self.rows[job_id], self._now()
        job = row.job
        if job.state is not State.RUNNING or job.waiting_for != probing.WAITING:
            return False
        row.job = replace(job, waived_at=now, version=job.version + 1)
        row.next_run_at = now
        self.wake(region_id=job.region_id)
        return True

    def _is_releasable(self, row: JobRow) -> bool:
        """Parked where no way leads back from, with no call open (P4)."""
        job = row.job
        now = self._now()
        has_open = any(i.is_open(now=now, settle_s=self.settle_s) for i in row.intents)
        return job.state is State.PARKED and job.why in RELEASABLE and not has_open

    def _release_for_good(self, row: JobRow, now: float) -> None:
        row.job = memory_rows.released(row.job, now=now)
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
            claimed.append(row.as_work(now, self.rows.values()))
        return tuple(claimed)

    def read(self, *, held: Mapping[UUID, int]) -> tuple[Work, ...]:
        now = self._now()
        rows = self.rows.values()
        return tuple(row.as_work(now, rows) for row in self._mine(held))

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

    def versions(self, *, held: Mapping[UUID, int]) -> Mapping[UUID, int]:
        return {row.job.id: row.job.version for row in self._mine(held)}

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        applied: set[UUID] = set()
        for change in changes:
            row = self.rows.get(change.job.id)
            if row is None or not self._may_write(row, change):
                continue
            if self._may_go_on(row, change) and self._pay(change):
                self._apply(row, change)
                applied.add(change.job.id)
        return frozenset(applied)

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        for receipt in receipts:
            row = self.rows.get(receipt.job_id)
            if row is None or held.get(receipt.job_id) != row.fence_token:
                continue
            ended = row.complete(receipt)
            if ended is not None and ended.outcome is Outcome.THROTTLED:
                region = self.regions[row.job.region_id]
                taught = region.budget.throttled(ended.call.action, self._now())
                region.budget = taught

    # The region's budget.

    def budget(self, *, region_id: int) -> Budget:
        return self.regions[region_id].budget

    def spend(self, *, region_id: int, api: Api, tokens: float = 1.0) -> bool:
        region, leave = self.regions[region_id], self._leave(region_id, api)
        paid = region.budget.spend(api, self._now(), tokens=tokens, leave=leave)
        region.budget = paid or region.budget
        return paid is not None

    def owe(self, *, region_id: int, api: Api, tokens: float) -> Budget:
        region = self.regions[region_id]
        region.budget = region.budget.owe(api, self._now(), tokens=tokens)
        return region.budget

    def permit(self, *, region_id: int) -> None:
        region = self.regions[region_id]
        region.budget = region.budget.permitted(self._now())

    def is_braked(self, *, region_id: int, held: Mapping[UUID, int]) -> bool:
        return any(
            row.job.is_dark and admission.ends_in_refusal(row.intents)
            for row in self._active(region_id)
            if row.job.state is State.PARKED and row.job.id not in held
        )

    def learned(self, *, region_id: int) -> Learned:
        del region_id
        return self.learned_so_far

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

    def _active(self, region_id: int) -> list[JobRow]:
        return [
            row
            for row in self.rows.values()
            if row.job.region_id == region_id and row.job.state.is_active
        ]

    def _leave(self, region_id: int, api: Api) -> float:
        if isinstance(api, Read):
            return cadence.WELL_FILLED
        if api is not Action.ATTACH and not self.regions[region_id].budget.is_shared:
            return 0.0
        jobs = (row.job for row in self._active(region_id))
        owing = sum(
            bool(j.first_intent_at)
            and j.restored_at is None
            and j.strategy is Strategy.ENI
            and j.kind is not Kind.DETACH
            for j in jobs
        )
        return owing + admission.SPARE

    def _pay(self, change: Change) -> bool:
        if change.intent is None:
            return True
        region = self.regions[change.job.region_id]
        action = change.intent.call.action
        paid = region.budget.pay(action, self._now(), leave=change.leave)
        region.budget = paid or region.budget
        return paid is not None

    def _may_go_on(self, row: JobRow, change: Change) -> bool:
        """Take the slots that a job needs as it goes on; park it where it cannot."""
        job = change.job
        if not slots.needs_its_slots(job, has_call=change.intent is not None):
            return True
        needed = slots.of_aim(job, row.locks)
        rival = self._locks.find_rival(_keys(needed), job.id)
        if needed is not None and rival is not None:
            now = self._now()
            parked = slots.shut_out(row.job, slot=needed, rival=rival, now=now)
            row.job = parked or row.job
            return False
        other = slots.of_other_end(job, row.locks)
        if self._locks.find_rival(_keys(other), job.id) is None:
            needed_too = _keys(other)
        else:
            needed_too = frozenset()
        self._locks.take(row, _keys(needed) | needed_too)
        return True

    def _apply(self, row: JobRow, change: Change) -> None:
        # What operators ask is not the engine's to write: it stays as it is.
        row.job = replace(
            change.job,
            cancel_requested_at=row.job.cancel_requested_at,
            waived_at=row.job.waived_at,
            next_run_in_s=0.0,
        )
        row.next_run_at = self._now() + change.job.next_run_in_s
        if change.intent is not None:
            row.intents = (*row.intents, change.intent)
        if change.job.state is State.PARKED:
            kept = _keys(slots.of_aim(change.job, row.locks))
            given_up = frozenset(k for k in row.locks if slots.is_slot(k)) - kept
            self._locks.give_up(row, given_up)
        if not change.job.state.is_active:
            self._unlock(change.job.id)
            self.desired[change.job.interface_id] = Holder(
                instance_id=change.holder, is_known=change.holder_known
            )

    def _unlock(self, job_id: UUID) -> None:
        row = self.rows[job_id]
        self._locks.give_up(row, row.locks)


def _keys(key: str | None) -> frozenset[str]:
    return frozenset() if key is None else frozenset({key})
