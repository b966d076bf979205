"""Rows of network interfaces, instances and Elastic IPs."""

from collections.abc import Mapping
from dataclasses import dataclass

from failover.services import plain_names
from failover.services.views import (
    ElasticIpView,
    InstanceView,
    InterfaceView,
    PairView,
)
from failover.web.presenters import badges, texts
from failover.web.presenters.badges import Badge
from failover.web.presenters.hrefs import page_of

# A button holds so many columns of a name.
MOST_OF_A_BUTTON = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An instance as other rows name it."""

    id: str
    name: str
    href: str

    @property
    def label(self) -> str:
        return plain_names.called(self.name, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapControl:
    """The Swap cell: a link to the dialog, a running job, or why there is neither."""

    href: str = ""
    label: str = ""
    job_href: str = ""
    reason: str = ""

    @property
    def has_control(self) -> bool:
        """Whether there is more than a reason why there is none."""
        return bool(self.href or self.job_href or self.label)


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
    pair: str
    # Which end of its pair it is at: primary, standby, or empty.
    role: str
    swap: SwapControl


def holder(instance_id: str, names: Mapping[str, str]) -> Holder | None:
    if not instance_id:
        return None
    return Holder(
        id=instance_id,
        name=names.get(instance_id, ""),
        href=page_of("instance", instance_id),
    )


def swap_control(pair: PairView | None, *, may_operate: bool) -> SwapControl:
    """Where a swap can be asked for, or why it cannot."""
    if pair is None:
        return SwapControl(reason="Not in a pair")
    if pair.job:
        return SwapControl(job_href=page_of("job", pair.job))
    label = f"Swap to {texts.short(target_name(pair), MOST_OF_A_BUTTON)}"
    if not may_operate:
        return SwapControl(label=label, reason="Needs the role operator")
    if pair.frozen:
        return SwapControl(label=label, reason="The pair is frozen")
    return SwapControl(label=label, href=page_of("pair-swap", pair.name))


def target_name(pair: PairView) -> str:
    """The name, or else the id, of the instance that a swap would go to."""
    if pair.active_instance_id == pair.primary_instance_id:
        return pair.standby_name or pair.standby_instance_id
    return pair.primary_name or pair.primary_instance_id


def interface_row(
    seen: InterfaceView, *, pair: PairView | None, may_operate: bool
) -> InterfaceRow:
    attachment = seen.attachment
    names = {attachment.instance_id: seen.instance_name} if attachment else {}
    is_moving = attachment is not None and attachment.status in (
        "attaching",
        "detaching",
    )
    control = swap_control(pair, may_operate=may_operate)
    if seen.job and not control.job_href:
        control = SwapControl(job_href=page_of("job", seen.job))
    return InterfaceRow(
        id=seen.id,
        href=page_of("interface", seen.id),
        name=seen.name,
        subnet_id=seen.subnet_id,
        vpc_id=seen.vpc_id,
        zone=seen.availability_zone,
        groups=tuple(g.get("name") or g.get("id", "") for g in seen.security_groups),
        description=seen.description,
        instance=holder(attachment.instance_id if attachment else "", names),
        status=badges.for_interface(
            attachment.status if attachment and is_moving else seen.status
        ),
        public_ip=seen.public_ip or "",
        private_ip=seen.private_ip,
        pair=seen.pair or "",
        role=_role(pair),
        swap=control,
    )


def _role(pair: PairView | None) -> str:
    if pair is None or not pair.active_instance_id:
        return ""
    is_primary = pair.active_instance_id == pair.primary_instance_id
    return "primary" if is_primary else "standby"


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


def instance_row(seen: InstanceView) -> InstanceRow:
    limit = f" of {seen.interface_limit}" if seen.interface_limit else ""
    checks = seen.status_checks
    return InstanceRow(
        id=seen.id,
        href=page_of("instance", seen.id),
        name=seen.name,
        state=badges.for_instance(seen.state),
        checks=badges.for_status_checks(
            checks.get("system", ""), checks.get("instance", "")
        ),
        zone=seen.availability_zone,
        type=seen.type,
        slots=f"{len(seen.interfaces)}{limit}",
        public_ip=seen.public_ip or "",
        private_ip=", ".join(seen.private_ips[:1]),
        pairs=tuple(seen.pairs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticIpRow:
    """One line of the Elastic IPs table."""

    href: str
    public_ip: str
    name: str
    allocation_id: str
    association_id: str
    interface_id: str
    interface_href: str
    private_ip: str
    instance: Holder | None
    pair: str


def elastic_ip_row(seen: ElasticIpView, *, names: Mapping[str, str]) -> ElasticIpRow:
    interface_id = seen.network_interface_id or ""
    return ElasticIpRow(
        href=page_of("elastic-ip", seen.allocation_id),
        public_ip=seen.public_ip,
        name=seen.name,
        allocation_id=seen.allocation_id,
        association_id=seen.association_id or "",
        interface_id=interface_id,
        interface_href=(page_of("interface", interface_id) if interface_id else ""),
        private_ip=seen.private_ip or "",
        instance=holder(seen.instance_id or "", names),
        pair=seen.pair or "",
    )
