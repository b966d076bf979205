"""Anchors are made here: one row, one line of a file, one line of the log.

The row says which anchors there are, for any number of reconcilers; what an auditor
believes is the file and the log, which whoever rules the database does not rule.
"""

from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from failover import wiring
from failover.audit import GENESIS, anchors, chain
from failover.audit.anchors import Anchor
from failover.models import AuditAnchor, AuditEntry

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=5)
FILE = "audit-anchors.jsonl"
# The row that ends a job is anchored at once.
AT_ONCE = ("job.finish", "job.cancel")


def path() -> Path:
    """The file that this machine's reconcilers keep."""
    return Path(settings.DATA_DIR) / FILE


def anchor() -> Anchor | None:
    """Make an anchor if one is due, and bring this machine's file up to date.

    A crash between row and line is made good by the next call.
    """
    made = _make() if _is_due() else None
    keep_file()
    if made is not None:
        log.info(
            "audit.anchor",
            seq=made.seq,
            hash=made.hash,
            previous=made.previous,
            anchor=made.digest,
            at=made.at.isoformat(),
        )
    return made


def is_at_odds() -> bool:
    """Whether the chain is not what the file's last anchor has seen."""
    last = anchors.read_last(path())
    if last is None:
        return False
    found = AuditEntry.objects.filter(seq=last.seq).values_list("hash", flat=True)
    return found.first() != last.hash


def keep_file() -> None:
    """Copy the anchors that the file does not have yet, whoever made them."""
    with anchors.only_writer(path()):
        last = anchors.read_last(path())
        rows = AuditAnchor.objects.order_by("id")
        if last is not None:
            known = AuditAnchor.objects.filter(digest=last.digest).first()
            # A database that was restored does not know it: what is made from now
            # on follows, and the gap is told by whoever verifies.
            rows = (
                rows.filter(id__gt=known.pk) if known else rows.filter(at__gt=last.at)
            )
        anchors.append(path(), (_read(row) for row in rows.iterator()))


def _is_due() -> bool:
    last = AuditAnchor.objects.order_by("-id").first()
    seq = last.seq if last else 0
    news = AuditEntry.objects.filter(seq__gt=seq)
    if last is None or wiring.now() - last.at >= EVERY:
        return news.exists()
    return news.filter(action__in=AT_ONCE).exists()


def _make() -> Anchor | None:
    with transaction.atomic():
        # Nobody adds to the chain, nor another anchor, while this one is made.
        chain.serialise()
        head = AuditEntry.objects.order_by("-seq").values_list("seq", "hash").first()
        last = AuditAnchor.objects.order_by("-id").first()
        if head is None or (last is not None and last.seq == head[0]):
            return None
        made = Anchor(
            seq=head[0],
            hash=head[1],
            previous=last.digest if last else GENESIS,
            at=wiring.now(),
        )
        AuditAnchor.objects.create(
            seq=made.seq,
            hash=made.hash,
            previous=made.previous,
            at=made.at,
            digest=made.digest,
        )
    return made


def _read(row: AuditAnchor) -> Anchor:
    return Anchor(seq=row.seq, hash=row.hash, previous=row.previous, at=row.at)
