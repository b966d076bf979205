"""How one reader sees a table: each row once, and as old as `stale_s` allows."""

from typing import Generic, TypeVar

from ec2sim.state.region import Region
from ec2sim.state.table import Row, Table

R = TypeVar("R", bound=Row)


class Glance(Generic[R]):
    """The rows of a table in one reply; a row does not change between two looks."""

    def __init__(self, region: Region, table: Table[R]) -> None:
        self._region = region
        self._table = table
        self._stale_s = region.around.config.stale_s
        table.forget(before=region.now - self._stale_s)
        self._seen: dict[str, R | None] = {}
        self._changed: set[str] | None = None

    def row(self, row_id: str) -> R | None:
        """The row as it is, or as it was up to `stale_s` ago; None where unknown."""
        if self._region.hides(row_id):
            return None
        if not self._stale_s:
            return self._table.get(row_id)
        if row_id not in self._seen:
            age_s = self._region.around.chance.uniform(0, self._stale_s)
            at = self._region.now - age_s
            self._seen[row_id] = self._table.seen(row_id, at=at)
        return self._seen[row_id]

    def changed(self) -> set[str]:
        """The rows that this reader may see otherwise than they are now."""
        if self._changed is None:
            self._changed = set(self._table.changed()) if self._stale_s else set()
        return self._changed
