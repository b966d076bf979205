"""What somebody did or was refused, put into the audit as they ask."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from failover import audit, wiring
from failover.services.access import Actor


def record(  # noqa: PLR0913 - the columns of a row, each by name.
    actor: Actor,
    action: str,
    subject: str,
    *,
    outcome: str = "ok",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    job_id: UUID | None = None,
    plan_hash: str = "",
) -> None:
    """Append one row; the last write of a transaction, as `audit.record` says."""
    audit.record(
        at=wiring.now(),
        actor=actor.name,
        token=actor.token_id,
        source_ip=actor.source_ip,
        action=action,
        subject=subject,
        outcome=outcome,
        before=before,
        after=after,
        reason=reason,
        job_id=job_id,
        plan_hash=plan_hash,
    )
