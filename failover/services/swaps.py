"""Swapping pairs: the request that becomes a job. Nothing else starts a swap."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction

from failover import wiring
from failover.engine import ports
from failover.engine.job import Action, Call, Kind
from failover.engine.preflight import Check
from failover.engine.topology import InstanceId, InterfaceId, Observation
from failover.models import Job, Pair, Region
from failover.services import plans, refusals, sights, starting
from failover.services.access import Actor
from failover.services.cancelling import cancel
from failover.services.guarding import guard_repair
from failover.services.plans import PlanView, Prepared
from failover.services.starting import OnCreated, Start

__all__ = [
    "PlanView",
    "cancel",
    "get_plan",
    "guard_repair",
    "request_many",
    "request_swap",
]

# From this many pairs on, one DryRun attach per role goes first (protocol P6).
BURST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """What was asked of one pair, beside the pair itself.

    `expected_active`: an instance id, "" for nobody, None for whatever it is.
    """

    to: str | None = None
    expected_active: str | None = None
    plan_hash: str | None = None
    reason: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of a bulk request, each in the order asked."""

    accepted: tuple[Job, ...]
    refused: tuple[tuple[str, refusals.Refusal], ...]


def get_plan(*, pair: Pair, to: str | None = None) -> PlanView:
    """The plan on one fresh look. Raises Invalid, Ec2Unreachable."""
    job = starting.active_job(
        region_id=pair.region_id,
        interface_id=pair.network_interface_id,
        pair_id=pair.pk,
    )
    prepared = plans.prepare(pair=pair, to=to)
    return plans.view(prepared, job_id=job.id if job else None)


def request_swap(
    *,
    pair: Pair,
    actor: Actor,
    to: str | None = None,
    expected_active: str | None = None,
    plan_hash: str | None = None,
    reason: str = "",
    force: bool = False,
    job_id: UUID | None = None,
    on_created: OnCreated | None = None,
) -> Job:
    """Begin a swap. A given `job_id` makes a repeat of the request harmless.

    Raises, in this order: JobActive, Invalid, AlreadyThere, Changed,
    PreflightFailed; Ec2Unreachable; and JobActive again when a constraint says so.
    """
    asked = Swap(
        to=to,
        expected_active=expected_active,
        plan_hash=plan_hash,
        reason=reason,
        force=force,
    )
    mine = find_own(job_id, actor=actor, pair=pair)
    if mine is not None:
        return mine
    pair.refresh_from_db()
    starting.require_no_job(
        region_id=pair.region_id,
        interface_id=pair.network_interface_id,
        pair_id=pair.pk,
    )
    _require_reason(pair, asked)
    prepared = plans.prepare(pair=pair, to=to)
    begin = _judge(prepared, asked, actor, job_id or wiring.new_uuid())
    return starting.start(begin, on_created=on_created)


def request_many(
    *,
    pairs: Sequence[Pair],
    actor: Actor,
    reason: str = "",
    force: bool = False,
    on_created: Callable[[Batch], None] | None = None,
) -> Batch:
    """Begin a swap of each pair that allows it, in one transaction.

    One look for each region; a refused pair does not hold up the others. Raises
    Unavailable, and what `on_created` raises: then nothing has begun.
    """
    asked = Swap(reason=reason, force=force)
    refused: dict[str, refusals.Refusal] = {}
    begins: dict[str, Start] = {}
    for group in _by_region(pairs).values():
        try:
            found = _judge_group(group, asked, actor, refused)
        except refusals.Refusal as refusal:
            refused |= {p.name: refusal for p in group}
        else:
            begins |= found
    jobs: dict[str, Job] = {}
    try:
        with transaction.atomic():
            for pair in pairs:
                begin = begins.get(pair.name)
                if begin is not None:
                    _insert_one(pair.name, begin, jobs, refused)
            batch = _in_order(pairs, jobs, refused)
            if on_created is not None:
                on_created(batch)
    except DatabaseError as error:
        raise refusals.Unavailable from error
    return batch


def find_own(job_id: UUID | None, *, actor: Actor, pair: Pair) -> Job | None:
    """The job that this very request has made before."""
    if job_id is None:
        return None
    return Job.objects.filter(
        id=job_id, pair_id=pair.pk, requested_by=actor.name
    ).first()


def _judge(prepared: Prepared, asked: Swap, actor: Actor, job_id: UUID) -> Start:
    if prepared.is_there:
        raise refusals.AlreadyThere(holder=str(prepared.plan.target))
    _require_unchanged(prepared, asked)
    plans.require_acceptable(prepared.plan, force=asked.force)
    interface = prepared.interface
    if interface is None:
        raise refusals.PreflightFailed(checks=plans.as_views(prepared.plan.checks))
    pair = prepared.pair
    source, index = _source(prepared)
    return Start(
        job_id=job_id,
        region=pair.region,
        kind=Kind.SWAP,
        interface=interface,
        plan=prepared.plan,
        seen=prepared.seen,
        from_instance_id=source,
        from_device_index=index,
        device_index=pair.device_index,
        actor=actor,
        reason=asked.reason,
        force_after_s=_force_after_s(pair, force=asked.force),
        pair=pair,
        generation=prepared.generation,
    )


