"""Cancel and release: conditional updates of the job row alone (protocol P6, P4)."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from failover import audit, wiring
from failover.engine.refusals import RELEASABLE
from failover.models import Intent, Job, Pair, ResourceLock
from failover.models.jobs import IS_ACTIVE
from failover.models.pairs import Holder
from failover.services import refusals, scoping, starting
from failover.services.access import Actor


def cancel(*, job_id: UUID, actor: Actor) -> Job:
    """Call the job off, turn it round, or release it; asking again is harmless.

    Before its first call a job is cancelled at once; after that it returns the
    resource to where it was. Raises NotFound, Forbidden, Final.
    """
    job = scoping.one(Job.objects.filter(id=job_id), what="job", id=str(job_id))
    with transaction.atomic():
        outcome = _release(job, actor) or _call_off(job, actor) or _turn(job, actor)
        if outcome:
            starting.wake(job.region_id)
            _record(job, actor, outcome)
    job.refresh_from_db()
    if not outcome and job.state not in ("queued", "running", "parked"):
        raise refusals.Final(job_id=job.id, state=job.state)
    return job


def _release(job: Job, actor: Actor) -> str:
    """A parked job whose resource is gone or foreign, with no call open."""
    if job.state != "parked" or job.why not in RELEASABLE or _has_open_intent(job):
        return ""
    now = wiring.now()
    released = Job.objects.filter(
        id=job.id, state="parked", why__in=RELEASABLE, version=job.version
    ).update(
        state="cancelled",
        why="released",
        why_args={"by": actor.name, "found": job.why, **job.why_args},
        released_by=actor.name,
        waiting_for="",
        finished_at=now,
        cancel_requested_at=now,
        cancel_requested_by=actor.name,
        version=F("version") + 1,
    )
    if not released:
        return ""
    _free(job)
    Pair.objects.filter(jobs=job.id).update(
        desired_holder=Holder.UNKNOWN,
        desired_instance_id="",
        settled_at=now.timestamp(),
        free_seen_at=None,
        drift_seen_at=None,
        generation=F("generation") + 1,
        version=F("version") + 1,
    )
    return "released"


def _call_off(job: Job, actor: Actor) -> str:
    """No intent yet, so nothing was sent: it ends here and now."""
    now = wiring.now()
    ended = Job.objects.filter(
        IS_ACTIVE, id=job.id, first_intent_at__isnull=True
    ).update(
        state="cancelled",
        why="cancelled_by_operator",
        why_args={},
        waiting_for="",
        finished_at=now,
        cancel_requested_at=now,
        cancel_requested_by=actor.name,
        version=F("version") + 1,
    )
    if not ended:
        return ""
    _free(job)
    Pair.objects.filter(jobs=job.id).update(
        generation=F("generation") + 1, version=F("version") + 1
    )
    return "cancelled"


def _turn(job: Job, actor: Actor) -> str:
    """Something was sent: the aim becomes the source, and the engine goes there."""
    lease_now, boot = wiring.store().lease_now()
    turned = Job.objects.filter(
        IS_ACTIVE,
        id=job.id,
        first_intent_at__isnull=False,
        cancel_requested_at__isnull=True,
    ).update(
        aim="source",
        cancel_requested_at=wiring.now(),
        cancel_requested_by=actor.name,
        next_run_at=lease_now,
        clock_boot=boot,
        version=F("version") + 1,
    )
    return "turning" if turned else ""


def _has_open_intent(job: Job) -> bool:
    since = wiring.now().timestamp() - wiring.limits().settle_s
    return any(
        intent_at.timestamp() > since
        for intent_at in Intent.objects.filter(
            job_id=job.id, outcome__in=["", "unknown"]
        ).values_list("intent_at", flat=True)
    )


def _free(job: Job) -> None:
    ResourceLock.objects.filter(job_id=job.id).delete()


def _record(job: Job, actor: Actor, outcome: str) -> None:
    audit.record(
        at=wiring.now(),
        actor=actor.name,
        token=actor.token_id,
        source_ip=actor.source_ip,
        action="job.cancel",
        subject=f"job/{job.id}",
        outcome=outcome,
        before={"state": job.state},
        job_id=job.id,
    )
