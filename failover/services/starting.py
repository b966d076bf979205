"""The one transaction in which a job begins: locks, row, wake-up and audit.

After it the row is the truth, and a crash loses nothing: the reconciler finds it. A
crash before its COMMIT leaves no trace at all.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q

from failover import audit, rows, tasks, wiring
from failover.models import Job, Pair, Region, ResourceLock
from failover.models.jobs import IS_ACTIVE
from failover.services import holders, refusals, sights
from failover.services.beginning import Start

OnCreated = Callable[[Job], None]
# A rival may end between the constraint's word and our look for it.
TRIES = 3


def active_job(*, region_id: int, interface_id: str, pair_id: int | None) -> Job | None:
    """The active job of the pair or of its interface."""
    mine = Q(pair_id=pair_id) if pair_id is not None else Q(pk=None)
    if interface_id:
        mine |= Q(region_id=region_id, network_interface_id=interface_id)
    return Job.objects.filter(IS_ACTIVE).filter(mine).first()


def active_jobs(*, region_id: int, pairs: Sequence[Pair]) -> dict[int, UUID]:
    """The pairs of the region that have an active job, or whose interface has one."""
    by_interface = {p.network_interface_id: p.pk for p in pairs}
    found: dict[int, UUID] = {}
    busy = Job.objects.filter(IS_ACTIVE, region_id=region_id)
    for job_id, pair_id, interface_id in busy.values_list(
        "id", "pair_id", "network_interface_id"
    ):
        found[pair_id or 0] = job_id
        if interface_id in by_interface and interface_id:
            found[by_interface[interface_id]] = job_id
    return found


def require_no_job(
    *, region_id: int, interface_id: str, pair_id: int | None = None
) -> None:
    """Raises JobActive. Asked of the database, before EC2 is."""
    job = active_job(region_id=region_id, interface_id=interface_id, pair_id=pair_id)
    if job is not None:
        raise refusals.JobActive(job_id=job.id)


def start(begin: Start, *, on_created: OnCreated | None = None) -> Job:
    """Begin the job, or say who is in the way.

    Raises JobActive, Changed, Unavailable. `on_created` runs inside the transaction;
    what it raises undoes the job.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                job = insert(begin)
                if on_created is not None:
                    on_created(job)
                finish([(begin, job)])
            sights.keep(region_id=begin.region.pk, seen=begin.seen)
            return job
        except IntegrityError as error:
            # The constraints know: either a rival, or our own row after all (P12).
            ours = Job.objects.filter(id=begin.job_id).first()
            if ours is not None:
                return ours
            rival = _rival(begin)
            if rival is not None:
                raise refusals.JobActive(job_id=rival) from error
        except DatabaseError as error:
            # An error at COMMIT may hide a success: look for the row by its id.
            return _committed_after_all(begin.job_id, error)
    raise refusals.Unavailable


def insert(begin: Start) -> Job:
    """The inserts of one job; the caller's transaction ends with `finish`."""
    generation = _hold_generation(begin)
    job = _row(begin, generation, wiring.now(), wiring.store().lease_now())
    job.save(force_insert=True)
    ResourceLock.objects.bulk_create(_locks(begin, job))
    if begin.consent is not None:
        begin.consent.spend(job)
    return job


def insert_all(begins: Sequence[Start]) -> list[Job]:
    """The same for swaps of many pairs, in a few statements: all of them or none.

    Raises Changed where any pair is not as it was, and IntegrityError where any job
    has a rival; then `insert` tells which.
    """
    by_pair = {begin.pair.pk: begin for begin in begins if begin.pair is not None}
    # In one order, so that two such requests do not wait for each other.
    held = Pair.objects.select_for_update(no_key=True).order_by("pk")
    seen = dict(held.filter(pk__in=by_pair).values_list("pk", "generation"))
    if seen != {pk: begin.generation for pk, begin in by_pair.items()}:
        raise refusals.Changed(detail="A pair was changed meanwhile.")
    Pair.objects.filter(pk__in=by_pair).update(
        generation=F("generation") + 1, free_seen_at=None
    )
    now, moment = wiring.now(), wiring.store().lease_now()
    jobs = [_row(b, b.generation + 1, now, moment) for b in begins]
    Job.objects.bulk_create(jobs)
    locks = [k for b, job in zip(begins, jobs, strict=True) for k in _locks(b, job)]
    ResourceLock.objects.bulk_create(sorted(locks, key=lambda lock: lock.key))
    for begin, job in zip(begins, jobs, strict=True):
        if begin.consent is not None:
            begin.consent.spend(job)
    return jobs


