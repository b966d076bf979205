"""The audit log: insert-only, hash-chained, in the transaction of the change.

No audit row, no change: `record` refuses to run outside a transaction, and whatever
it raises rolls the change back.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from failover.models import AuditEntry

GENESIS = "0" * 64
# Any constant; all writers of the chain take it one after the other.
CHAIN_LOCK = 0x53574150


class AuditOutsideTransaction(RuntimeError):
    """An audit row must live and die with the change that it tells of."""


def record(  # noqa: PLR0913 - one argument a column, by name.
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
    if not connection.in_atomic_block:
        raise AuditOutsideTransaction
    _serialise()
    last = AuditEntry.objects.order_by("-seq").values_list("seq", "hash").first()
    seq, prev_hash = last if last else (0, GENESIS)
    entry = AuditEntry(
        seq=seq + 1,
        at=at,
        actor=actor,
        token=token,
        source_ip=source_ip,
        action=action,
        object=subject,
        outcome=outcome,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        reason=reason,
        job_id=job_id,
        aws_request_id=aws_request_id,
        plan_hash=plan_hash,
        prev_hash=prev_hash,
    )
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    return entry


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


def _serialise() -> None:
    """One writer of the chain at a time; SQLite's IMMEDIATE already gives that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
