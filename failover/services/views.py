"""What the read side gives: plain facts with contract.md's field names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from failover.services.steps import StepView

# Fields that only pages need; `fields.as_fields` leaves them out.
PAGE = {"page": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check as the world sees it."""

    code: str
    ok: bool
    severity: str
    detail: str

    def as_fields(self) -> dict[str, object]:
        """As contract.md writes a check."""
        return {
            "code": self.code,
            "ok": self.ok,
            "severity": self.severity,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One call of a job."""

    action: str
    at: datetime
    duration_s: float | None
    outcome: str
    error_code: str | None
    aws_request_id: str | None
    # The same call for a shell.
    cli: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeView:
    """A job's probe and its newest answer, which was first heard at `since`."""

    kind: str
    port: int
    path: str
    expect: str
    address: str | None
    outcome: str | None
    code: str | None
    detail: str
    since: datetime | None
    overdue_at: datetime | None
    waived_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job; see contract.md."""

    id: UUID
    kind: str
    pair: str | None
    strategy: str
    network_interface_id: str | None
    allocation_id: str | None
    private_ip: str | None
    route_table_ids: tuple[str, ...]
    destination_cidr: str | None
    state: str
    from_instance_id: str | None
    to_instance_id: str | None
    aim_instance_id: str | None
    reason: str
    trigger: str
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    cancel_requested_at: datetime | None
    outage_started_at: datetime | None
    restored_at: datetime | None
    finished_at: datetime | None
    outage_s: float | None
    duration_s: float | None
    waiting_for: str | None
    message: str
    steps: tuple[StepView, ...]
    calls: tuple[CallView, ...]
    probe: ProbeView | None
    # For pages: whether it holds its locks, and its version for long polls.
    is_active: bool = field(metadata=PAGE)
    version: int = field(metadata=PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenView:
    """Who froze a pair, why and until when."""

    by: str
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessView:
    """The last continuous preflight of an idle pair, and what has passed since.

    `since` is when this verdict began, once it has lasted and was told.
    """

    ready: bool
    checks: tuple[CheckView, ...]
    checked_at: datetime | None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """A pair; see contract.md."""

    name: str
    account: str
    region: str
    strategy: str
    primary_instance_id: str
    standby_instance_id: str
    network_interface_id: str | None
    device_index: int
    allocation_id: str | None
    private_ip: str | None
    route_table_ids: tuple[str, ...]
    destination_cidr: str | None
    probe: Mapping[str, Any]
    policy: Mapping[str, Any]
    tags: Mapping[str, str]
    active_instance_id: str | None
    desired_instance_id: str | None
    frozen: FrozenView | None
    readiness: ReadinessView
    sync: str
    job: UUID | None
    version: int
    # For pages.
    primary_name: str = field(metadata=PAGE)
    standby_name: str = field(metadata=PAGE)
    resource_name: str = field(metadata=PAGE)
    public_ip: str = field(metadata=PAGE)
    seen_private_ip: str = field(metadata=PAGE)
    seen_interface_id: str = field(metadata=PAGE)
    is_mixed: bool = field(metadata=PAGE)
    observed_at: datetime | None = field(metadata=PAGE)
    passive_instance_id: str | None = field(metadata=PAGE)
    # What a person is asked before a swap, and whether the account is production.
    confirm: str = field(metadata=PAGE)
    is_production: bool = field(metadata=PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """Where a network interface is attached."""

    id: str
    instance_id: str
    device_index: int | None
    status: str
    delete_on_termination: bool
    attach_time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceView:
    """A network interface; see contract.md."""

    id: str
    name: str
    account: str
    region: str
    availability_zone: str
    vpc_id: str
    subnet_id: str
    status: str
    description: str
    interface_type: str
    mac_address: str
    private_ip: str
    private_ips: tuple[Mapping[str, Any], ...]
    ipv6_addresses: tuple[str, ...]
    public_ip: str | None
    security_groups: tuple[Mapping[str, str], ...]
    source_dest_check: bool
    requester_managed: bool
    attachment: AttachmentView | None
    tags: Mapping[str, str]
    pair: str | None
    observed_at: datetime
    # For pages: names beside ids, and the job at work on it.
    instance_name: str = field(metadata=PAGE)
    subnet_name: str = field(metadata=PAGE)
    job: UUID | None = field(metadata=PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticIpView:
    """An Elastic IP; see contract.md."""

    allocation_id: str
    public_ip: str
    name: str
    account: str
    region: str
    association_id: str | None
    network_interface_id: str | None
    private_ip: str | None
    instance_id: str | None
    pair: str | None
    tags: Mapping[str, str]
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceView:
    """An instance; see contract.md."""

    id: str
    name: str
    account: str
    region: str
    availability_zone: str
    vpc_id: str
    subnet_id: str
    state: str
    type: str
    private_ips: tuple[str, ...]
    public_ip: str | None
    status_checks: Mapping[str, str]
    interfaces: tuple[Mapping[str, Any], ...]
    interface_limit: int | None
    pairs: tuple[str, ...]
    launch_time: str
    tags: Mapping[str, str]
    observed_at: datetime
