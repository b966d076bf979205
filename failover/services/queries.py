"""The read side: rows as views, with what belongs to them, in few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from failover import models, wiring
from failover.models import Intent, Job, NetworkInterface, Pair, Region
from failover.models.jobs import ACTIVE_STATES
from failover.services import fields, holders, refusals, steps, words
from failover.services.refusals import CheckView
from failover.services.views import (
    AttachmentView,
    CallView,
    ElasticIpView,
    FrozenView,
    InstanceView,
    InterfaceView,
    JobView,
    PairView,
    ReadinessView,
)

# How often a waiting reader looks at the row.
LOOK_EVERY_S = 0.1
MOST_WAIT_S = 30.0


# Querysets, for filters and pages of lists.


def list_regions() -> QuerySet[Region]:
    """All regions, by account and name."""
    return Region.objects.select_related("account").order_by("account__name", "name")


def list_accounts() -> QuerySet[models.Account]:
    """All accounts, by name."""
    return models.Account.objects.order_by("name")


def list_interfaces() -> QuerySet[NetworkInterface]:
    """Interfaces that EC2 still shows."""
    return NetworkInterface.objects.filter(vanished_at=None).select_related(
        "region__account"
    )


def list_elastic_ips() -> QuerySet[models.ElasticIp]:
    """Elastic IPs that EC2 still shows."""
    return models.ElasticIp.objects.filter(vanished_at=None).select_related(
        "region__account"
    )


def list_instances() -> QuerySet[models.Instance]:
    """Instances that EC2 still shows."""
    return models.Instance.objects.filter(vanished_at=None).select_related(
        "region__account"
    )


def list_pairs() -> QuerySet[Pair]:
    """All pairs."""
    return Pair.objects.select_related("region__account")


def list_jobs() -> QuerySet[Job]:
    """All jobs, newest first."""
    return Job.objects.order_by("-requested_at", "-id")


def list_audit() -> QuerySet[models.AuditEntry]:
    """The audit log, newest first."""
    return models.AuditEntry.objects.order_by("-seq")


# One of each. Raises NotFound.


def get_region(region_id: str) -> Region:
    """By the id that the API gives."""
    number = _small_int(region_id)
    row = None if number is None else list_regions().filter(pk=number).first()
    if row is None:
        raise refusals.NotFound(what="region", id=region_id)
    return row


def get_pair(name: str) -> Pair:
    """By name."""
    row = list_pairs().filter(name=name).first()
    if row is None:
        raise refusals.NotFound(what="pair", id=name)
    return row


def get_pairs(names: Sequence[str]) -> dict[str, Pair]:
    """Those of the names that exist."""
    return {p.name: p for p in list_pairs().filter(name__in=names)}


def get_interface(interface_id: str) -> NetworkInterface:
    """By EC2's id."""
    row = list_interfaces().filter(interface_id=interface_id).first()
    if row is None:
        raise refusals.NotFound(what="network interface", id=interface_id)
    return row


def get_instance(instance_id: str) -> models.Instance:
    """By EC2's id."""
    row = list_instances().filter(instance_id=instance_id).first()
    if row is None:
        raise refusals.NotFound(what="instance", id=instance_id)
    return row


def get_elastic_ip(allocation_id: str) -> models.ElasticIp:
    """By EC2's allocation id."""
    row = list_elastic_ips().filter(allocation_id=allocation_id).first()
    if row is None:
        raise refusals.NotFound(what="elastic IP", id=allocation_id)
    return row


def get_job(job_id: UUID | str) -> Job:
    """By its UUID; anything else is not found."""
    known = _uuid(job_id)
    row = None if known is None else Job.objects.filter(id=known).first()
    if row is None:
        raise refusals.NotFound(what="job", id=str(job_id))
    return row


# Views.


def view_jobs(jobs: Iterable[Job]) -> list[JobView]:
    """Jobs with their steps, calls and sentences."""
    found = list(jobs)
    intents: dict[UUID, list[Intent]] = defaultdict(list)
    for intent in Intent.objects.filter(job_id__in=[j.id for j in found]).order_by(
        "seq"
    ):
        intents[intent.job_id].append(intent)
    return [_job_view(job, intents[job.id]) for job in found]


def view_job(job: Job) -> JobView:
    """One job."""
    return view_jobs([job])[0]


