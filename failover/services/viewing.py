"""One row, one view: the facts of a row with what the reader was given beside it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from failover import models
from failover.models import Intent, Job, NetworkInterface, Pair
from failover.models.jobs import ACTIVE_STATES
from failover.services import (
    command_line,
    holders,
    observed,
    pair_settings,
    probe_views,
    standing,
    steps,
)
from failover.services.observed import Observed
from failover.services.steps import StepView
from failover.services.views import (
    AttachmentView,
    CallView,
    FrozenView,
    InstanceView,
    InterfaceView,
    JobView,
    PairView,
)


def view_job(job: Job, intents: Sequence[Intent]) -> JobView:
    """A job; `intents` are its own, oldest first."""
    is_aimed_at_target = job.aim == "target"
    aim = job.to_instance_id if is_aimed_at_target else job.from_instance_id
    return JobView(
        id=job.id,
        kind=job.kind,
        pair=job.pair_name or None,
        strategy=job.strategy,
        network_interface_id=job.network_interface_id or None,
        **_moved(job),
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
        waiting_for=_waiting_for(job) or None,
        message=probe_views.message(job, _waiting_for(job)),
        steps=_steps(job, intents),
        calls=tuple(_call(i, job.region.name) for i in intents),
        probe=probe_views.view(job),
        is_active=job.state in ACTIVE_STATES,
        version=job.version,
    )


def _waiting_for(job: Job) -> str:
    """A driver that has a job and has not begun it waits for room in the quota."""
    is_held = job.state == "queued" and bool(job.lease_owner)
    return job.waiting_for or ("admission" if is_held else "")


def _moved(job: Job) -> dict[str, Any]:
    """What a job of one call moves, by the pair's own field names."""
    parts = (job.moving or {}).get("parts", ())
    first = parts[0] if parts else {}
    return {
        "allocation_id": first.get("allocation_id"),
        "private_ip": first.get("private_ip") or None,
        "route_table_ids": tuple(
            p["route_table_id"] for p in parts if p.get("route_table_id")
        ),
        "destination_cidr": first.get("destination_cidr") or None,
    }


def _steps(job: Job, intents: Sequence[Intent]) -> tuple[StepView, ...]:
    """The steps, each with the command lines of what it has sent."""
    lines: dict[str, list[str]] = defaultdict(list)
    for intent in intents:
        if intent.outcome != "not_sent":
            step = steps.step_of(job.strategy, intent.action)
            lines[step].append(_line(intent, job.region.name))
    return tuple(
        replace(step, cli=tuple(lines[step.name]) if step.calls else ())
        for step in steps.list_steps(job, intents)
    )


def _line(intent: Intent, region: str) -> str:
    return command_line.render_call(intent.action, intent.args, region=region)


def _call(intent: Intent, region: str) -> CallView:
    # An intent without a recorded end may have been sent: that is `unknown`.
    return CallView(
        action=intent.action,
        at=intent.sent_at or intent.intent_at,
        duration_s=intent.duration_s,
        outcome=intent.outcome or "unknown",
        error_code=intent.error_code or None,
        aws_request_id=intent.aws_request_id or None,
        cli=_line(intent, region),
    )


def view_pair(
    pair: Pair,
    seen: Observed | None,
    job_id: UUID | None,
    names: Mapping[str, str],
    now: datetime,
) -> PairView:
    active = holders.active_instance_id(pair, seen)
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
        network_interface_id=pair.network_interface_id or None,
        device_index=pair.device_index,
        allocation_id=pair.allocation_id or None,
        private_ip=pair.private_ip or None,
        route_table_ids=tuple(pair.route_table_ids),
        destination_cidr=pair.destination_cidr or None,
        probe=pair.probe,
        policy=pair.policy,
        tags=pair.tags,
        active_instance_id=active,
        desired_instance_id=holders.desired_instance_id(pair),
        frozen=_frozen(pair, now),
        readiness=standing.view(pair, now=now, job_id=job_id),
        sync=holders.sync_of(pair, seen, has_job=job_id is not None),
        job=job_id,
        version=pair.version,
        primary_name=names.get(pair.primary_instance_id, ""),
        standby_name=names.get(pair.standby_instance_id, ""),
        resource_name=seen.name if seen else "",
        public_ip=seen.public_ip if seen else "",
        seen_private_ip=seen.private_ip if seen else "",
        seen_interface_id=seen.interface_id if seen else "",
        is_mixed=seen is not None and seen.holder == observed.MIXED,
        observed_at=seen.at if seen else None,
        passive_instance_id=passive,
        confirm=pair_settings.confirm_of(pair),
        is_production=pair.region.account.is_production,
    )


def _frozen(pair: Pair, now: datetime) -> FrozenView | None:
    if not holders.is_frozen_at(pair, now):
        return None
    return FrozenView(
        by=pair.frozen_by, reason=pair.frozen_reason, until=pair.frozen_until
    )


def view_interface(
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
        observed_at=row.seen_at,
        instance_name=names.get(row.instance_id, ""),
        subnet_name=subnets.get(row.subnet_id, ""),
        job=jobs.get(key),
    )


def view_instance(row: models.Instance, pairs: tuple[str, ...]) -> InstanceView:
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
        observed_at=row.seen_at,
    )
