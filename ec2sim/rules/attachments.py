"""Attach and detach: the bond between an interface and an instance."""

from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import instance_types, lookup, network_cards, unsimulated
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.instance import Instance
from ec2sim.state.interface import Attachment, NetworkInterface
from ec2sim.state.region import Region
from ec2sim.timing import durations


@action
def attach_network_interface(region: Region, params: Params) -> Reply:
    """AttachNetworkInterface: `attaching` at once, `attached` after `attach_s`."""
    unsimulated.refuse(params, ("EnaSrdSpecification", "EnaQueueCount"))
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
    lasts_s = region.around.durations.attach_s(row.id, own_s=instance.attach_s)
    due_at = now + lasts_s
    region.timers.add(due_at, lambda at: _attached(region, row.id, bond.id, at))
    return {"AttachmentId": bond.id, "NetworkCardIndex": card}


@action
def detach_network_interface(region: Region, params: Params) -> Reply:
    """DetachNetworkInterface: `detaching` at once, `available` after `detach_s`.

    A hung guest does not let go: then only Force, a stop or a termination ends it.
    Force leaves the device index unusable until the instance is stopped.
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
    lasts_s = _detach_s(region, row, bond, force=force)
    stuck = durations.is_stuck(lasts_s)
    leaving = replace(bond, status="detaching", forced=force, stuck=stuck)
    region.interfaces.put(replace(row, attachment=leaving), at=now)
    if bond.status != "detaching":
        region.note(at=now, resource=row.id, to="detaching", on=bond.instance_id)
    region.timers.add(now + lasts_s, lambda at: _detached(region, row.id, bond.id, at))
    return {}


def _detach_s(
    region: Region, row: NetworkInterface, bond: Attachment, *, force: bool
) -> float:
    """How long it takes: a dead guest makes it long, none at all short."""
    holder = region.instances.get(bond.instance_id or "")
    is_up = holder is not None and holder.state in ("running", "stopping")
    return region.around.durations.detach_s(
        row.id,
        own_s=None if holder is None else holder.detach_s,
        is_dead=holder is not None and holder.guest == "dead",
        is_easy=force or not is_up,
    )


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


def only_interface(region: Region, instance_id: str) -> NetworkInterface:
    """The one interface of an instance. Raises Ec2Error when it has more, or none."""
    held = lookup.held_by(region, instance_id)
    if len(held) > 1:
        raise Ec2Error(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance_id}'. "
            "Please specify an interface ID for the operation instead.",
        )
    if not held:
        raise Ec2Error(
            "InvalidInstanceID", f"No interface is attached to '{instance_id}'."
        )
    return held[0]


def _check_attach(
    region: Region, row: NetworkInterface, instance: Instance, index: int, card: int
) -> None:
    """Refuse in this order: whose, held, state, zone, place, number, addresses."""
    lookup.check_unheld(row)
    if instance.state not in ("running", "stopped"):
        raise _not_ready(instance)
    if row.zone != instance.zone:
        raise Ec2Error(
            "InvalidParameterCombination",
            "You may not attach a network interface to an instance if they are not in "
            "the same availability zone",
        )
    if row.interface_type == "efa":
        _check_efa(instance)
    held = lookup.held_by(region, instance.id)
    network_cards.check_place(instance, held, card=card, index=index)
    if len(row.addresses) > instance_types.limits(instance.type)[1]:
        raise Ec2Error(
            "PrivateIpAddressLimitExceeded",
            f"{row.id}: Number of private addresses will exceed limit.",
        )


def _check_efa(instance: Instance) -> None:
    if not network_cards.takes_efa(instance.type):
        raise Ec2Error(
            "UnsupportedOperation",
            f"{instance.type} instances do not support Elastic Fabric Adapters.",
        )
    if instance.state == "running":
        raise Ec2Error(
            "UnsupportedOperation",
            "An Elastic Fabric Adapter cannot be attached to a running instance.",
        )


def _attached(region: Region, interface_id: str, bond_id: str, at: float) -> None:
    row = region.interfaces.get(interface_id)
    if row is None or row.attachment is None or row.attachment.id != bond_id:
        return
    if row.attachment.status != "attaching":
        return
    guest_at = at + region.around.config.guest_s
    bond = replace(row.attachment, status="attached", guest_at=guest_at)
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
    if instance is not None and row.attachment.forced:
        _burn(region, instance, row.attachment, at)
    free(region, row, at=at)


def _burn(region: Region, instance: Instance, bond: Attachment, at: float) -> None:
    """Note an index that the guest, still up, was not asked to give free."""
    if instance.state in ("stopped", "terminated") or bond.network_card_index:
        return
    burnt = instance.burnt_indexes | {bond.device_index}
    region.instances.put(replace(instance, burnt_indexes=burnt), at=at)


def _not_ready(instance: Instance) -> Ec2Error:
    return Ec2Error(
        "IncorrectState", f"Instance '{instance.id}' is not 'running' or 'stopped'."
    )
