"""The store as one process reaches it: each method is an I/O point, and watched."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine.budget import Api, Budget
from failover.engine.cadence import Learned
from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.topology import Observation
from tests.simulation.floats import key_of
from tests.simulation.memory_store import MemoryStore

if TYPE_CHECKING:
    from tests.simulation.process import Process


class DatabaseDown(Exception):
    """The statement failed, or its COMMIT did: which of the two nobody knows."""


class WatchedStore:
    """`engine.ports.Store` in front of the one store of a run."""

    def __init__(self, *, process: "Process", is_rival: bool) -> None:
        self._process = process
        self._sim = process.sim
        self._inner: MemoryStore = process.sim.store
        self._is_rival = is_rival
        self._watch = process.sim.watch
        # What the next statement meets: nothing, its failure, or its COMMIT's.
        self.next_error = ""

    def _before(self) -> None:
        self._process.pulse()
        if self.next_error == "database_error":
            self.next_error = ""
            raise DatabaseDown
        if self._sim.is_database_down:
            raise DatabaseDown

    def _after(self) -> None:
        if self.next_error == "commit_error":
            self.next_error = ""
            raise DatabaseDown
        self._process.pulse()

    def take_region(self, *, region_id: int, owner: str, ttl_s: float) -> int | None:
        self._before()
        if self._is_rival:
            return self._inner.regions[region_id].wake_seq
        seq = self._inner.take_region(region_id=region_id, owner=owner, ttl_s=ttl_s)
        self._after()
        return seq

    def release_region(
        self, *, region_id: int, owner: str, wake_seq: int
    ) -> int | None:
        self._before()
        newer = self._inner.release_region(
            region_id=region_id, owner=owner, wake_seq=wake_seq
        )
        self._after()
        return newer

    def claim(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> tuple[Work, ...]:
        self._before()
        leases = {i: row.lease_until for i, row in self._inner.rows.items()}
        works = self._inner.claim(
            region_id=region_id, owner=owner, ttl_s=ttl_s, held=held
        )
        self._watch.on_claim(works, leases)
        self._after()
        return works

    def read(self, *, held: Mapping[UUID, int]) -> tuple[Work, ...]:
        self._before()
        works = self._inner.read(held=held)
        self._after()
        return works

    def renew(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> None:
        self._before()
        self._inner.renew(region_id=region_id, owner=owner, ttl_s=ttl_s, held=held)
        self._after()

    def release(self, *, held: Mapping[UUID, int]) -> None:
        self._before()
        self._inner.release(held=held)
        self._after()

    def versions(self, *, held: Mapping[UUID, int]) -> Mapping[UUID, int]:
        self._before()
        versions = self._inner.versions(held=held)
        self._after()
        return versions

    def budget(self, *, region_id: int) -> Budget:
        self._before()
        budget = self._inner.budget(region_id=region_id)
        self._after()
        return budget

    def spend(self, *, region_id: int, api: Api, tokens: float = 1.0) -> bool:
        self._before()
        is_paid = self._inner.spend(region_id=region_id, api=api, tokens=tokens)
        self._after()
        return is_paid

    def owe(self, *, region_id: int, api: Api, tokens: float) -> Budget:
        self._before()
        budget = self._inner.owe(region_id=region_id, api=api, tokens=tokens)
        self._after()
        return budget

    def permit(self, *, region_id: int) -> None:
        self._before()
        self._inner.permit(region_id=region_id)
        self._after()

    def is_braked(self, *, region_id: int, held: Mapping[UUID, int]) -> bool:
        self._before()
        is_braked = self._inner.is_braked(region_id=region_id, held=held)
        self._after()
        return is_braked

    def learned(self, *, region_id: int) -> Learned:
        self._before()
        learned = self._inner.learned(region_id=region_id)
        self._after()
        return learned

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        self._before()
        before = {c.job.id: self._inner.rows[c.job.id].job for c in changes}
        applied = self._inner.write(changes)
        self._watch.on_write(changes, before, applied, self._process)
        for change in changes:
            if change.job.id in applied and not change.job.state.is_active:
                self._settle(change)
        self._after()
        return applied

    def _settle(self, change: Change) -> None:
        self._sim.pairs[key_of(change.job)].settle(
            change.holder, is_known=change.holder_known, at=self._sim.database_now
        )

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        self._before()
        self._inner.record(receipts, held=held)
        self._watch.on_record({r.job_id for r in receipts})
        self._after()

    def is_open_for(self, fence: Fence) -> bool:
        return not self._sim.is_database_down and self._inner.is_open_for(fence)

    def mirror(self, *, region_id: int, observation: Observation) -> None:
        self._before()
        self._inner.mirror(region_id=region_id, observation=observation)
        self._after()
