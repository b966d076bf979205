"""An action before it begins: the call, what it touches, and who asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from failover.ec2.requests import Request
from failover.engine.topology import (
    AllocationId,
    InstanceId,
    InterfaceId,
    Observation,
    Scope,
)
from failover.models import Region
from failover.services.access import Actor

INTERFACE, INSTANCE, ELASTIC_IP = "eni-", "i-", "eipalloc-"
SUBJECTS = {
    INTERFACE: "network-interface",
    INSTANCE: "instance",
    ELASTIC_IP: "elastic-ip",
    "subnet-": "subnet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One call to be made. `kind` is the audit's word, as "elastic-ip.release".

    `resource` is an id, or the place where something will be made. `touches` are the
    ids to look at afterwards; `before` is how they were seen. While a job has one of
    `alone` the call may not leave. `awaits` names the state in which an accepted call
    is over: {"state": "running"}; `known` what looks like the thing to be made, and is
    there already. With `claim_id` the same request is never carried
    out twice.
    """

    id: UUID
    region: Region
    kind: str
    resource: str
    request: Request
    actor: Actor
    touches: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    before: Mapping[str, Any] | None = None
    awaits: Mapping[str, str] | None = None
    known: tuple[str, ...] = ()
    claim_id: UUID | None = None


def subject(resource: str) -> str:
    """The resource as audit rows name it: "network-interface/eni-…"."""
    for prefix, kind in SUBJECTS.items():
        if resource.startswith(prefix):
            return f"{kind}/{resource}"
    return resource


def scope(ids: tuple[str, ...], *, confirm: bool = False) -> Scope:
    """What a look at these ids asks; `confirm` asks so that "gone" can be said."""
    interfaces = frozenset(InterfaceId(i) for i in ids if i.startswith(INTERFACE))
    addresses = frozenset(AllocationId(i) for i in ids if i.startswith(ELASTIC_IP))
    return Scope(
        interface_ids=frozenset() if confirm else interfaces,
        instance_ids=frozenset(InstanceId(i) for i in ids if i.startswith(INSTANCE)),
        allocation_ids=frozenset() if confirm else addresses,
        confirm_ids=interfaces if confirm else frozenset(),
        confirm_allocation_ids=addresses if confirm else frozenset(),
    )


def picture(seen: Observation, ids: tuple[str, ...]) -> dict[str, Any]:
    """How the resources of these ids looked, by id; what was not seen is left out."""
    shown: dict[str, Any] = {}
    for id in ids:
        if (interface := seen.interfaces.get(InterfaceId(id))) is not None:
            attachment = interface.attachment
            shown[id] = {
                "description": interface.description,
                "security_group_ids": sorted(g for g, _ in interface.security_groups),
                "source_dest_check": interface.source_dest_check,
                "delete_on_termination": (
                    attachment.delete_on_termination if attachment else None
                ),
                "private_ips": [a.address for a in interface.addresses],
                "instance_id": attachment.instance_id if attachment else None,
                "tags": dict(interface.tags),
            }
        elif (address := seen.elastic_ips.get(AllocationId(id))) is not None:
            shown[id] = {
                "public_ip": address.public_ip,
                "network_interface_id": address.interface_id,
                "private_ip": address.private_ip,
                "instance_id": address.instance_id,
                "tags": dict(address.tags),
            }
        elif (instance := seen.instances.get(InstanceId(id))) is not None:
            shown[id] = {
                "state": instance.state,
                "type": instance.type,
                "private_ips": list(instance.private_ips),
                "tags": dict(instance.tags),
            }
    return shown


# What a kind changes alone, where others change the rest of the same picture.
CHANGES: Mapping[str, str] = {
    "network-interface.describe": "description",
    "network-interface.regroup": "security_group_ids",
    "network-interface.source-dest-check": "source_dest_check",
    "network-interface.delete-on-termination": "delete_on_termination",
    "tags.set": "tags",
    "tags.remove": "tags",
}


def difference(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two pictures only what differs, and what this kind changes: for the audit."""
    old, new = before or {}, after or {}
    own = CHANGES.get(kind)
    was: dict[str, Any] = {}
    is_now: dict[str, Any] = {}
    for id in [*old, *(i for i in new if i not in old)]:
        one, other = old.get(id), new.get(id)
        if one is None or other is None:
            was |= {} if one is None else {id: one}
            is_now |= {} if other is None else {id: other}
            continue
        names = [n for n in one if one[n] != other.get(n) and own in {None, n}]
        if names:
            was[id] = {n: one[n] for n in names}
            is_now[id] = {n: other.get(n) for n in names}
    return was, is_now


def redact(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as they may be kept: user data can hold secrets."""
    kept = dict(args)
    if "UserData" in kept:
        size = len(str(kept["UserData"]).encode())
        kept["UserData"] = f"({size} bytes, not kept)"
    return kept
