"""The read side: rows as views, with what belongs to them, in few queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from failover import models, wiring
from failover.models import Intent, Job, NetworkInterface, Pair, Region
from failover.models.jobs import ACTIVE_STATES
from failover.services import fields, observed, refusals, scoping, viewing
from failover.services.views import (
    ElasticIpView,
    InstanceView,
    InterfaceView,
    JobView,
    PairView,
)

# Querysets, for filters and pages of lists.


def list_regions() -> QuerySet[Region]:
    """All regions, by account and name."""
    rows = Region.objects.select_related("account")
    return scoping.visible(rows).order_by("account__name", "name")


def list_permitted_regions() -> QuerySet[Region]:
    """Those in which the one who asks may do what the request is there for."""
    return scoping.permitted(list_regions())


def list_accounts() -> QuerySet[models.Account]:
    """All accounts, by name."""
    return scoping.visible(models.Account.objects.order_by("name"))


def list_interfaces() -> QuerySet[NetworkInterface]:
    """Interfaces that EC2 still shows."""
    rows = NetworkInterface.objects.filter(vanished_at=None)
    return scoping.visible(rows).select_related("region__account")


def list_elastic_ips() -> QuerySet[models.ElasticIp]:
    """Elastic IPs that EC2 still shows."""
    rows = models.ElasticIp.objects.filter(vanished_at=None)
    return scoping.visible(rows).select_related("region__account")


def list_instances() -> QuerySet[models.Instance]:
    """Instances that EC2 still shows."""
    rows = models.Instance.objects.filter(vanished_at=None)
    return scoping.visible(rows).select_related("region__account")


def list_route_tables() -> QuerySet[models.RouteTable]:
    """Route tables that EC2 still shows."""
    return scoping.visible(models.RouteTable.objects.filter(vanished_at=None))


def list_pairs() -> QuerySet[Pair]:
    """All pairs."""
    return scoping.visible(Pair.objects.select_related("region__account"))


def list_jobs() -> QuerySet[Job]:
    """All jobs, newest first."""
    rows = Job.objects.select_related("region").order_by("-requested_at", "-id")
    return scoping.visible(rows)


def list_audit() -> QuerySet[models.AuditEntry]:
    """The audit log, newest first."""
    return scoping.visible(models.AuditEntry.objects.order_by("-seq"))


# One of each. Raises NotFound.


def get_region_by_uuid(region_id: str) -> Region:
    """By the id that the API gives."""
    number = fields.number_of("region", region_id)
    if number is None:
        raise refusals.NotFound(what="region", id=region_id)
    return get_region(str(number))


def get_region(region_id: str) -> Region:
    """By the number that forms have."""
    number = _small_int(region_id)
    rows = list_regions().filter(pk=number) if number else Region.objects.none()
    return scoping.one(rows, what="region", id=region_id)


def get_pair(name: str) -> Pair:
    """By name."""
    rows = list_pairs().filter(name=name)
    return scoping.one(rows, what="pair", id=name)


def get_pairs(names: Sequence[str]) -> dict[str, Pair]:
    """Those of the names that exist."""
    return {p.name: p for p in list_pairs().filter(name__in=names)}


def list_permitted(names: Iterable[str], *, role: str) -> frozenset[str]:
    """Those of the pairs on which the one who asks has the role."""
    rows = scoping.permitted(Pair.objects.filter(name__in=set(names)), role)
    return frozenset(rows.values_list("name", flat=True))


def get_interface(interface_id: str) -> NetworkInterface:
    """By EC2's id."""
    rows = list_interfaces().filter(interface_id=interface_id)
    return scoping.one(rows, what="network interface", id=interface_id)


def get_instance(instance_id: str) -> models.Instance:
    """By EC2's id."""
    rows = list_instances().filter(instance_id=instance_id)
    return scoping.one(rows, what="instance", id=instance_id)


def get_elastic_ip(allocation_id: str) -> models.ElasticIp:
    """By EC2's allocation id."""
    rows = list_elastic_ips().filter(allocation_id=allocation_id)
    return scoping.one(rows, what="elastic IP", id=allocation_id)


def get_job(job_id: UUID | str) -> Job:
    """By its UUID; anything else is not found."""
    known = _uuid(job_id)
    rows = list_jobs().filter(id=known) if known else Job.objects.none()
    return scoping.one(rows, what="job", id=str(job_id))


# Views.


def view_jobs(jobs: Iterable[Job]) -> list[JobView]:
    """Jobs with their steps, calls and sentences."""
    found = list(jobs)
    if not found:
        return []
    intents: dict[UUID, list[Intent]] = defaultdict(list)
    for intent in Intent.objects.filter(job_id__in=[j.id for j in found]).order_by(
        "seq"
    ):
        intents[intent.job_id].append(intent)
    return [viewing.view_job(job, intents[job.id]) for job in found]


