"""Answers of start calls, kept 24 hours and given again byte for byte (P12).

The key is claimed before the work, in a transaction of its own; a 2xx is kept in the
job's transaction, so a job without its answer cannot be. A crash in between leaves a
claim without an answer, which another request takes over after a minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from failover import wiring
from failover.models import IdempotencyRecord
from failover.services import refusals

KEPT = timedelta(hours=24)
# No request takes this long: its claim is of a process that has died.
ABANDONED = timedelta(seconds=60)
WAIT_S = 5.0
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered."""

    status: int
    body: bytes
    content_type: str
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do the work of one key."""

    record_id: UUID
    claimed_at: datetime

    def keep(self, answer: Answer) -> None:
        """Keep the answer. Raises InProgress where somebody has taken over."""
        kept = self._mine().update(
            status=answer.status,
            content_type=answer.content_type,
            location=answer.location,
            body=answer.body,
        )
        if not kept:
            raise refusals.InProgress

    def drop(self) -> None:
        """Forget the key, so that the same request may be tried again."""
        self._mine().delete()

    def _mine(self) -> QuerySet[IdempotencyRecord]:
        return IdempotencyRecord.objects.filter(
            id=self.record_id, created_at=self.claimed_at, status=None
        )


def begin(*, user_id: int, path: str, key: str, body_sha256: str) -> Claim | Answer:
    """Claim the key, or the answer that was given. Waits at most five seconds.

    Raises KeyReused, InProgress.
    """
    IdempotencyRecord.objects.filter(created_at__lt=wiring.now() - KEPT).delete()
    until = wiring.monotonic() + WAIT_S
    while True:
        claim = _claim(user_id, path, key, body_sha256)
        if claim is not None:
            return claim
        record = IdempotencyRecord.objects.filter(
            user_id=user_id, path=path, key=key
        ).first()
        if record is not None:
            if record.body_sha256 != body_sha256:
                raise refusals.KeyReused
            found = _answer(record) or _take_over(record)
            if found is not None:
                return found
        if wiring.monotonic() >= until:
            raise refusals.InProgress
        wiring.sleep(LOOK_EVERY_S)


def _claim(user_id: int, path: str, key: str, body_sha256: str) -> Claim | None:
    known = IdempotencyRecord.objects.filter(user_id=user_id, path=path, key=key)
    if known.exists():
        return None
    now = wiring.now()
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(
                id=wiring.new_uuid(),
                user_id=user_id,
                path=path,
                key=key,
                body_sha256=body_sha256,
                created_at=now,
            )
    except IntegrityError:
        return None
    return Claim(record_id=record.id, claimed_at=now)


def _answer(record: IdempotencyRecord) -> Answer | None:
    if record.status is None or record.body is None:
        return None
    return Answer(
        status=record.status,
        body=bytes(record.body),
        content_type=record.content_type,
        location=record.location,
    )


def _take_over(record: IdempotencyRecord) -> Claim | None:
    now = wiring.now()
    if record.created_at > now - ABANDONED:
        return None
    taken = IdempotencyRecord.objects.filter(
        id=record.id, created_at=record.created_at, status=None
    ).update(created_at=now)
    return Claim(record_id=record.id, claimed_at=now) if taken else None