def _row(
    begin: Start, generation: int, now: datetime, moment: tuple[float, str]
) -> Job:
    lease_now, boot = moment
    attachment = begin.interface.attachment if begin.interface else None
    return Job(
        id=begin.job_id,
        region=begin.region,
        pair=begin.pair,
        pair_name=begin.pair.name if begin.pair else "",
        pair_generation=generation,
        kind=begin.kind.value,
        strategy=begin.strategy,
        state="queued",
        network_interface_id=begin.interface_id,
        moving=rows.from_moving(begin.moving),
        device_index=begin.device_index,
        from_device_index=begin.from_device_index,
        from_instance_id=begin.from_instance_id,
        to_instance_id=begin.to_instance_id,
        snapshot=[list(rider) for rider in begin.snapshot],
        probe=rows.from_probe(begin.probe),
        force_after_s=begin.force_after_s,
        preflight_at=holders.stamp(begin.seen.began_at),
        preflight_attachment_id=attachment.id if attachment else "",
        reason=begin.reason,
        trigger=begin.actor.trigger,
        requested_by=begin.actor.name,
        requested_by_token=begin.actor.token_id,
        plan_hash=begin.plan.plan_hash,
        requested_at=now,
        # Due at once, and counted as waiting from now on.
        next_run_at=lease_now,
        clock_boot=boot,
    )


def _locks(begin: Start, job: Job) -> list[ResourceLock]:
    return [ResourceLock(key=key, job=job) for key in sorted(begin.lock_keys())]


def finish(
    begun: Sequence[tuple[Start, Job]], *, also: Sequence[audit.Entry] = ()
) -> None:
    """Wake the regions and write the audit, the last two things of a transaction.

    `also` is told after what has begun.

    Two requests that begin several jobs would otherwise wait for each other: one
    with the region's row or the audit's lock in hand, the other with a pair's row.
    """
    for region_id in sorted({begin.region.pk for begin, _ in begun}):
        wake(region_id)
    consents = [
        entry
        for begin, job in begun
        if begin.consent is not None
        for entry in begin.consent.tell(job)
    ]
    told = (_tell(begin, job) for begin, job in begun)
    audit.record_all([*told, *consents, *also])


def _tell(begin: Start, job: Job) -> audit.Entry:
    return audit.Entry(
        at=job.requested_at,
        actor=begin.actor.name,
        token=begin.actor.token_id,
        source_ip=begin.actor.source_ip,
        action=f"{begin.kind.value}.request",
        subject=_subject(begin),
        outcome="accepted",
        before={"instance_id": begin.from_instance_id},
        after={"instance_id": begin.to_instance_id},
        reason=begin.reason,
        job_id=job.id,
        plan_hash=begin.plan.plan_hash,
    )


def wake(region_id: int) -> None:
    """Raise the region's wake number, and hint at it once that is committed."""
    Region.objects.filter(id=region_id).update(wake_seq=F("wake_seq") + 1)
    transaction.on_commit(lambda: tasks.wake(region_id), robust=True)


def find_lock_holder(keys: Iterable[str]) -> UUID | None:
    """The job that holds any of the locks."""
    return (
        ResourceLock.objects.filter(key__in=sorted(keys))
        .values_list("job_id", flat=True)
        .first()
    )


def refusal_for(begin: Start) -> refusals.Refusal:
    """What to say after the constraints refused the inserts."""
    rival = _rival(begin)
    if rival is not None:
        return refusals.JobActive(job_id=rival)
    return refusals.Changed(detail="Something moved meanwhile. Look again.")


def _hold_generation(begin: Start) -> int:
    """Raise the pair's generation, if nothing has happened to it since the look."""
    if begin.pair is None:
        return 0
    held = Pair.objects.filter(id=begin.pair.pk, generation=begin.generation).update(
        generation=F("generation") + 1, free_seen_at=None
    )
    if held:
        return begin.generation + 1
    rival = _rival(begin)
    if rival is not None:
        raise refusals.JobActive(job_id=rival)
    raise refusals.Changed(detail="The pair was changed meanwhile. Look again.")


def _rival(begin: Start) -> UUID | None:
    job = active_job(
        region_id=begin.region.pk,
        interface_id=begin.interface_id,
        pair_id=begin.pair.pk if begin.pair else None,
    )
    return job.id if job else find_lock_holder(begin.lock_keys())


def _committed_after_all(job_id: UUID, error: DatabaseError) -> Job:
    try:
        ours = Job.objects.filter(id=job_id).first()
    except DatabaseError:
        ours = None
    if ours is None:
        raise refusals.Unavailable from error
    return ours


def _subject(begin: Start) -> str:
    if begin.pair is not None:
        return f"pair/{begin.pair.name}"
    return f"network-interface/{begin.interface_id}"
