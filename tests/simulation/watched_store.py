"""The store as one process reaches it: each method is an I/O point, and watched."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.topology import Observation
from tests.simulation.memory_store import MemoryStore

if TYPE_CHECKING:
    from tests.simulation.process import Process


class WatchedStore:
    """`engine.ports.Store` in front of the one store of a run."""

    def __init__(
        self, *, process: "Process", inner: MemoryStore, is_rival: bool
    ) -> None:
        self._process = process
        self._inner = inner
        self._is_rival = is_rival
        self._watch = process.sim.watch

    def take_region(self, *, region_id: int, owner: str, ttl_s: float) -> int | None:
        self._process.pulse()
        if self._is_rival:
            return self._inner.regions[region_id].wake_seq
        seq = self._inner.take_region(region_id=region_id, owner=owner, ttl_s=ttl_s)
        self._process.pulse()
        return seq

    def release_region(
        self, *, region_id: int, owner: str, wake_seq: int
    ) -> int | None:
        self._process.pulse()
        newer = self._inner.release_region(
            region_id=region_id, owner=owner, wake_seq=wake_seq
        )
        self._process.pulse()
        return newer

    def claim(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> tuple[Work, ...]:
        self._process.pulse()
        works = self._inner.claim(
            region_id=region_id, owner=owner, ttl_s=ttl_s, held=held
        )
        self._watch.on_claim(works)
        self._process.pulse()
        return works

    def read(self, *, held: Mapping[UUID, int]) -> tuple[Work, ...]:
        self._process.pulse()
        return self._inner.read(held=held)

    def renew(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> None:
        self._process.pulse()
        self._inner.renew(region_id=region_id, owner=owner, ttl_s=ttl_s, held=held)
        self._process.pulse()

    def release(self, *, held: Mapping[UUID, int]) -> None:
        self._process.pulse()
        self._inner.release(held=held)
        self._process.pulse()

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        self._process.pulse()
        before = {c.job.id: self._inner.rows[c.job.id].job for c in changes}
        applied = self._inner.write(changes)
        self._watch.on_write(changes, before, applied, self._process.delivered)
        self._process.pulse()
        return applied

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        self._process.pulse()
        self._inner.record(receipts, held=held)
        self._process.pulse()

    def is_open_for(self, fence: Fence) -> bool:
        return self._inner.is_open_for(fence)

    def mirror(self, *, region_id: int, observation: Observation) -> None:
        self._process.pulse()
        self._inner.mirror(region_id=region_id, observation=observation)
        self._process.pulse()