def view_pairs(pairs: Iterable[Pair]) -> list[PairView]:
    """Pairs with what was last seen of their resource."""
    found = list(pairs)
    interfaces = {
        (row.region_id, row.interface_id): row
        for row in NetworkInterface.objects.filter(
            interface_id__in=[p.network_interface_id for p in found]
        )
    }
    jobs = dict(
        Job.objects.filter(state__in=ACTIVE_STATES, pair__in=found).values_list(
            "pair_id", "id"
        )
    )
    ends = {i for p in found for i in (p.primary_instance_id, p.standby_instance_id)}
    names = _instance_names(ends)
    now = wiring.now()
    return [
        _pair_view(
            pair,
            interfaces.get((pair.region_id, pair.network_interface_id)),
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
    names = _instance_names({r.instance_id for r in found if r.instance_id})
    subnets = dict(
        models.Subnet.objects.filter(
            subnet_id__in={r.subnet_id for r in found}
        ).values_list("subnet_id", "name")
    )
    jobs = {
        (region_id, interface_id): job_id
        for region_id, interface_id, job_id in Job.objects.filter(
            state__in=ACTIVE_STATES, network_interface_id__in=ids
        ).values_list("region_id", "network_interface_id", "id")
    }
    return [_interface_view(row, pairs, names, subnets, jobs) for row in found]


def view_interface(row: NetworkInterface) -> InterfaceView:
    """One interface."""
    return view_interfaces([row])[0]


def view_elastic_ips(rows: Iterable[models.ElasticIp]) -> list[ElasticIpView]:
    """Elastic IPs with the pair that moves them."""
    found = list(rows)
    pairs = _pairs_by_interface([r.network_interface_id for r in found])
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
            pair=pairs.get((row.region_id, row.network_interface_id)),
            tags=row.tags,
            observed_at=row.observed_at,
        )
        for row in found
    ]


def view_instances(rows: Iterable[models.Instance]) -> list[InstanceView]:
    """Instances with the pairs they are an end of."""
    found = list(rows)
    ids = [r.instance_id for r in found]
    pairs: dict[tuple[int, str], list[str]] = defaultdict(list)
    ends = Q(primary_instance_id__in=ids) | Q(standby_instance_id__in=ids)
    for pair in Pair.objects.filter(ends).order_by("name"):
        for end in (pair.primary_instance_id, pair.standby_instance_id):
            pairs[(pair.region_id, end)].append(pair.name)
    return [
        _instance_view(row, tuple(pairs[(row.region_id, row.instance_id)]))
        for row in found
    ]


# Jobs over time.


def wait_for_change(job: Job, *, timeout_s: float) -> Job:
    """The job as soon as its row changes, or as it is when the time is up."""
    if job.state not in ACTIVE_STATES:
        return job
    until = wiring.monotonic() + min(max(timeout_s, 0.0), MOST_WAIT_S)
    while wiring.monotonic() < until:
        wiring.sleep(LOOK_EVERY_S)
        now = Job.objects.filter(id=job.id).values_list("version", "state").first()
        if now is None or now != (job.version, job.state):
            break
    return get_job(job.id)


def wait_for_end(job_id: UUID, *, states: Sequence[str]) -> dict[str, Any]:
    """Block until the job is in one of the states; its fields then."""
    job = get_job(job_id)
    while job.state not in states:
        wiring.sleep(LOOK_EVERY_S)
        job = get_job(job_id)
    return job_fields(job_id)


def job_fields(job_id: UUID) -> dict[str, Any]:
    """The job as contract.md writes it, ready for JSON."""
    return fields.as_fields(view_job(get_job(job_id)))


# One row, one view.


def _job_view(job: Job, intents: Sequence[Intent]) -> JobView:
    is_aimed_at_target = job.aim == "target"
    aim = job.to_instance_id if is_aimed_at_target else job.from_instance_id
    return JobView(
        id=job.id,
        kind=job.kind,
        pair=job.pair_name or None,
        network_interface_id=job.network_interface_id,
        state=job.state,
        from_instance_id=job.from_instance_id or None,
        to_instance_id=job.to_instance_id or None,
        aim_instance_id=aim or None,
        reason=job.reason,
        trigger=job.trigger,
        requested_by=job.requested_by,
        requested_at=job.requested_at,
        started_at=job.started_at,
        cancel_requested_at=job.cancel_requested_at,
        outage_started_at=job.outage_started_at,
        restored_at=job.restored_at,
        finished_at=job.finished_at,
        outage_s=steps.seconds_between(job.outage_started_at, job.restored_at),
        duration_s=steps.seconds_between(job.requested_at, job.finished_at),
        waiting_for=job.waiting_for or None,
        message=words.job(
            state=job.state,
            waiting_for=job.waiting_for,
            why=job.why,
            args=job.why_args,
            to=job.to_instance_id,
            source=job.from_instance_id,
        ),
        steps=steps.list_steps(job, intents),
        calls=tuple(_call_view(i) for i in intents),
        is_active=job.state in ACTIVE_STATES,
        version=job.version,
    )


def _call_view(intent: Intent) -> CallView:
    # An intent without a recorded end may have been sent: that is `unknown`.
    return CallView(
        action=intent.action,
        at=intent.sent_at or intent.intent_at,
        duration_s=intent.duration_s,
        outcome=intent.outcome or "unknown",
        error_code=intent.error_code or None,
        aws_request_id=intent.aws_request_id or None,
    )


