"""What may be done to an object, as the menu of its page has it: or why not."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from failover.models import Role
from failover.services.views import ElasticIpView, InstanceView, InterfaceView


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One action; with a `reason` it cannot be asked for now."""

    label: str
    href: str
    reason: str = ""
    is_danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Actions that belong together."""

    title: str
    items: tuple[Item, ...]


# Path's name, label, the role that it needs, whether something is lost by it.
Line = tuple[str, str, Role, bool]
INTERFACE: Mapping[str, tuple[Line, ...]] = {
    "Attachment": (
        ("interface-attach", "Attach", Role.OPERATOR, False),
        ("interface-detach", "Detach", Role.OPERATOR, True),
        ("interface-termination", "Change termination behavior", Role.OPERATOR, False),
    ),
    "Addresses": (
        ("interface-assign", "Assign private addresses", Role.OPERATOR, False),
        ("interface-unassign", "Unassign private addresses", Role.OPERATOR, True),
        ("interface-associate", "Associate Elastic IP", Role.OPERATOR, False),
        ("interface-disassociate", "Disassociate Elastic IP", Role.OPERATOR, True),
    ),
    "Interface": (
        ("interface-describe", "Change description", Role.OPERATOR, False),
        ("interface-groups", "Change security groups", Role.OPERATOR, False),
        ("interface-check", "Change source/dest. check", Role.OPERATOR, False),
        ("interface-tags", "Manage tags", Role.OPERATOR, False),
        ("interface-delete", "Delete", Role.ADMIN, True),
    ),
}
ELASTIC_IP: Mapping[str, tuple[Line, ...]] = {
    "Association": (
        ("elastic-ip-associate", "Associate", Role.OPERATOR, False),
        ("elastic-ip-disassociate", "Disassociate", Role.OPERATOR, True),
    ),
    "Elastic IP": (
        ("elastic-ip-tags", "Manage tags", Role.OPERATOR, False),
        ("elastic-ip-release", "Release", Role.ADMIN, True),
    ),
}
INSTANCE: Mapping[str, tuple[Line, ...]] = {
    "Instance state": (
        ("instance-start", "Start", Role.OPERATOR, False),
        ("instance-stop", "Stop", Role.OPERATOR, True),
        ("instance-reboot", "Reboot", Role.OPERATOR, True),
    ),
    "Instance": (("instance-tags", "Manage tags", Role.OPERATOR, False),),
}


def interface_menu(seen: InterfaceView, *, role: str) -> list[Group]:
    """The menu of a network interface, for somebody of this role."""
    reasons = interface_reasons(seen)
    index = seen.attachment.device_index if seen.attachment else None
    moved = f"Pair {seen.pair} moves it already." if seen.pair else ""
    first = "A primary interface never moves." if index == 0 else ""
    aws = reasons["interface-describe"] if seen.requester_managed else ""
    pair = _pair_item(role, moved or first or aws, interface=seen.id)
    return [*_menu(INTERFACE, seen.id, reasons, role), pair]


def elastic_ip_menu(seen: ElasticIpView, *, role: str) -> list[Group]:
    """The menu of an Elastic IP."""
    reasons = elastic_ip_reasons(seen)
    moved = f"Pair {seen.pair} moves it already." if seen.pair else ""
    created = _pair_item(role, moved, elastic_ip=seen.allocation_id)
    return [*_menu(ELASTIC_IP, seen.allocation_id, reasons, role), created]


def instance_menu(seen: InstanceView, *, role: str) -> list[Group]:
    """The menu of an instance. EC2 itself knows what its state allows."""
    reasons = instance_reasons(seen)
    is_gone = seen.state in ("terminated", "shutting-down")
    why_not = f"It is {seen.state}." if is_gone else ""
    created = _pair_item(role, why_not, instance=seen.id)
    return [*_menu(INSTANCE, seen.id, reasons, role), created]


def _pair_item(role: str, why_not: str, **given: str) -> Group:
    """The wizard, with this thing filled in."""
    item = Item(
        label="Create pair",
        href=f"{reverse('pair-new')}?{urlencode(given)}",
        reason=lacks(role, Role.ADMIN) or why_not,
    )
    return Group(title="Failover", items=(item,))


def _menu(
    lines: Mapping[str, tuple[Line, ...]],
    id: str,
    reasons: Mapping[str, str],
    role: str,
) -> list[Group]:
    return [
        Group(
            title=title,
            items=tuple(
                Item(
                    label=label,
                    href=reverse(name, args=[id]),
                    reason=lacks(role, needed) or reasons.get(name, ""),
                    is_danger=is_danger,
                )
                for name, label, needed, is_danger in group
            ),
        )
        for title, group in lines.items()
    ]


def lacks(role: str, needed: Role) -> str:
    """Why somebody of this role may not; empty if they may."""
    order = list(Role.values)
    may = role in order and order.index(role) >= order.index(needed.value)
    return "" if may else f"Needs the role {needed}."


def elastic_ip_reasons(seen: ElasticIpView) -> dict[str, str]:
    """By the path's name; the first thing that stands in the way of each."""
    pair = f"Pair {seen.pair} moves it: swap the pair instead." if seen.pair else ""
    held = seen.network_interface_id or seen.instance_id
    free = "" if seen.association_id else "It is associated with nothing."
    on = f"It is associated with {held}." if seen.association_id else ""
    return {
        "elastic-ip-associate": pair,
        "elastic-ip-disassociate": pair or free,
        "elastic-ip-release": pair or on,
    }


def instance_reasons(seen: InstanceView) -> dict[str, str]:
    """By the path's name; what EC2 does not allow in its state."""
    said, names = f"It is {seen.state}.", list[str]()
    if seen.state in ("running", "pending"):
        names += ["instance-start"]
    if seen.state in ("stopped", "stopping"):
        names += ["instance-stop"]
    if seen.state != "running":
        names += ["instance-reboot"]
    if seen.state in ("terminated", "shutting-down"):
        names = [name for name, *_ in INSTANCE["Instance state"]]
    return dict.fromkeys(names, said)


def interface_reasons(seen: InterfaceView) -> dict[str, str]:
    """By the path's name; the first thing that stands in the way of each."""
    names = [name for group in INTERFACE.values() for name, *_ in group]
    holder = seen.attachment
    job = "A job is at work on it." if seen.job else ""
    aws = "A service of AWS looks after it." if seen.requester_managed else ""
    pair = f"Pair {seen.pair} moves it: swap the pair instead." if seen.pair else ""
    free = "" if holder else "It is attached to no instance."
    held = f"It is attached to {holder.instance_id or 'AWS'}." if holder else ""
    if holder and holder.device_index == 0:
        primary = "It is its instance's primary interface, which EC2 never detaches."
    else:
        primary = ""
    has_secondary = any(not a.get("primary") for a in seen.private_ips)
    has_elastic = any(a.get("allocation_id") for a in seen.private_ips)
    own = {
        "interface-attach": pair or held,
        "interface-detach": pair or free or primary,
        "interface-termination": free,
        "interface-unassign": "" if has_secondary else "It has one address only.",
        "interface-disassociate": pair
        or ("" if has_elastic else "No Elastic IP is on it."),
        "interface-delete": pair or held,
        "interface-tags": "",
    }
    found = {name: job or aws or own.get(name, "") for name in names}
    found["interface-tags"] = ""
    return found
