"""Anchors: where the chain stood at a time, kept outside of the database as well.

A chain cannot show that its tail was cut off or that all of it was written anew; a
copy of its hash elsewhere can. Each anchor carries the digest of the one before, so
one that is taken out shows too.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# More than any line has: enough to find the last one from the end.
TAIL = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Row `seq` had this hash at that time; `previous` is the digest before."""

    seq: int
    hash: str
    previous: str
    at: datetime

    @property
    def digest(self) -> str:
        canonical = json.dumps(self._plain(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_line(self) -> str:
        """One line of JSON, its own digest included."""
        return json.dumps({**self._plain(), "anchor": self.digest})

    def _plain(self) -> dict[str, object]:
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return {
            "seq": self.seq,
            "hash": self.hash,
            "previous": self.previous,
            "at": at,
        }


def read_line(line: str) -> Anchor | None:
    """The anchor of a line; None where it is torn, or not what its digest says."""
    try:
        said = json.loads(line)
        anchor = Anchor(
            seq=int(said["seq"]),
            hash=str(said["hash"]),
            previous=str(said["previous"]),
            at=datetime.fromisoformat(said["at"]),
        )
        is_whole = said["anchor"] == anchor.digest
    except (ValueError, KeyError, TypeError):
        return None
    return anchor if is_whole else None


def read(path: Path) -> Iterator[Anchor]:
    """The file's anchors in order; what cannot be read leaves a gap in their links."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            anchor = read_line(line)
            if anchor is not None:
                yield anchor


def read_last(path: Path) -> Anchor | None:
    """The newest anchor of the file, read from its end."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            tail = file.read().decode(errors="replace")
    except FileNotFoundError:
        return None
    found = (read_line(line) for line in reversed(tail.splitlines()))
    return next((anchor for anchor in found if anchor is not None), None)


def append(path: Path, anchors: Iterable[Anchor]) -> None:
    """Add lines at the file's end, on the disk before this returns. Mode 0600."""
    lines = "".join(f"{anchor.to_line()}\n" for anchor in anchors)
    if not lines:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "ab", opener=_open_privately) as file:
        if _is_torn(path):
            lines = f"\n{lines}"
        file.write(lines.encode())
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """One process at a time reads the file's end and adds to it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(f"{path}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open_privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _is_torn(path: Path) -> bool:
    """Whether a crash left the last line without its end."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"
