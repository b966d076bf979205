"""Whether a look shows what a call was to bring about; pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from failover.ec2.requests import Operation
from failover.engine.topology import (
    AllocationId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
)
from failover.models import Action

# States of an instance on the way to the one that was asked for.
ON_THE_WAY: Mapping[str, frozenset[str]] = {
    "running": frozenset({"pending", "running"}),
    "stopped": frozenset({"stopping", "stopped", "shutting-down", "terminated"}),
}
GONE = frozenset({"shutting-down", "terminated"})
# What EC2's check says of an instance that is up, or of one that it does not check.
WELL = frozenset({"ok", "not-applicable", ""})
# How long after EC2 has taken the wish a reboot has surely begun.
REBOOT_BEGUN_S = 5.0


def is_shown(action: Action, seen: Observation) -> bool:
    """Whether the look shows that the call has had its effect."""
    return SHOWN[Operation(action.operation)](action, seen)


def is_over(action: Action, seen: Observation) -> bool:
    """Whether an accepted call that takes time has come to its end."""
    awaited = (action.awaits or {}).get("state", "")
    instances = _instances(action, seen)
    if len(instances) < len(_instance_ids(action)):
        return False
    if Operation(action.operation) is Operation.REBOOT_INSTANCES:
        return _is_rebooted(action, seen, instances)
    return all(i.state == awaited for i in instances)


def fallen(action: Action, seen: Observation) -> str:
    """Why it can never come to its end: the state that an instance fell into."""
    awaited = (action.awaits or {}).get("state", "")
    if awaited == "stopped":
        return ""
    return next((i.state for i in _instances(action, seen) if i.state in GONE), "")


def _is_rebooted(
    action: Action, seen: Observation, instances: Iterable[Instance]
) -> bool:
    """EC2 shows no reboot: so it is up, and passes its check, a while afterwards."""
    answered_at = action.answered_at.timestamp() if action.answered_at else 0.0
    is_late = seen.began_at >= answered_at + REBOOT_BEGUN_S
    return is_late and all(
        i.state == "running" and i.instance_status in WELL for i in instances
    )


def _is_made(action: Action, seen: Observation) -> bool:
    known = {*seen.interfaces, *seen.elastic_ips, *seen.instances}
    return bool(action.made) and known.issuperset(action.made)


def _is_gone(action: Action, seen: Observation) -> bool:
    return any(str(value) in seen.not_found for value in action.args.values())


def _is_on_the_way(action: Action, seen: Observation) -> bool:
    states = ON_THE_WAY.get((action.awaits or {}).get("state", ""), frozenset())
    instances = _instances(action, seen)
    return bool(instances) and all(i.state in states for i in instances)


def _instance_ids(action: Action) -> list[str]:
    return list(action.made or action.args.get("InstanceIds", ()))


def _instances(action: Action, seen: Observation) -> list[Instance]:
    found = (seen.instances.get(InstanceId(i)) for i in _instance_ids(action))
    return [i for i in found if i is not None]


def _is_tagged(action: Action, seen: Observation) -> bool:
    tags = _tags_of(action, seen)
    return all(_has_tags(Operation(action.operation), action.args, t) for t in tags)


def _tags_of(action: Action, seen: Observation) -> list[Mapping[str, str]]:
    tagged: list[Interface | ElasticIp | Instance | None] = []
    for id in action.args["Resources"]:
        tagged += [
            seen.interfaces.get(InterfaceId(id)),
            seen.elastic_ips.get(AllocationId(id)),
            seen.instances.get(InstanceId(id)),
        ]
    return [found.tags for found in tagged if found is not None] or [{}]


def _has_tags(
    operation: Operation, args: Mapping[str, Any], tags: Mapping[str, str]
) -> bool:
    if operation is Operation.CREATE_TAGS:
        return all(tags.get(t["Key"]) == t["Value"] for t in args["Tags"])
    return all(t["Key"] not in tags for t in args["Tags"])


def _is_disassociated(action: Action, seen: Observation) -> bool:
    gone = str(action.args["AssociationId"])
    shown = (e.association_id for e in seen.elastic_ips.values())
    return bool(seen.elastic_ips) and gone not in shown


def _is_associated(action: Action, seen: Observation) -> bool:
    args = action.args
    address = seen.elastic_ips.get(AllocationId(args["AllocationId"]))
    if address is None or address.interface_id is None:
        return False
    if "InstanceId" in args:
        return bool(address.instance_id == args["InstanceId"])
    is_there = address.interface_id == args["NetworkInterfaceId"]
    wanted = args.get("PrivateIpAddress", address.private_ip)
    return bool(is_there and address.private_ip == wanted)


def _is_assigned(action: Action, seen: Observation) -> bool:
    interface = seen.interfaces.get(InterfaceId(action.args["NetworkInterfaceId"]))
    if interface is None:
        return False
    has = {a.address for a in interface.addresses}
    had = ((action.before or {}).get(interface.id) or {}).get("private_ips", ())
    count = int(action.args.get("SecondaryPrivateIpAddressCount", 0))
    wanted = set(action.args.get("PrivateIpAddresses", ()))
    return wanted <= has and len(has) >= len(had) + count


def _is_unassigned(action: Action, seen: Observation) -> bool:
    interface = seen.interfaces.get(InterfaceId(action.args["NetworkInterfaceId"]))
    if interface is None:
        return False
    has = {a.address for a in interface.addresses}
    return not has & set(action.args["PrivateIpAddresses"])


def _is_modified(action: Action, seen: Observation) -> bool:
    interface = seen.interfaces.get(InterfaceId(action.args["NetworkInterfaceId"]))
    return interface is not None and _has_attribute(action.args, interface)


def _has_attribute(args: Mapping[str, Any], interface: Interface) -> bool:
    """Whether ModifyNetworkInterfaceAttribute's one attribute is as it was set."""
    if "Description" in args:
        return bool(interface.description == args["Description"]["Value"])
    if "SourceDestCheck" in args:
        return bool(interface.source_dest_check == args["SourceDestCheck"]["Value"])
    if "Groups" in args:
        return {g for g, _ in interface.security_groups} == set(args["Groups"])
    attachment = interface.attachment
    wanted = args["Attachment"]["DeleteOnTermination"]
    return attachment is not None and attachment.delete_on_termination == wanted


SHOWN: Mapping[Operation, Callable[[Action, Observation], bool]] = {
    Operation.CREATE_INTERFACE: _is_made,
    Operation.ALLOCATE_ADDRESS: _is_made,
    Operation.RUN_INSTANCES: _is_made,
    Operation.DELETE_INTERFACE: _is_gone,
    Operation.RELEASE_ADDRESS: _is_gone,
    Operation.START_INSTANCES: _is_on_the_way,
    Operation.STOP_INSTANCES: _is_on_the_way,
    Operation.REBOOT_INSTANCES: _is_on_the_way,
    Operation.CREATE_TAGS: _is_tagged,
    Operation.DELETE_TAGS: _is_tagged,
    Operation.ASSOCIATE_ADDRESS: _is_associated,
    Operation.DISASSOCIATE_ADDRESS: _is_disassociated,
    Operation.ASSIGN_ADDRESSES: _is_assigned,
    Operation.UNASSIGN_ADDRESSES: _is_unassigned,
    Operation.MODIFY_INTERFACE: _is_modified,
}
