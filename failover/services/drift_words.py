"""Changes found in EC2, in words: what is so now, and what was so before."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Value = Any

# A resource can have fifty tags; the values over REST have them all.
MOST_TAGS = 10

TITLES: Mapping[str, str] = {
    "attachment": "Attachment",
    "association": "Association",
    "state": "Instance state",
    "type": "Instance type",
    "route": "Route",
    "private_ips": "Private addresses",
    "security_groups": "Security groups",
    "source_dest_check": "Source/destination check",
    "delete_on_termination": "Delete on termination",
    "description": "Description",
    "tags": "Tags",
    "appeared": "Appeared",
    "vanished": "Vanished",
}
NOUNS: Mapping[str, str] = {
    "network-interface": "Network interface",
    "elastic-ip": "Elastic IP",
    "instance": "Instance",
    "route-table": "Route table",
}


def title(change: str) -> str:
    """What has changed."""
    return TITLES.get(change, change)


def noun(resource_type: str) -> str:
    """What it has changed of."""
    return NOUNS.get(resource_type, resource_type)


def was(change: str, before: Value) -> str:
    """How it was; "" for what there was not."""
    return "" if change == "appeared" else _state(change, before)


def is_now(change: str, after: Value) -> str:
    """How it is; "" for what there is no more."""
    return "" if change == "vanished" else _state(change, after)


def _state(change: str, value: Value) -> str:
    return SAY.get(change, _plain)(value)


def sentence(change: str, before: Value, after: Value) -> str:
    """The whole change."""
    if change == "appeared":
        return f"New in EC2: {_state(change, after)}."
    if change == "vanished":
        return f"No longer in EC2; it was {_state(change, before)}."
    return (
        f"{title(change)}: {_state(change, after)}; before: {_state(change, before)}."
    )


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value not in (None, "") else "empty"


def _attachment(value: Mapping[str, Any] | None) -> str:
    if value is None:
        return "not attached"
    holder = value["instance_id"] or "an AWS service"
    return f"attached to {holder} at device index {value['device_index']}"


def _association(value: Mapping[str, Any] | None) -> str:
    if value is None:
        return "not associated"
    place = value["network_interface_id"] or value["instance_id"] or "an AWS service"
    address = f" ({value['private_ip']})" if value["private_ip"] else ""
    return f"on {place}{address}"


def _route(value: Mapping[str, Any]) -> str:
    destination, target = value["destination_cidr"], value["network_interface_id"]
    if target is None:
        return f"no route to {destination}"
    return f"{destination} leads to {target or 'something else than an interface'}"


def _several(value: Sequence[str] | None) -> str:
    return ", ".join(value) if value else "none"


def _tags(value: Mapping[str, str | None]) -> str:
    """Each tag as it is; the first of many."""
    said = [
        f"no {key}" if tag is None else f"{key} = {tag or 'empty'}"
        for key, tag in list(value.items())[:MOST_TAGS]
    ]
    more = len(value) - MOST_TAGS
    return ", ".join([*said, *([f"and {more} more"] if more > 0 else [])])


def _portrait(value: Mapping[str, Any] | None) -> str:
    known = value or {}
    address = known.get("public_ip") or known.get("private_ip") or ""
    holder = known.get("instance_id") or known.get("network_interface_id")
    parts = (address, f"at {holder}" if holder else "held by nobody")
    return " ".join(part for part in parts if part)


SAY: Mapping[str, Callable[[Any], str]] = {
    "attachment": _attachment,
    "association": _association,
    "route": _route,
    "private_ips": _several,
    "security_groups": _several,
    "tags": _tags,
    "appeared": _portrait,
    "vanished": _portrait,
}
