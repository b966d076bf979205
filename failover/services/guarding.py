"""The guard's hands: two dedicated reads, the engine's rule, one job (protocol P7)."""

from datetime import timedelta

import structlog
from django.db.models import Exists, OuterRef, Q

from failover import wiring
from failover.engine import guard
from failover.engine.guard import Alarm, GuardFacts, Repair
from failover.engine.topology import InstanceId
from failover.models import Job, NetworkInterface, Pair
from failover.models.pairs import Holder, Strategy
from failover.services import (
    beginning,
    holders,
    observed,
    plans,
    refusals,
    sights,
    starting,
    words,
)
from failover.services.access import GUARD
from failover.services.plans import Prepared

log = structlog.get_logger(__name__)

REPAIR_REASON = "The {noun} was found free without a job."


# An interface that its row shows at an instance is no suspect. This is asked twice a
# second, so the many pairs at rest are left to the database.
_AT_NO_INSTANCE = NetworkInterface.objects.filter(
    region=OuterRef("region"),
    interface_id=OuterRef("network_interface_id"),
    instance_id="",
)


def list_suspects(*, region_id: int | None = None) -> list[Pair]:
    """Pairs whose resource should be held and, as last seen, lies free."""
    pairs = (
        Pair.objects.filter(desired_holder=Holder.INSTANCE)
        .filter(~Q(strategy=Strategy.ENI) | Exists(_AT_NO_INSTANCE))
        .select_related("region__account")
    )
    if region_id is not None:
        pairs = pairs.filter(region_id=region_id)
    known = {p.pk: p for p in pairs}
    free = [
        known[key]
        for key, seen in observed.list_observed(known.values()).items()
        if seen.is_free
    ]
    busy = set(
        Job.objects.filter(
            state__in=("queued", "running", "parked"), pair__in=free
        ).values_list("pair_id", flat=True)
    )
    return [p for p in free if p.pk not in busy]


def guard_repair(*, pair: Pair) -> Job | None:
    """Look once; after two looks at a free resource start its repair.

    Meant to be called again and again: the first look at a free resource is only
    remembered. Raises Ec2Unreachable. A rival job, or a change of the pair between
    look and insert, ends it without a trace.
    """
    pair.refresh_from_db()
    desired = holders.desired_instance_id(pair)
    job = starting.active_job(
        region_id=pair.region_id,
        interface_id=pair.network_interface_id,
        pair_id=pair.pk,
    )
    if desired is None or job is not None:
        return None
    prepared = plans.prepare(pair=pair, to=desired)
    sights.keep(region_id=pair.region_id, seen=prepared.seen)
    if not prepared.is_free:
        _remember(pair, None)
        return None
    judged = guard.judge(_facts(pair, prepared))
    match judged:
        case Repair(target=target):
            return _repair(pair, prepared, target)
        case Alarm(why=why):
            log.error("guard.alarm", pair=pair.name, why=why)
        case None:
            _remember_first(pair, prepared)
    return None


def _facts(pair: Pair, prepared: Prepared) -> GuardFacts:
    other = plans.choose_target(pair, prepared.plan.target)
    elsewhere = plans.plan_on(pair=pair, to=other, seen=prepared.seen)
    first = pair.free_seen_at
    reads = (prepared.seen.began_at,)
    since = wiring.now() - timedelta(hours=1)
    return GuardFacts(
        desired=prepared.plan.target,
        other=InstanceId(other),
        is_frozen=holders.is_frozen(pair, at=prepared.seen.ended_at),
        has_active_job=False,
        free_at=reads if first is None else (first, *reads),
        settled_at=pair.settled_at,
        repairs_last_hour=Job.objects.filter(
            pair=pair, trigger="guard", requested_at__gt=since
        ).count(),
        is_desired_possible=prepared.plan.is_possible,
        is_other_possible=elsewhere.plan.is_possible,
    )


def _repair(pair: Pair, prepared: Prepared, target: InstanceId) -> Job | None:
    chosen = plans.plan_on(pair=pair, to=target, seen=prepared.seen)
    if not chosen.is_free:
        return None
    begin = beginning.swap(
        chosen,
        job_id=wiring.new_uuid(),
        actor=GUARD,
        reason=words.fill(REPAIR_REASON, {"noun": words.noun(pair.strategy)}),
        source=_left_at(chosen),
        from_device_index=pair.device_index,
    )
    try:
        return starting.start(begin)
    except (refusals.JobActive, refusals.Changed) as refusal:
        log.info("guard.stood_back", pair=pair.name, why=refusal.code)
        return None


def _left_at(chosen: Prepared) -> str:
    """The instance that it was left at: its interface may still be there, and dead."""
    source = chosen.moving.source if chosen.moving else None
    return source.instance_id if source else ""


def _remember_first(pair: Pair, prepared: Prepared) -> None:
    began_at = prepared.seen.began_at
    first = pair.free_seen_at
    if first is None or first <= pair.settled_at:
        _remember(pair, began_at)


def _remember(pair: Pair, free_seen_at: float | None) -> None:
    if pair.free_seen_at != free_seen_at:
        Pair.objects.filter(id=pair.pk, generation=pair.generation).update(
            free_seen_at=free_seen_at
        )
