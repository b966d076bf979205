"""The nine ways in which an audit can have been tampered with, by name."""

from dataclasses import dataclass
from enum import StrEnum


class Tampering(StrEnum):
    """Each is told with the first sequence number that it concerns."""

    #: A byte of the row is not what its hash, or the next row, says.
    EDITED = "edited"
    #: The row stands where another one was written.
    SWAPPED = "swapped"
    #: A row is missing between two others.
    DELETED = "deleted"
    #: Rows that an anchor has seen are not there any more.
    TRUNCATED = "truncated"
    #: No anchor fits: the chain is whole and is another one.
    REWRITTEN = "rewritten"
    #: Two rows have one number.
    DUPLICATE = "duplicate"
    #: The row is of a time that has not come.
    FUTURE = "future"
    #: An anchor that was made is not there any more.
    MISSING_ANCHOR = "missing-anchor"
    #: Anchors fit up to a row and not after it, and no restore is on record.
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found first; `other` is the row or anchor that it was told by."""

    tampering: Tampering
    seq: int
    other: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """A restore on record: `from_seq` was the last row that the backup had."""

    seq: int
    from_seq: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a whole reading of the chain has shown. Whole without findings."""

    rows: int
    last_seq: int
    last_hash: str
    anchors: int
    restores: tuple[Restore, ...]
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        return not self.findings

    @property
    def first_bad(self) -> Finding | None:
        """The finding with the smallest number."""
        return min(self.findings, key=lambda f: f.seq, default=None)