def _source(prepared: Prepared) -> tuple[str, int]:
    """The end to return to. A detach from the target itself returns to the other."""
    pair, holder = prepared.pair, prepared.holder
    if holder is None or prepared.interface is None:
        return "", pair.device_index
    if holder == prepared.plan.target:
        return plans.choose_target(pair, holder), pair.device_index
    attachment = prepared.interface.attachment
    return holder, attachment.device_index if attachment else pair.device_index


def _require_unchanged(prepared: Prepared, asked: Swap) -> None:
    holder = prepared.holder or ""
    if asked.expected_active is not None and asked.expected_active != holder:
        said = f"The interface is now held by {holder or 'nobody'}."
        raise refusals.Changed(detail=said)
    if asked.plan_hash and asked.plan_hash != prepared.plan.plan_hash:
        said = "The plan is no longer the one you saw. Look at the new one."
        raise refusals.Changed(detail=said)


def _require_reason(pair: Pair, asked: Swap) -> None:
    if pair.policy.get("confirm") == "reason" and not asked.reason.strip():
        said = "This pair asks for a reason."
        raise refusals.Invalid(errors={"reason": [said]})


def _force_after_s(pair: Pair, *, force: bool) -> float | None:
    if not force and pair.policy.get("force") != "after":
        return None
    return float(pair.policy.get("force_after_s") or wiring.limits().force_after_s)


# Bulk.


def _by_region(pairs: Sequence[Pair]) -> Mapping[int, list[Pair]]:
    groups: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.region_id].append(pair)
    return groups


def _judge_group(
    group: Sequence[Pair],
    asked: Swap,
    actor: Actor,
    refused: dict[str, refusals.Refusal],
) -> dict[str, Start]:
    free: list[Pair] = []
    for pair in group:
        try:
            starting.require_no_job(
                region_id=pair.region_id,
                interface_id=pair.network_interface_id,
                pair_id=pair.pk,
            )
            _require_reason(pair, asked)
        except refusals.Refusal as refusal:
            refused[pair.name] = refusal
        else:
            free.append(pair)
    if not free:
        return {}
    ends = {i for p in free for i in (p.primary_instance_id, p.standby_instance_id)}
    seen = sights.look(
        region=free[0].region,
        interface_ids=[p.network_interface_id for p in free],
        instance_ids=ends,
    )
    begins: dict[str, Start] = {}
    for pair in free:
        own = _cut(seen, pair)
        try:
            prepared = plans.plan_on(pair=pair, to=None, seen=own)
            begins[pair.name] = _judge(prepared, asked, actor, wiring.new_uuid())
        except refusals.Refusal as refusal:
            refused[pair.name] = refusal
    if len(begins) > BURST:
        _require_permission(free[0].region, next(iter(begins.values())))
    return begins


def _cut(seen: Observation, pair: Pair) -> Observation:
    """The part of a look that one pair's plan rests on, so that hashes agree."""
    interface_id = InterfaceId(pair.network_interface_id)
    ends = {
        InstanceId(pair.primary_instance_id),
        InstanceId(pair.standby_instance_id),
    }
    return Observation(
        scope=seen.scope,
        began_at=seen.began_at,
        ended_at=seen.ended_at,
        interfaces={k: v for k, v in seen.interfaces.items() if k == interface_id},
        instances={k: v for k, v in seen.instances.items() if k in ends},
        elastic_ips=seen.elastic_ips,
        not_found=seen.not_found,
    )


def _require_permission(region: Region, begin: Start) -> None:
    """One DryRun attach for the whole burst. Raises PreflightFailed."""
    call = Call(
        action=Action.ATTACH,
        interface_id=begin.interface.id,
        instance_id=begin.plan.target,
        device_index=begin.device_index,
    )
    try:
        is_allowed = wiring.gateway(region).may(call)
    except ports.Ec2Refused:
        # EC2 weighs permission first: any other refusal says that we are allowed.
        return
    except ports.Ec2Error as error:
        raise sights.translate(error) from error
    if not is_allowed:
        failed = Check(code="permission_attach", ok=False)
        raise refusals.PreflightFailed(checks=plans.as_views([failed]))


def _insert_one(
    name: str,
    begin: Start,
    jobs: dict[str, Job],
    refused: dict[str, refusals.Refusal],
) -> None:
    try:
        with transaction.atomic():
            jobs[name] = starting.insert(begin)
    except refusals.Refusal as refusal:
        refused[name] = refusal
    except IntegrityError:
        refused[name] = starting.refusal_for(begin)


def _in_order(
    pairs: Sequence[Pair],
    jobs: Mapping[str, Job],
    refused: Mapping[str, refusals.Refusal],
) -> Batch:
    names = [p.name for p in pairs]
    return Batch(
        accepted=tuple(jobs[n] for n in names if n in jobs),
        refused=tuple((n, refused[n]) for n in names if n in refused),
    )
