"""A table of rows by identifier, indexed, remembering what it recently said."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
# One identifier stands for itself, because most values belong to one row only.
Entry = str | dict[str, None]


class Table(Generic[R]):
    """Rows in order of birth, found by identifier or by any indexed (name, value).

    `alike` gives names that mean the same values as an indexed one. The caller holds
    the account's lock. A reply may keep rows after the lock is released, because a
    change is always a new row.
    """

    def __init__(
        self,
        keys: Keys[R],
        *,
        indexed: Iterable[str] = (),
        alike: Mapping[str, str] | None = None,
    ) -> None:
        self.watchers: list[Watcher[R]] = []
        self.memory_s = 0.0
        self._names = {name: name for name in indexed} | dict(alike or {})
        self._keys = keys
        self._rows: dict[str, R] = {}
        self._births: dict[str, int] = {}
        self._born = 0
        self._line: list[tuple[int, str]] = []
        self._index: dict[str, dict[str, Entry]] = {}
        self._past: dict[str, list[tuple[float, R | None]]] = {}
        self._replaced: deque[tuple[float, str]] = deque()
        self._written: dict[str, tuple[R, str]] = {}

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

    def is_indexed(self, name: str) -> bool:
        """Whether rows can be found by this field without looking at all of them."""
        return name in self._names or name.startswith("tag:")

    def find(self, name: str, value: str) -> list[R]:
        """The rows whose indexed field `name` has exactly this value, by birth."""
        return [self._rows[row_id] for row_id in self.in_order(self.ids(name, value))]

    def ids(self, name: str, value: str) -> Collection[str]:
        """The identifiers of the rows that `find` would give, in no order."""
        found = self._index.get(self._names.get(name, name), {}).get(value, ())
        return (found,) if isinstance(found, str) else found

    def count(self, name: str, value: str) -> int:
        """How many rows `find` would give."""
        return len(self.ids(name, value))

    def put(self, row: R, *, at: float) -> None:
        """Add a row, or take the place of the one with the same identifier."""
        old = self._rows.get(row.id)
        if old is None:
            self._born += 1
            self._births[row.id] = self._born
            self._line.append((self._born, row.id))
            self._file(row, frozenset(self._keys(row)), frozenset())
        else:
            self._file(row, frozenset(self._keys(row)), frozenset(self._keys(old)))
            self._written.pop(row.id, None)
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
        self._written.pop(row_id, None)
        self._remember(row_id, old, at)
        if row_id not in self._past:
            self._bury(row_id)
        for watcher in self.watchers:
            watcher(old, None)

    def written(self, row: R) -> str | None:
        """The text that was kept for this very version of a row, if any.

        Asked and kept without the lock: a text is never shown for another version.
        """
        kept = self._written.get(row.id)
        return kept[1] if kept is not None and kept[0] is row else None

    def keep_written(self, row: R, text: str) -> None:
        """Keep what has been written of a row until the row changes."""
        if self._rows.get(row.id) is row:
            self._written[row.id] = (row, text)

    def seen(self, row_id: str, *, at: float) -> R | None:
        """The row as it was at a moment within the last `memory_s` seconds."""
        for replaced_at, old in self._past.get(row_id, ()):
            if replaced_at > at:
                return old
        return self._rows.get(row_id)

    def known(self, *, after: int = 0) -> Iterator[str]:
        """Every identifier that a reader could meet, born after a place, in order.

        With `memory_s` that includes rows that are gone but may still be shown.
        """
        start = bisect_right(self._line, (after, "\U0010ffff")) if after else 0
        for place in range(start, len(self._line)):
            birth, row_id = self._line[place]
            if self._births.get(row_id) == birth:
                yield row_id

    def changed(self) -> list[str]:
        """The rows that a stale reader may meet otherwise than they are now."""
        return list(self._past)

    def in_order(self, ids: Iterable[str], *, after: int = 0) -> list[str]:
        """These identifiers by birth, without those born up to a place."""
        births = self._births
        return sorted(
            (row_id for row_id in ids if births.get(row_id, 0) > after),
            key=births.__getitem__,
        )

    def forget(self, *, before: float) -> None:
        """Drop what no reader can be shown any more."""
        while self._replaced and self._replaced[0][0] < before:
            _, row_id = self._replaced.popleft()
            versions = self._past.get(row_id)
            if versions is None:
                continue
            versions[:] = [version for version in versions if version[0] >= before]
            if versions:
                continue
            del self._past[row_id]
            if row_id not in self._rows:
                self._bury(row_id)

    def _bury(self, row_id: str) -> None:
        self._births.pop(row_id, None)
        if len(self._line) > 64 and len(self._line) > 2 * len(self._births):
            births = self._births
            self._line = [each for each in self._line if births.get(each[1]) == each[0]]

    def _remember(self, row_id: str, old: R | None, at: float) -> None:
        if self.memory_s > 0:
            self._past.setdefault(row_id, []).append((at, old))
            self._replaced.append((at, row_id))

    def _file(
        self,
        row: R,
        new: frozenset[tuple[str, str]],
        old: frozenset[tuple[str, str]],
    ) -> None:
        for name, value in old - new:
            entries = self._index[name]
            held = entries[value]
            if isinstance(held, dict):
                del held[row.id]
            if not held or isinstance(held, str):
                del entries[value]
            if not entries:
                del self._index[name]
        for name, value in new - old:
            entries = self._index.setdefault(name, {})
            held = entries.setdefault(value, row.id)
            if isinstance(held, dict):
                held[row.id] = None
            elif held != row.id:
                entries[value] = {held: None, row.id: None}
