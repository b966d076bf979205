"""Rows of network interfaces, instances and Elastic IPs."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from failover.models import ElasticIp, Instance, NetworkInterface
from failover.web.presenters.badges import Badge, for_instance, for_interface
from failover.web.presenters.badges import for_status_checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An instance as other rows name it."""

    id: str
    name: str
    href: str

    @property
    def label(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapControl:
    """The Swap cell: a link to the dialog, a running job, or why there is neither."""

    href: str = ""
    label: str = ""
    job_href: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTie:
    """What a row of the inventory says about the pair that moves it."""

    name: str
    href: str
    other: str = ""
    other_id: str = ""
    job_id: UUID | str | None = None
    is_frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceRow:
    """One line of the network interfaces table."""

    id: str
    href: str
    name: str
    subnet_id: str
    vpc_id: str
    zone: str
    groups: tuple[str, ...]
    description: str
    instance: Holder | None
    status: Badge
    public_ip: str
    private_ip: str
    pair: PairTie | None
    swap: SwapControl


def holder(instance_id: str, names: Mapping[str, str]) -> Holder | None:
    if not instance_id:
        return None
    return Holder(
        id=instance_id,
        name=names.get(instance_id, ""),
        href=reverse("instance", args=[instance_id]),
    )


def swap_control(tie: PairTie | None, *, may_operate: bool) -> SwapControl:
    """Why a swap cannot be asked for here, or where it can."""
    if tie is None:
        return SwapControl(reason="Not in a pair")
    if tie.job_id:
        return SwapControl(job_href=reverse("job", args=[tie.job_id]))
    label = f"Swap to {tie.other}" if tie.other else "Swap"
    if not may_operate:
        return SwapControl(label=label, reason="Needs the role operator")
    if tie.is_frozen:
        return SwapControl(label=label, reason="The pair is frozen")
    return SwapControl(label=label, href=reverse("pair-swap", args=[tie.name]))


def interface_row(
    row: NetworkInterface,
    *,
    names: Mapping[str, str],
    tie: PairTie | None,
    may_operate: bool,
) -> InterfaceRow:
    return InterfaceRow(
        id=row.interface_id,
        href=reverse("interface", args=[row.interface_id]),
        name=row.name,
        subnet_id=row.subnet_id,
        vpc_id=row.vpc_id,
        zone=row.availability_zone,
        groups=tuple(g.get("name") or g.get("id", "") for g in row.security_groups),
        description=row.description,
        instance=holder(row.instance_id, names),
        status=for_interface(
            row.attachment_status
            if row.attachment_status in ("attaching", "detaching")
            else row.status
        ),
        public_ip=row.public_ip,
        private_ip=row.private_ip,
        pair=tie,
        swap=swap_control(tie, may_operate=may_operate),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRow:
    """One line of the instances table."""

    id: str
    href: str
    name: str
    state: Badge
    checks: Badge
    zone: str
    type: str
    slots: str
    public_ip: str
    private_ip: str
    pairs: tuple[str, ...]
    launch_time: str


def instance_row(row: Instance, *, pairs: tuple[str, ...]) -> InstanceRow:
    limit = f" of {row.interface_limit}" if row.interface_limit else ""
    return InstanceRow(
        id=row.instance_id,
        href=reverse("instance", args=[row.instance_id]),
        name=row.name,
        state=for_instance(row.state),
        checks=for_status_checks(row.system_status, row.instance_status),
        zone=row.availability_zone,
        type=row.type,
        slots=f"{len(row.interfaces)}{limit}",
        public_ip=row.public_ip,
        private_ip=", ".join(row.private_ips[:1]),
        pairs=pairs,
        launch_time=row.launch_time[:19].replace("T", " "),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticIpRow:
    """One line of the Elastic IPs table."""

    public_ip: str
    name: str
    allocation_id: str
    association_id: str
    interface_id: str
    interface_href: str
    private_ip: str
    instance: Holder | None
    pair: PairTie | None


def elastic_ip_row(
    row: ElasticIp, *, names: Mapping[str, str], tie: PairTie | None
) -> ElasticIpRow:
    interface_id = row.network_interface_id
    return ElasticIpRow(
        public_ip=row.public_ip,
        name=row.name,
        allocation_id=row.allocation_id,
        association_id=row.association_id,
        interface_id=interface_id,
        interface_href=(
            reverse("interface", args=[interface_id]) if interface_id else ""
        ),
        private_ip=row.private_ip,
        instance=holder(row.instance_id, names),
        pair=tie,
    )
