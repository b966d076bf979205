"""Is the audit whole? Asked by a command, once a day by the reconciler, and at odds.

The answer is kept, told to the log and put into the audit itself.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction

from failover import audit, wiring
from failover.audit import anchors, chain, guards, roles
from failover.audit.anchors import Anchor
from failover.audit.tampering import Verdict
from failover.audit.verifying import RESTORE, verify
from failover.models import AuditAnchor, AuditCheck, AuditEntry
from failover.services import anchoring, refusals

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
# While the file contradicts the chain it is read whole, but not all the time.
AT_ODDS_EVERY = timedelta(hours=1)
# A reconciler copies an anchor to its own file within seconds of its making.
COPIED_WITHIN = timedelta(seconds=30)


def check(*, by: str, path: Path | None = None, is_partial: bool = False) -> Verdict:
    """Read the whole chain and keep what it has shown.

    `path` names other anchors than this machine's file; `is_partial` says that it is
    an older copy, in which later anchors may be missing. Raises FileNotFoundError.
    """
    began_at = wiring.now()
    row = AuditCheck.objects.create(began_at=began_at, by=by)
    verdict = read(path=path, is_partial=is_partial, now=began_at)
    _finish(row, verdict)
    return verdict


def check_if_due(*, by: str) -> Verdict | None:
    """The daily reading; sooner where the file's last anchor contradicts the chain."""
    every = AT_ODDS_EVERY if anchoring.is_at_odds() else EVERY
    with transaction.atomic():
        # Of several reconcilers one reads.
        chain.serialise()
        since = wiring.now() - every
        if AuditCheck.objects.filter(began_at__gt=since).exists():
            return None
        row = AuditCheck.objects.create(began_at=wiring.now(), by=by)
    verdict = read(path=None, is_partial=False, now=row.began_at)
    _finish(row, verdict)
    return verdict


def read(*, path: Path | None, is_partial: bool, now: datetime) -> Verdict:
    """Read the whole chain; writes nothing. Raises FileNotFoundError."""
    outside = path or anchoring.path()
    if path is None and not outside.exists():
        # Nothing is kept outside yet: the database's own anchors show the clumsy.
        return verify(anchors=_list_made(), now=now)
    until = now - COPIED_WITHIN
    last = anchors.read_last(outside)
    if is_partial and last is not None:
        until = min(until, last.at)
    known = AuditAnchor.objects.filter(at__lte=until).values_list("digest", "seq")
    return verify(anchors=anchors.read(outside), known=known.iterator(), now=now)


def list_missing_guards() -> list[str]:
    """What no longer keeps the audit from being rewritten."""
    missing = guards.list_missing(connection)
    if settings.MIGRATION_DATABASE != "default":
        missing += [f"role may {right}" for right in roles.list_excess(connection)]
    return missing


def check_guards() -> list[str]:
    """Say loudly, in log and audit, when guards are gone; and once per start."""
    missing = list_missing_guards()
    if missing:
        log.error("audit.unguarded", missing=missing)
        _record("audit.guard", outcome="missing", after={"missing": missing})
    return missing


def record_restore(*, actor: str, reason: str, from_seq: int | None = None) -> int:
    """Put on record that the database was restored; the last row that it then had.

    Raises Invalid where the chain has no such row.
    """
    last = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first()
    end = last or 0
    restored = end if from_seq is None else from_seq
    if not 0 <= restored <= end:
        said = f"The chain has the rows 1 to {end}."
        raise refusals.Invalid(errors={"from": [said]})
    seen = anchors.read_last(anchoring.path())
    _record(
        RESTORE,
        actor=actor,
        outcome="recorded",
        before={"anchored_seq": seen.seq if seen else None},
        after={"restored_from_seq": restored},
        reason=reason,
    )
    return restored


def last_check() -> AuditCheck | None:
    """The newest reading that has ended."""
    return AuditCheck.objects.filter(ended_at__isnull=False).order_by("-id").first()


def _finish(row: AuditCheck, verdict: Verdict) -> None:
    bad = verdict.first_bad
    missing = list_missing_guards()
    said: dict[str, object] = {
        "rows": verdict.rows,
        "last_seq": verdict.last_seq,
        "anchors": verdict.anchors,
        "is_whole": verdict.is_whole,
        "tampering": bad.tampering.value if bad else "",
        "bad_seq": bad.seq if bad else None,
        "missing_guards": missing,
    }
    AuditCheck.objects.filter(id=row.pk).update(ended_at=wiring.now(), **said)
    _record(
        "audit.verify",
        actor=row.by,
        outcome="whole" if verdict.is_whole else "broken",
        after=said,
    )
    if verdict.is_whole:
        log.info("audit.verified", **said)
    else:
        log.error("audit.broken", **said)


def _list_made() -> Iterator[Anchor]:
    rows: Iterable[AuditAnchor] = AuditAnchor.objects.order_by("id").iterator()
    for row in rows:
        yield Anchor(seq=row.seq, hash=row.hash, previous=row.previous, at=row.at)


def _record(
    action: str,
    *,
    outcome: str,
    actor: str = "reconciler",
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    with transaction.atomic():
        audit.record(
            at=wiring.now(),
            actor=actor,
            action=action,
            subject="audit",
            outcome=outcome,
            before=before,
            after=after,
            reason=reason,
        )
