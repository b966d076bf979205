"""The chain: insert-only, each row with the hash of the one before, and its writer.

No audit row, no change: `record` refuses to run outside a transaction, and whatever
it raises rolls the change back. It must be a transaction's last write: until the
COMMIT its lock makes every other writer of the audit wait, and one that holds a row
we still want would wait for ever.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from failover.audit import asking
from failover.models import AuditEntry
from failover.redaction import mask

GENESIS = "0" * 64
# Any constant; all writers of the chain take it one after the other.
CHAIN_LOCK = 0x53574150
# Above this a float's and an integer's JSON look alike to PostgreSQL.
EXACT_INTEGERS = 2.0**53


class AuditOutsideTransaction(RuntimeError):
    """An audit row must live and die with the change that it tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was done or refused. `subject` is the row's `object`."""

    at: datetime
    actor: str
    action: str
    subject: str
    outcome: str
    token: str = ""
    source_ip: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""
    job_id: UUID | None = None
    aws_request_id: str = ""
    plan_hash: str = ""


def record(  # noqa: PLR0913 - the columns of a row.
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    outcome: str,
    token: str = "",
    source_ip: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    job_id: UUID | None = None,
    aws_request_id: str = "",
    plan_hash: str = "",
) -> AuditEntry:
    """Append one row. `subject` is the row's `object`, as "pair/article".

    Raises AuditOutsideTransaction; database errors pass through and undo the change.
    """
    entry = Entry(
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        outcome=outcome,
        token=token,
        source_ip=source_ip,
        before=before,
        after=after,
        reason=reason,
        job_id=job_id,
        aws_request_id=aws_request_id,
        plan_hash=plan_hash,
    )
    return record_all([entry])[0]


def record_all(entries: Sequence[Entry]) -> list[AuditEntry]:
    """Append the rows in this order, with one look at the chain's end.

    Raises AuditOutsideTransaction; database errors pass through and undo the change.
    """
    if not connection.in_atomic_block:
        raise AuditOutsideTransaction
    if not entries:
        return []
    serialise()
    last = AuditEntry.objects.order_by("-seq").values_list("seq", "hash").first()
    seq, prev_hash = last if last else (0, GENESIS)
    chained: list[AuditEntry] = []
    for entry in entries:
        seq += 1
        row = _chain(entry, seq=seq, prev_hash=prev_hash)
        prev_hash = row.hash
        chained.append(row)
    made = AuditEntry.objects.bulk_create(chained)
    # Told after the COMMIT: a row that was rolled back is none.
    transaction.on_commit(lambda: asking.note_rows(e.action for e in entries))
    return made


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of the row, its predecessor's hash included."""
    plain = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "token": entry.token,
        "source_ip": entry.source_ip,
        "action": entry.action,
        "object": entry.object,
        "outcome": entry.outcome,
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "job": str(entry.job_id) if entry.job_id else None,
        "aws_request_id": entry.aws_request_id,
        "plan_hash": entry.plan_hash,
        "prev_hash": entry.prev_hash,
    }
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _chain(entry: Entry, *, seq: int, prev_hash: str) -> AuditEntry:
    row = AuditEntry(
        seq=seq,
        at=entry.at,
        actor=_text(entry.actor, 150),
        token=_text(entry.token, 32),
        source_ip=_text(entry.source_ip, 45),
        action=_text(entry.action, 64),
        object=_text(entry.subject, 255),
        outcome=_text(entry.outcome, 32),
        before=None if entry.before is None else _storable(mask(dict(entry.before))),
        after=None if entry.after is None else _storable(mask(dict(entry.after))),
        reason=_storable(mask(entry.reason)),
        job_id=entry.job_id,
        aws_request_id=_text(entry.aws_request_id, 64),
        plan_hash=_text(entry.plan_hash, 64),
        prev_hash=prev_hash,
    )
    row.hash = digest(row)
    return row


def _text(value: str, most: int) -> str:
    """The text without secrets, as long as its column: PostgreSQL refuses more."""
    return str(_storable(mask(value)))[:most]


def _storable(value: Any) -> Any:
    """The value as both databases give it back, so that the hash can be checked.

    PostgreSQL knows no NUL in texts and writes large whole floats as integers.
    """
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode(errors="replace").decode()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        is_plain = -EXACT_INTEGERS < value < EXACT_INTEGERS
        return value if is_plain else str(value)
    if isinstance(value, Mapping):
        return {_storable(str(k)): _storable(v) for k, v in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [_storable(item) for item in value]
    return _storable(str(value))


def serialise() -> None:
    """One writer of the chain at a time, until the transaction's end.

    On SQLite IMMEDIATE has given that already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
