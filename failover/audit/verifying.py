"""Is the chain whole? Read from its first row to its last, in flat memory."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from failover.audit import reading
from failover.audit.anchors import Anchor
from failover.audit.chain import GENESIS, digest
from failover.audit.tampering import Finding, Restore, Tampering, Verdict
from failover.models import AuditEntry

RESTORE = "audit.restore"
# The clocks of the machines that write may differ by this much.
SKEW_S = 60.0
# A row whose number was lowered after others were taken out: looked for so far.
MOST_SHIFTED = 1000


@dataclass(slots=True)
class _Anchored:
    """Anchors in flat memory: numbers, and hashes of 32 bytes each."""

    seqs: "array[int]" = field(default_factory=lambda: array("q"))
    hashes: bytearray = field(default_factory=bytearray)
    count: int = 0
    gap: Finding | None = None

    def hash_at(self, index: int) -> str:
        return self.hashes[32 * index : 32 * index + 32].hex()


def verify(
    *,
    anchors: Iterable[Anchor],
    known: Iterable[tuple[str, int]] = (),
    now: datetime,
    database: str = "default",
) -> Verdict:
    """Read the whole chain and hold it against its anchors.

    `anchors` are those kept outside, in their order; `known` are the digests and
    numbers of those that were made, of which none may be missing outside.
    """
    restores = _list_restores(database)
    anchored = _gather(anchors, known, restores)
    chain = _Chain(anchored=anchored, now=now, database=database)
    finding = chain.read()
    findings = [f for f in (finding, anchored.gap) if f is not None]
    return Verdict(
        rows=chain.rows,
        last_seq=chain.seq,
        last_hash=chain.hash,
        anchors=anchored.count,
        restores=restores,
        findings=tuple(findings),
    )


class _Chain:
    """One reading; `seq` and `hash` are of the last good row."""

    def __init__(self, *, anchored: _Anchored, now: datetime, database: str) -> None:
        self.rows, self.seq, self.hash = 0, 0, GENESIS
        self._anchored = anchored
        self._next = 0
        self._confirmed = 0
        self._latest_s = now.timestamp() + SKEW_S
        self._database = database

    def read(self) -> Finding | None:
        try:
            for row in reading.read(database=self._database):
                self.rows += 1
                finding = self._judge(row)
                if finding is not None:
                    return finding
                self.seq, self.hash = row.seq, row.hash
        except reading.Unreadable as unreadable:
            return Finding(tampering=Tampering.EDITED, seq=unreadable.after + 1)
        if self._next < len(self._anchored.seqs):
            seen = self._anchored.seqs[-1]
            return Finding(tampering=Tampering.TRUNCATED, seq=self.seq + 1, other=seen)
        return None

    def _judge(self, row: AuditEntry) -> Finding | None:
        expected = self.seq + 1
        if row.seq == self.seq:
            return Finding(tampering=Tampering.DUPLICATE, seq=row.seq)
        if row.seq > expected:
            return Finding(tampering=Tampering.DELETED, seq=expected, other=row.seq)
        if _digest(row) != row.hash:
            return self._diagnose(row)
        if row.prev_hash != self.hash:
            # It fits itself, so it is the one before that was sealed anew.
            return Finding(tampering=Tampering.EDITED, seq=max(1, self.seq))
        if row.at.timestamp() > self._latest_s:
            return Finding(tampering=Tampering.FUTURE, seq=row.seq)
        return self._compare(row)

    def _compare(self, row: AuditEntry) -> Finding | None:
        """Hold the row against the anchors of its number."""
        anchored = self._anchored
        while self._next < len(anchored.seqs) and anchored.seqs[self._next] <= row.seq:
            is_here = anchored.seqs[self._next] == row.seq
            if is_here and anchored.hash_at(self._next) != row.hash:
                kind = Tampering.RESTORED if self._confirmed else Tampering.REWRITTEN
                return Finding(tampering=kind, seq=self._confirmed + 1, other=row.seq)
            self._confirmed = row.seq
            self._next += 1
        return None

    def _diagnose(self, row: AuditEntry) -> Finding:
        """Say what happened to a row that does not fit its own hash."""
        others = AuditEntry.objects.using(self._database).filter(prev_hash=self.hash)
        for other in others.exclude(seq=row.seq)[:2]:
            if _digest(other, seq=row.seq) == other.hash:
                return Finding(
                    tampering=Tampering.SWAPPED, seq=row.seq, other=other.seq
                )
        for seq in range(row.seq + 1, row.seq + MOST_SHIFTED):
            if _digest(row, seq=seq) == row.hash:
                return Finding(tampering=Tampering.DELETED, seq=row.seq, other=seq)
        return Finding(tampering=Tampering.EDITED, seq=row.seq)


def _digest(row: AuditEntry, *, seq: int | None = None) -> str:
    """The row's digest, at another place if one is given; empty if it has none."""
    own = row.seq
    try:
        row.seq = own if seq is None else seq
        return digest(row)
    except (TypeError, ValueError, AttributeError):
        return ""
    finally:
        row.seq = own


def _list_restores(database: str) -> tuple[Restore, ...]:
    rows = AuditEntry.objects.using(database).filter(action=RESTORE).order_by("seq")
    return tuple(
        Restore(
            seq=row.seq,
            from_seq=int((row.after or {}).get("restored_from_seq", 0)),
            at_s=row.at.timestamp(),
        )
        for row in rows
    )


def _gather(
    anchors: Iterable[Anchor],
    known: Iterable[tuple[str, int]],
    restores: Sequence[Restore],
) -> _Anchored:
    """The anchors that still bind, and the first gap among them."""
    found = _Anchored()
    made = dict(known)
    last_digest, last_seq = GENESIS, 0
    for anchor in anchors:
        found.count += 1
        made.pop(anchor.digest, None)
        is_linked = anchor.previous == last_digest
        if not is_linked and not _is_explained(anchor, last_seq, restores):
            found.gap = found.gap or Finding(
                tampering=Tampering.MISSING_ANCHOR, seq=last_seq + 1, other=anchor.seq
            )
        last_digest, last_seq = anchor.digest, anchor.seq
        if not _is_void(anchor, restores):
            found.seqs.append(anchor.seq)
            found.hashes += _bytes(anchor.hash)
    if made:
        missing = min(made.values())
        found.gap = Finding(tampering=Tampering.MISSING_ANCHOR, seq=missing)
    return _in_order(found)


def _is_explained(anchor: Anchor, last_seq: int, restores: Sequence[Restore]) -> bool:
    """After a restore the links go on from an anchor that the backup knew."""
    return any(
        r.from_seq <= last_seq and anchor.at.timestamp() >= r.at_s for r in restores
    )


def _is_void(anchor: Anchor, restores: Sequence[Restore]) -> bool:
    """Whether a restore on record has taken back the rows that it stands for."""
    at_s = anchor.at.timestamp()
    return any(anchor.seq > r.from_seq and at_s < r.at_s for r in restores)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text).ljust(32, b"\0")[:32]
    except ValueError:
        return bytes(32)


def _in_order(found: _Anchored) -> _Anchored:
    """By number: after a restore the file goes back once."""
    if all(a <= b for a, b in zip(found.seqs, found.seqs[1:], strict=False)):
        return found
    order = sorted(range(len(found.seqs)), key=found.seqs.__getitem__)
    hashes = b"".join(bytes(found.hashes[32 * i : 32 * i + 32]) for i in order)
    return _Anchored(
        seqs=array("q", [found.seqs[i] for i in order]),
        hashes=bytearray(hashes),
        count=found.count,
        gap=found.gap,
    )
