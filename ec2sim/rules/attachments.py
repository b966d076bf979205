"""Attach and detach: the bond between an interface and an instance."""

from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import instance_types, lookup
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.instance import Instance
from ec2sim.state.interface import Attachment, NetworkInterface
from ec2sim.state.region import Region


@action
def attach_network_interface(region: Region, params: Params) -> Reply:
    """AttachNetworkInterface: `attaching` at once, `attached` after `attach_s`."""
    row = lookup.interface(region, params["NetworkInterfaceId"])
    instance = lookup.instance(region, params["InstanceId"])
    index: int = params["DeviceIndex"]
    card: int = params.get("NetworkCardIndex") or 0
    _check_attach(region, row, instance, index, card)
    now = region.now
    bond = Attachment(
        id=ids.ATTACHMENT.make(region.around.chance),
        instance_id=instance.id,
        instance_owner_id=region.account_id,
        device_index=index,
        network_card_index=card,
        status="attaching",
        attach_time=now,
    )
    region.interfaces.put(replace(row, attachment=bond), at=now)
    region.note(at=now, resource=row.id, to="attaching", on=instance.id)
    due_at = now + region.lasting(region.around.config.attach_s)
    region.timers.add(due_at, lambda at: _attached(region, row.id, bond.id, at))
    return {"AttachmentId": bond.id, "NetworkCardIndex": card}


@action
def detach_network_interface(region: Region, params: Params) -> Reply:
    """DetachNetworkInterface: `detaching` at once, `available` after `detach_s`.

    A hung guest does not let go: then only Force, a stop or a termination ends it.
    The second detach of one attachment is IncorrectState, which is our choice: no
    source says what EC2 answers.
    """
    row, bond = lookup.attachment(region, params["AttachmentId"])
    force = bool(params.get("Force"))
    check_detach(region, row, bond)
    if bond.status == "detaching" and (not force or bond.forced):
        raise Ec2Error(
            "IncorrectState", f"The attachment '{bond.id}' is already being detached."
        )
    now = region.now
    leaving = replace(bond, status="detaching", forced=force)
    region.interfaces.put(replace(row, attachment=leaving), at=now)
    if bond.status != "detaching":
        region.note(at=now, resource=row.id, to="detaching", on=bond.instance_id)
    due_at = now + region.lasting(region.around.config.detach_s)
    region.timers.add(due_at, lambda at: _detached(region, row.id, bond.id, at))
    return {}


def check_detach(region: Region, row: NetworkInterface, bond: Attachment) -> None:
    """Refuse to part what may not be parted."""
    if row.is_managed or bond.id.startswith(ids.SERVICE_ATTACHMENT_PREFIX):
        raise Ec2Error(
            "OperationNotPermitted",
            "You are not allowed to manage 'ela-attach' attachments.",
        )
    if bond.device_index == 0:
        raise Ec2Error(
            "OperationNotPermitted",
            "The network interface at device index 0 and networkCard index 0 cannot "
            "be detached.",
        )
    instance = region.instances.get(bond.instance_id or "")
    if instance is not None and instance.state == "shutting-down":
        raise _not_ready(instance)


def free(region: Region, row: NetworkInterface, *, at: float) -> None:
    """Let go of an interface: it is available, and its addresses stay with it."""
    region.interfaces.put(replace(row, attachment=None), at=at)
    region.note(at=at, resource=row.id, to="available", on=row.instance_id)


def release_stuck(region: Region, instance_id: str, *, at: float) -> None:
    """End the detaches that a hung guest has held up."""
    for row in region.interfaces.find("attachment.instance-id", instance_id):
        if row.attachment is not None and row.attachment.stuck:
            free(region, row, at=at)


def _check_attach(
    region: Region, row: NetworkInterface, instance: Instance, index: int, card: int
) -> None:
    if row.is_managed:
        raise Ec2Error(
            "OperationNotPermitted",
            f"You do not have permission to attach the interface '{row.id}', which a "
            "service manages.",
        )
    if row.attachment is not None:
        raise Ec2Error(
            "InvalidNetworkInterface.InUse", f"Interface: [{row.id}] in use."
        )
    if instance.state not in ("running", "stopped"):
        raise _not_ready(instance)
    if row.zone != instance.zone:
        raise Ec2Error(
            "InvalidParameterCombination",
            "You may not attach a network interface to an instance if they are not in "
            "the same availability zone",
        )
    if index < 0 or card != 0:
        wrong = f"NetworkCardIndex '{card}'" if card else f"DeviceIndex '{index}'"
        raise Ec2Error("InvalidParameterValue", f"{wrong} is invalid.")
    held = lookup.held_by(region, instance.id)
    if any(
        other.attachment.device_index == index for other in held if other.attachment
    ):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Instance '{instance.id}' already has an interface attached at device "
            f"index '{index}'.",
        )
    limit = instance_types.interface_limit(instance)
    if len(held) >= limit:
        raise Ec2Error(
            "AttachmentLimitExceeded",
            f"Interface count {len(held) + 1} exceeds the limit for {instance.type}",
        )


def _attached(region: Region, interface_id: str, bond_id: str, at: float) -> None:
    row = region.interfaces.get(interface_id)
    if row is None or row.attachment is None or row.attachment.id != bond_id:
        return
    if row.attachment.status != "attaching":
        return
    bond = replace(row.attachment, status="attached")
    region.interfaces.put(replace(row, attachment=bond), at=at)
    region.note(at=at, resource=row.id, to="attached", on=bond.instance_id)


def _detached(region: Region, interface_id: str, bond_id: str, at: float) -> None:
    row = region.interfaces.get(interface_id)
    if row is None or row.attachment is None or row.attachment.id != bond_id:
        return
    instance = region.instances.get(row.instance_id or "")
    clings = instance is not None and (
        instance.guest == "hung" and instance.state in ("running", "stopping")
    )
    if clings and not row.attachment.forced:
        stuck = replace(row.attachment, stuck=True)
        region.interfaces.put(replace(row, attachment=stuck), at=at)
        return
    free(region, row, at=at)


def _not_ready(instance: Instance) -> Ec2Error:
    return Ec2Error(
        "IncorrectState", f"Instance '{instance.id}' is not 'running' or 'stopped'."
    )
