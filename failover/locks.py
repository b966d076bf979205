"""The resource locks of jobs that park and go on again (protocol P7)."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from failover import models
from failover.engine import slots
from failover.engine.job import Aim, Job, State
from failover.engine.ports import Change
from failover.models.jobs import IS_ACTIVE

# Whose locks may be fewer than when the job began: it is parked, or was.
MAY_LACK_SLOTS = Q(state=State.PARKED.value) | Q(aim=Aim.SOURCE.value) | Q(turns__gt=0)


class SlotTaken(Exception):
    """Another job has the slot that a job needs to go on."""

    def __init__(self, *, slot: str, rival: UUID) -> None:
        super().__init__(slot)
        self.slot = slot
        self.rival = rival


def list_returning(changes: Sequence[Change]) -> frozenset[UUID]:
    """The jobs that go on with these changes and may lack their slots."""
    ids = [
        c.job.id
        for c in changes
        if slots.needs_its_slots(c.job, has_call=c.intent is not None)
    ]
    rows = models.Job.objects.filter(IS_ACTIVE, MAY_LACK_SLOTS, id__in=ids)
    return frozenset(rows.values_list("id", flat=True))


def take_again(job: Job) -> None:
    """Take the slots of both ends; the other end's only if it is free.

    Raises SlotTaken, and leaves the transaction fit for use.
    """
    held = frozenset(
        models.ResourceLock.objects.filter(job_id=job.id).values_list("key", flat=True)
    )
    needed = slots.of_aim(job, held)
    if needed is not None and needed not in held:
        rival = _take(needed, job)
        if rival is not None:
            raise SlotTaken(slot=needed, rival=rival)
    other = slots.of_other_end(job, held)
    if other is not None and other not in held:
        _take(other, job)


def _take(key: str, job: Job) -> UUID | None:
    """Take the lock; the job that has it, if another does."""
    rivals = models.ResourceLock.objects.filter(key=key).values_list(
        "job_id", flat=True
    )
    rival = rivals.first()
    if rival is None:
        try:
            with transaction.atomic():
                models.ResourceLock.objects.create(key=key, job_id=job.id)
        except IntegrityError:
            # Somebody took it since; gone again by now means no more than "taken".
            return rivals.first() or job.id
    return None if rival == job.id else rival


def free_slots_of_parked(job: Job) -> None:
    """A parked job keeps its resource and the slot it aims at."""
    held = models.ResourceLock.objects.filter(job_id=job.id)
    keys = held.filter(key__contains=slots.SLOT).values_list("key", flat=True)
    kept = slots.of_aim(job, keys)
    given_up = [key for key in keys if key != kept]
    if given_up:
        held.filter(key__in=given_up).delete()
