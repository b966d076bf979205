"""A table of rows by identifier, indexed, remembering what it recently said."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar


class Row(Protocol):
    """Whatever has an identifier and tags; rows are never changed in place."""

    @property
    def id(self) -> str: ...
    @property
    def tags(self) -> Mapping[str, str]: ...


R = TypeVar("R", bound=Row)
Keys = Callable[[R], Iterable[tuple[str, str]]]
Watcher = Callable[[R | None, R | None], None]


class Table(Generic[R]):
    """Rows in order of birth, found by identifier or by any indexed (name, value).

    The caller holds the account's lock. A reply may keep rows after the lock is
    released, because a change is always a new row.
    """

    def __init__(self, keys: Keys[R], *, indexed: Iterable[str] = ()) -> None:
        self.indexed = frozenset(indexed)
        self.watchers: list[Watcher[R]] = []
        self.memory_s = 0.0
        self._keys = keys
        self._rows: dict[str, R] = {}
        self._births: dict[str, int] = {}
        self._born = 0
        self._index: dict[tuple[str, str], dict[str, None]] = {}
        self._past: dict[str, list[tuple[float, R | None]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._rows

    def get(self, row_id: str) -> R | None:
        """The row as it is now, or None."""
        return self._rows.get(row_id)

    def birth(self, row_id: str) -> int:
        """The place of a row in the order of birth; pages are cut by it."""
        return self._births.get(row_id, 0)

    def find(self, name: str, value: str) -> list[R]:
        """The rows whose indexed field `name` has exactly this value, by birth."""
        found = self._index.get((name, value), ())
        return [self._rows[row_id] for row_id in found]

    def count(self, name: str, value: str) -> int:
        """How many rows `find` would give."""
        return len(self._index.get((name, value), ()))

    def put(self, row: R, *, at: float) -> None:
        """Add a row, or take the place of the one with the same identifier."""
        old = self._rows.get(row.id)
        if old is None:
            self._born += 1
            self._births[row.id] = self._born
            self._file(row, frozenset(self._keys(row)), frozenset())
        else:
            self._file(row, frozenset(self._keys(row)), frozenset(self._keys(old)))
        self._remember(row.id, old, at)
        self._rows[row.id] = row
        for watcher in self.watchers:
            watcher(old, row)

    def drop(self, row_id: str, *, at: float) -> None:
        """Take a row away; nothing happens when it is not there."""
        old = self._rows.pop(row_id, None)
        if old is None:
            return
        self._file(old, frozenset(), frozenset(self._keys(old)))
        self._remember(row_id, old, at)
        if row_id not in self._past:
            del self._births[row_id]
        for watcher in self.watchers:
            watcher(old, None)

    def seen(self, row_id: str, *, at: float) -> R | None:
        """The row as it was at a moment within the last `memory_s` seconds."""
        for replaced_at, old in self._past.get(row_id, ()):
            if replaced_at > at:
                return old
        return self._rows.get(row_id)

    def known(self) -> list[str]:
        """Every identifier that a stale reader could still meet, by birth."""
        if not self._past:
            return list(self._rows)
        ids = set(self._rows) | set(self._past)
        return sorted(ids, key=self._births.__getitem__)

    def forget(self, *, before: float) -> None:
        """Drop what no reader can be shown any more."""
        for row_id, versions in list(self._past.items()):
            versions[:] = [version for version in versions if version[0] >= before]
            if versions:
                continue
            del self._past[row_id]
            if row_id not in self._rows:
                self._births.pop(row_id, None)

    def _remember(self, row_id: str, old: R | None, at: float) -> None:
        if self.memory_s > 0:
            self._past.setdefault(row_id, []).append((at, old))

    def _file(
        self,
        row: R,
        new: frozenset[tuple[str, str]],
        old: frozenset[tuple[str, str]],
    ) -> None:
        for key in old - new:
            ids = self._index[key]
            del ids[row.id]
            if not ids:
                del self._index[key]
        for key in new - old:
            self._index.setdefault(key, {})[row.id] = None
