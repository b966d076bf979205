"""Plain attach and detach of an interface that no pair moves."""

from uuid import UUID

from failover import wiring
from failover.engine import preflight
from failover.engine.job import Kind
from failover.engine.topology import InstanceId, Interface, InterfaceId
from failover.models import Job, Pair, PairResource, Region
from failover.services import beginning, plans, refusals, sights, starting
from failover.services.access import Actor
from failover.services.beginning import Start
from failover.services.starting import OnCreated

FREE = "free"


def request_attach(  # noqa: PLR0913 - what may be asked, each by name
    *,
    interface_id: str,
    region: Region,
    instance_id: str,
    actor: Actor,
    device_index: int | None = None,
    reason: str = "",
    job_id: UUID | None = None,
    on_created: OnCreated | None = None,
) -> Job:
    """Begin an attach; without an index the lowest free one is taken.

    Raises, in this order: JobActive, BelongsToPair, NotFound, AlreadyThere, InUse,
    PreflightFailed; Ec2Unreachable.
    """
    _require_free_of_jobs_and_pairs(interface_id, region)
    seen = sights.look(
        region=region, interface_ids=[interface_id], instance_ids=[instance_id]
    )
    interface = seen.interfaces.get(InterfaceId(interface_id))
    if interface is None:
        raise refusals.NotFound(what="network interface", id=interface_id)
    attachment = interface.attachment
    if attachment is not None:
        if attachment.instance_id == instance_id and attachment.status != "detaching":
            raise refusals.AlreadyThere(holder=instance_id)
        raise refusals.InUse(interface=interface_id, holder=attachment.instance_id)
    target = seen.instances.get(InstanceId(instance_id))
    index = device_index
    if index is None:
        index = preflight.free_index(target) if target else 1
    plan = preflight.plan_attach(
        interface=interface,
        instance_id=InstanceId(instance_id),
        device_index=index,
        seen=seen,
    )
    # A warning tells; it does not forbid a plain attach, which has no force.
    plans.require_acceptable(plan, force=True)
    begin = Start(
        job_id=job_id or wiring.new_uuid(),
        region=region,
        kind=Kind.ATTACH,
        interface=interface,
        snapshot=preflight.snapshot(interface),
        plan=plan,
        seen=seen,
        from_instance_id="",
        from_device_index=index,
        device_index=index,
        actor=actor,
        reason=reason,
    )
    return starting.start(begin, on_created=on_created)


def request_detach(  # noqa: PLR0913 - what may be asked, each by name
    *,
    interface_id: str,
    region: Region,
    actor: Actor,
    force: bool = False,
    reason: str = "",
    job_id: UUID | None = None,
    on_created: OnCreated | None = None,
) -> Job:
    """Begin a detach; `force` allows the force-detach ladder for this job.

    Raises, in this order: JobActive, BelongsToPair, NotFound, AlreadyThere,
    PreflightFailed; Ec2Unreachable.
    """
    _require_free_of_jobs_and_pairs(interface_id, region)
    seen = sights.look(region=region, interface_ids=[interface_id])
    interface = seen.interfaces.get(InterfaceId(interface_id))
    if interface is None:
        raise refusals.NotFound(what="network interface", id=interface_id)
    if interface.attachment is None:
        raise refusals.AlreadyThere(holder=FREE)
    _require_nothing_of_a_pair(interface, region)
    plan = preflight.plan_detach(interface=interface, seen=seen)
    plans.require_acceptable(plan, force=True)
    begin = Start(
        job_id=job_id or wiring.new_uuid(),
        region=region,
        kind=Kind.DETACH,
        interface=interface,
        snapshot=preflight.snapshot(interface),
        plan=plan,
        seen=seen,
        from_instance_id=interface.attachment.instance_id,
        from_device_index=interface.attachment.device_index,
        device_index=interface.attachment.device_index,
        actor=actor,
        reason=reason,
        force_after_s=wiring.limits().force_after_s if force else None,
    )
    return starting.start(begin, on_created=on_created)


def find_pair(*, region_id: int, interface_id: str) -> Pair | None:
    """The pair that moves this interface."""
    return Pair.objects.filter(
        region_id=region_id, network_interface_id=interface_id
    ).first()


def _require_free_of_jobs_and_pairs(interface_id: str, region: Region) -> None:
    starting.require_no_job(region_id=region.pk, interface_id=interface_id)
    pair = find_pair(region_id=region.pk, interface_id=interface_id)
    if pair is not None:
        raise refusals.BelongsToPair(interface=interface_id, pair=pair.name)


def _require_nothing_of_a_pair(interface: Interface, region: Region) -> None:
    """A detach would strand an address that a pair moves. Raises BelongsToPair."""
    keys = preflight.lock_keys(
        account=beginning.account_key(region),
        region=region.name,
        interface=interface,
        ends=(),
    )
    taken = PairResource.objects.filter(key__in=sorted(keys)).select_related("pair")
    first = taken.first()
    if first is not None:
        raise refusals.BelongsToPair(interface=interface.id, pair=first.pair.name)