def view_job(job: Job) -> JobView:
    """One job."""
    return view_jobs([job])[0]


def view_pairs(pairs: Iterable[Pair]) -> list[PairView]:
    """Pairs with what was last seen of their resource."""
    found = list(pairs)
    seen = observed.list_observed(found)
    jobs = dict(
        Job.objects.filter(state__in=ACTIVE_STATES, pair__in=found).values_list(
            "pair_id", "id"
        )
    )
    ends = {i for p in found for i in (p.primary_instance_id, p.standby_instance_id)}
    names = name_instances(ends)
    now = wiring.now()
    return [
        viewing.view_pair(
            pair,
            seen.get(pair.pk),
            jobs.get(pair.pk),
            names,
            now,
        )
        for pair in found
    ]


def view_pair(pair: Pair) -> PairView:
    """One pair."""
    return view_pairs([pair])[0]


def view_interfaces(rows: Iterable[NetworkInterface]) -> list[InterfaceView]:
    """Interfaces with their pairs, names and jobs."""
    found = list(rows)
    ids = [r.interface_id for r in found]
    pairs = _pairs_by_interface(ids)
    names = name_instances({r.instance_id for r in found if r.instance_id})
    subnets = dict(
        models.Subnet.objects.filter(
            region_id__in={r.region_id for r in found},
            subnet_id__in={r.subnet_id for r in found},
        ).values_list("subnet_id", "name")
    )
    jobs = {
        (region_id, interface_id): job_id
        for region_id, interface_id, job_id in list_jobs()
        .filter(state__in=ACTIVE_STATES, network_interface_id__in=ids)
        .values_list("region_id", "network_interface_id", "id")
    }
    return [viewing.view_interface(row, pairs, names, subnets, jobs) for row in found]


def view_interface(row: NetworkInterface) -> InterfaceView:
    """One interface."""
    return view_interfaces([row])[0]


def view_elastic_ips(rows: Iterable[models.ElasticIp]) -> list[ElasticIpView]:
    """Elastic IPs with the pair that moves them."""
    found = list(rows)
    pairs = _pairs_by_interface([r.network_interface_id for r in found])
    own = _pairs_by_allocation([r.allocation_id for r in found])
    return [
        ElasticIpView(
            allocation_id=row.allocation_id,
            public_ip=row.public_ip,
            name=row.name,
            account=row.region.account.name,
            region=row.region.name,
            association_id=row.association_id or None,
            network_interface_id=row.network_interface_id or None,
            private_ip=row.private_ip or None,
            instance_id=row.instance_id or None,
            pair=own.get((row.region_id, row.allocation_id))
            or pairs.get((row.region_id, row.network_interface_id)),
            tags=row.tags,
            observed_at=row.seen_at,
        )
        for row in found
    ]


def view_instances(rows: Iterable[models.Instance]) -> list[InstanceView]:
    """Instances with the pairs they are an end of."""
    found = list(rows)
    ids = [r.instance_id for r in found]
    pairs: dict[tuple[int, str], list[str]] = defaultdict(list)
    ends = Q(primary_instance_id__in=ids) | Q(standby_instance_id__in=ids)
    for pair in list_pairs().filter(ends).order_by("name"):
        for end in (pair.primary_instance_id, pair.standby_instance_id):
            pairs[(pair.region_id, end)].append(pair.name)
    return [
        viewing.view_instance(row, tuple(pairs[(row.region_id, row.instance_id)]))
        for row in found
    ]


def job_fields(job_id: UUID) -> dict[str, Any]:
    """The job as contract.md writes it, ready for JSON."""
    return fields.as_fields(view_job(get_job(job_id)))


# What rows are joined with.


def _pairs_by_interface(ids: Iterable[str]) -> dict[tuple[int, str], str]:
    wanted = {i for i in ids if i}
    return {
        (region_id, interface_id): name
        for region_id, interface_id, name in list_pairs()
        .filter(network_interface_id__in=wanted)
        .values_list("region_id", "network_interface_id", "name")
    }


def _pairs_by_allocation(ids: Iterable[str]) -> dict[tuple[int, str], str]:
    return {
        (region_id, allocation_id): name
        for region_id, allocation_id, name in list_pairs()
        .filter(allocation_id__in=set(ids))
        .values_list("region_id", "allocation_id", "name")
    }


def name_instances(ids: Iterable[str]) -> dict[str, str]:
    """The Name tags of instances, also of those that are gone."""
    rows = models.Instance.objects.filter(
        # Every region, said so that the index by region and id serves.
        region_id__in=Region.objects.values("pk"),
        instance_id__in=set(ids),
    )
    return dict(rows.values_list("instance_id", "name"))


def _uuid(job_id: UUID | str) -> UUID | None:
    if isinstance(job_id, UUID):
        return job_id
    try:
        return UUID(job_id)
    except ValueError:
        return None


def _small_int(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return None
