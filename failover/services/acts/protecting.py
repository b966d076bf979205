"""What stands before an action: active jobs, pairs, and services of AWS."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from failover.engine import preflight
from failover.engine.topology import AllocationId, ElasticIp, Interface
from failover.models import Job, Pair, PairResource, Region, ResourceLock
from failover.models.jobs import IS_ACTIVE
from failover.services import beginning, refusals
from failover.services.acts.orders import ELASTIC_IP, INSTANCE, INTERFACE


def find_job(region: Region, ids: Iterable[str]) -> UUID | None:
    """The active job that moves any of these, or holds a slot of an instance."""
    wanted = tuple(ids)
    place = f"{beginning.account_key(region)}:{region.name}:"
    held = Q(pk=None)
    for id in wanted:
        if id.startswith(INTERFACE):
            held |= Q(key=f"{place}interface:{id}")
        elif id.startswith(ELASTIC_IP):
            held |= Q(key=place + preflight.lock_of_allocation(AllocationId(id)))
        elif id.startswith(INSTANCE):
            held |= Q(key__startswith=f"{place}slot:{id}:")
    lock = ResourceLock.objects.filter(held).values_list("job_id", flat=True).first()
    if lock is not None:
        return lock
    # An ended slot lock, or a strategy that has none: the job's own row tells.
    mine = (
        Q(network_interface_id__in=[i for i in wanted if i.startswith(INTERFACE)])
        | Q(from_instance_id__in=[i for i in wanted if i.startswith(INSTANCE)])
        | Q(to_instance_id__in=[i for i in wanted if i.startswith(INSTANCE)])
    )
    jobs = Job.objects.filter(IS_ACTIVE, mine, region=region)
    return jobs.values_list("id", flat=True).first()


def require_no_job(region: Region, ids: Iterable[str]) -> None:
    """Raises JobActive. Asked of the database, before EC2 is."""
    job_id = find_job(region, ids)
    if job_id is not None:
        raise refusals.JobActive(job_id=job_id)


def require_ours(interface: Interface) -> None:
    """Raises ManagedByAws for an interface that a service of AWS looks after."""
    if interface.requester_managed:
        raise refusals.ManagedByAws(interface=interface.id)


def require_interface_of_no_pair(region: Region, interface: Interface) -> None:
    """The pair moves this interface, or an Elastic IP on it. Raises MovedByPair."""
    pair = find_pair(region, interface_id=interface.id)
    if pair is not None:
        what = f"Network interface {interface.id}"
        raise refusals.MovedByPair(what=what, pair=pair)


def require_elastic_ip_of_no_pair(region: Region, address: ElasticIp) -> None:
    """The pair moves it, alone or along with its interface. Raises MovedByPair."""
    pair = find_pair(region, allocation_id=address.allocation_id)
    if pair is None and address.interface_id is not None:
        pair = find_pair(region, interface_id=address.interface_id)
    if pair is not None:
        what = f"Elastic IP {address.public_ip}"
        raise refusals.MovedByPair(what=what, pair=pair)


def require_addresses_of_no_pair(
    region: Region, interface: Interface, addresses: Iterable[str]
) -> None:
    """A pair moves the address, or an Elastic IP that sits on it. Raises MovedByPair.

    An address that carries no Elastic IP may be taken off a pair's interface.
    """
    for address in addresses:
        lock = preflight.lock_of_address(subnet_id=interface.subnet_id, address=address)
        pair = _find_by_key(region, lock)
        riders = [a for a in interface.addresses if a.address == address]
        for rider in riders:
            if pair is None and rider.allocation_id is not None:
                pair = find_pair(region, allocation_id=rider.allocation_id)
                pair = pair or find_pair(region, interface_id=interface.id)
        if pair is not None:
            raise refusals.MovedByPair(what=f"Address {address}", pair=pair)


def find_pair(
    region: Region, *, interface_id: str = "", allocation_id: str = ""
) -> str | None:
    """The name of the pair that moves this interface or this Elastic IP."""
    which = Q(pk=None)
    if interface_id:
        which |= Q(network_interface_id=interface_id)
    if allocation_id:
        which |= Q(allocation_id=allocation_id)
    pairs = Pair.objects.filter(which, region=region)
    name = pairs.values_list("name", flat=True).first()
    if name is None and allocation_id:
        name = _find_by_key(
            region, preflight.lock_of_allocation(AllocationId(allocation_id))
        )
    return name


def _find_by_key(region: Region, lock: str) -> str | None:
    key = f"{beginning.account_key(region)}:{region.name}:{lock}"
    found = PairResource.objects.filter(key=key).values_list("pair__name", flat=True)
    return found.first()