def _pair_view(
    pair: Pair,
    row: NetworkInterface | None,
    job_id: UUID | None,
    names: Mapping[str, str],
    now: datetime,
) -> PairView:
    active = holders.active_instance_id(pair, row)
    passive = None
    if active is not None:
        is_primary = active == pair.primary_instance_id
        passive = pair.standby_instance_id if is_primary else pair.primary_instance_id
    return PairView(
        name=pair.name,
        account=pair.region.account.name,
        region=pair.region.name,
        strategy=pair.strategy,
        primary_instance_id=pair.primary_instance_id,
        standby_instance_id=pair.standby_instance_id,
        network_interface_id=pair.network_interface_id,
        device_index=pair.device_index,
        allocation_id=pair.allocation_id or None,
        private_ip=pair.private_ip or None,
        route_table_ids=tuple(pair.route_table_ids),
        destination_cidr=pair.destination_cidr or None,
        probe=pair.probe,
        policy=pair.policy,
        active_instance_id=active,
        desired_instance_id=holders.desired_instance_id(pair),
        frozen=_frozen_view(pair, now),
        readiness=view_readiness(pair),
        sync=holders.sync_of(pair, row, has_job=job_id is not None),
        job=job_id,
        version=pair.version,
        primary_name=names.get(pair.primary_instance_id, ""),
        standby_name=names.get(pair.standby_instance_id, ""),
        interface_name=row.name if row else "",
        public_ip=row.public_ip if row else "",
        interface_private_ip=row.private_ip if row else "",
        observed_at=row.observed_at if row else None,
        passive_instance_id=passive,
    )


def view_readiness(pair: Pair) -> ReadinessView:
    """The last preflight with its sentences; never checked is not ready."""
    checks = tuple(
        CheckView(
            code=c["code"],
            ok=c["ok"],
            severity=c["severity"],
            detail=words.check(c["code"], ok=c["ok"], args=c.get("args", {})),
        )
        for c in pair.readiness
    )
    is_ready = pair.readiness_at is not None and all(
        c.ok for c in checks if c.severity == "error"
    )
    return ReadinessView(ready=is_ready, checks=checks, checked_at=pair.readiness_at)


def _frozen_view(pair: Pair, now: datetime) -> FrozenView | None:
    if not holders.is_frozen_at(pair, now):
        return None
    return FrozenView(
        by=pair.frozen_by, reason=pair.frozen_reason, until=pair.frozen_until
    )


def _interface_view(
    row: NetworkInterface,
    pairs: Mapping[tuple[int, str], str],
    names: Mapping[str, str],
    subnets: Mapping[str, str],
    jobs: Mapping[tuple[int, str], UUID],
) -> InterfaceView:
    key = (row.region_id, row.interface_id)
    attachment = None
    if row.attachment_id:
        attachment = AttachmentView(
            id=row.attachment_id,
            instance_id=row.instance_id,
            device_index=row.device_index,
            status=row.attachment_status,
            delete_on_termination=row.delete_on_termination,
            attach_time=row.attach_time,
        )
    return InterfaceView(
        id=row.interface_id,
        name=row.name,
        account=row.region.account.name,
        region=row.region.name,
        availability_zone=row.availability_zone,
        vpc_id=row.vpc_id,
        subnet_id=row.subnet_id,
        status=row.status,
        description=row.description,
        interface_type=row.interface_type,
        mac_address=row.mac_address,
        private_ip=row.private_ip,
        private_ips=tuple(row.private_ips),
        ipv6_addresses=tuple(row.ipv6_addresses),
        public_ip=row.public_ip or None,
        security_groups=tuple(row.security_groups),
        source_dest_check=row.source_dest_check,
        requester_managed=row.requester_managed,
        attachment=attachment,
        tags=row.tags,
        pair=pairs.get(key),
        observed_at=row.observed_at,
        instance_name=names.get(row.instance_id, ""),
        subnet_name=subnets.get(row.subnet_id, ""),
        job=jobs.get(key),
    )


def _instance_view(row: models.Instance, pairs: tuple[str, ...]) -> InstanceView:
    return InstanceView(
        id=row.instance_id,
        name=row.name,
        account=row.region.account.name,
        region=row.region.name,
        availability_zone=row.availability_zone,
        vpc_id=row.vpc_id,
        subnet_id=row.subnet_id,
        state=row.state,
        type=row.type,
        private_ips=tuple(row.private_ips),
        public_ip=row.public_ip or None,
        status_checks={"system": row.system_status, "instance": row.instance_status},
        interfaces=tuple(row.interfaces),
        interface_limit=row.interface_limit,
        pairs=pairs,
        launch_time=row.launch_time,
        tags=row.tags,
        observed_at=row.observed_at,
    )


def _pairs_by_interface(ids: Iterable[str]) -> dict[tuple[int, str], str]:
    wanted = {i for i in ids if i}
    return {
        (region_id, interface_id): name
        for region_id, interface_id, name in Pair.objects.filter(
            network_interface_id__in=wanted
        ).values_list("region_id", "network_interface_id", "name")
    }


def _instance_names(ids: Iterable[str]) -> dict[str, str]:
    return dict(
        models.Instance.objects.filter(instance_id__in=set(ids)).values_list(
            "instance_id", "name"
        )
    )


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
