"""Instances: start, stop, reboot, terminate, and what that does to interfaces."""

from dataclasses import replace
from functools import partial

from ec2sim.errors import Ec2Error
from ec2sim.rules import attachments, interfaces, lookup
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.instance import STATE_CODES, Instance
from ec2sim.state.interface import Association
from ec2sim.state.region import Region

SHOWN_AFTER_DEATH_S = 3600.0
INITIATED = ("Client.UserInitiatedShutdown", "User initiated shutdown")


@action
def start_instances(region: Region, params: Params) -> Reply:
    """StartInstances: pending, then running after `launch_s`."""
    found = _named(region, params)
    for row in found:
        if row.state not in ("stopped", "running", "pending"):
            raise _wrong_state(row, "started")
    changed = []
    for row in found:
        if row.state == "stopped":
            move(region, row.id, "pending", at=region.now)
            due_at = region.now + region.lasting(region.around.config.launch_s)
            region.timers.add(due_at, partial(started, region, row.id))
        changed.append(_change(region, row))
    return {"StartingInstances": changed}


@action
def stop_instances(region: Region, params: Params) -> Reply:
    """StopInstances: stopping, then stopped after `stop_s`; interfaces stay."""
    found = _named(region, params)
    for row in found:
        if row.state in ("terminated", "shutting-down"):
            raise _wrong_state(row, "stopped")
    changed = []
    for row in found:
        if row.state in ("running", "pending"):
            move(region, row.id, "stopping", at=region.now)
            due_at = region.now + region.lasting(region.around.config.stop_s)
            region.timers.add(due_at, partial(_stopped, region, row.id))
        changed.append(_change(region, row))
    return {"StoppingInstances": changed}


@action
def reboot_instances(region: Region, params: Params) -> Reply:
    """RebootInstances: heals a hung or dead guest, changes nothing else."""
    found = _named(region, params)
    for row in found:
        if row.state != "running":
            raise _wrong_state(row, "rebooted")
    for row in found:
        region.instances.put(replace(row, guest="ok"), at=region.now)
        attachments.release_stuck(region, row.id, at=region.now)
    return {}


@action
def terminate_instances(region: Region, params: Params) -> Reply:
    """TerminateInstances: interfaces are held until shutting-down ends."""
    changed = []
    for row in _named(region, params):
        if row.state not in ("terminated", "shutting-down"):
            move(region, row.id, "shutting-down", at=region.now)
            due_at = region.now + region.lasting(region.around.config.terminate_s)
            region.timers.add(due_at, partial(_terminated, region, row.id))
        changed.append(_change(region, row))
    return {"TerminatingInstances": changed}


def move(region: Region, instance_id: str, state: str, *, at: float) -> None:
    """Enter a state and log it."""
    row = region.instances.get(instance_id)
    if row is None:
        return
    reason = None if state in ("pending", "running") else INITIATED
    region.instances.put(replace(row, state=state, state_reason=reason), at=at)
    region.note(at=at, resource=instance_id, to=state, on=instance_id)


def started(region: Region, instance_id: str, at: float) -> None:
    """The end of pending: the guest is up, with a lent address where it has one."""
    row = region.instances.get(instance_id)
    if row is None or row.state != "pending":
        return
    region.instances.put(replace(row, guest="ok", launch_time=at), at=at)
    move(region, instance_id, "running", at=at)
    if row.lent_public_ip:
        _lend(region, instance_id, at)


def _stopped(region: Region, instance_id: str, at: float) -> None:
    row = region.instances.get(instance_id)
    if row is None or row.state != "stopping":
        return
    move(region, instance_id, "stopped", at=at)
    attachments.release_stuck(region, instance_id, at=at)
    _take_lent_back(region, instance_id, at)


def _terminated(region: Region, instance_id: str, at: float) -> None:
    row = region.instances.get(instance_id)
    if row is None or row.state != "shutting-down":
        return
    for interface in lookup.held_by(region, instance_id):
        bond = interface.attachment
        if bond is not None and bond.delete_on_termination:
            interfaces.remove(region, interface, at=at)
        else:
            attachments.free(region, interface, at=at)
    move(region, instance_id, "terminated", at=at)
    region.timers.add(
        at + SHOWN_AFTER_DEATH_S,
        lambda gone_at: region.instances.drop(instance_id, at=gone_at),
    )


def _lend(region: Region, instance_id: str, at: float) -> None:
    for interface in lookup.held_by(region, instance_id):
        bond, first = interface.attachment, interface.addresses[0]
        if bond is None or bond.device_index != 0 or first.association is not None:
            continue
        lent = region.around.lent_pool.take_next()
        if lent is not None:
            shown = replace(first, association=Association(public_ip=lent))
            addresses = (shown, *interface.addresses[1:])
            region.interfaces.put(replace(interface, addresses=addresses), at=at)


def _take_lent_back(region: Region, instance_id: str, at: float) -> None:
    for interface in lookup.held_by(region, instance_id):
        first = interface.addresses[0]
        lent = first.association
        if lent is not None and lent.allocation_id is None:
            region.around.lent_pool.give_back(lent.public_ip)
            addresses = (replace(first, association=None), *interface.addresses[1:])
            region.interfaces.put(replace(interface, addresses=addresses), at=at)


def _named(region: Region, params: Params) -> list[Instance]:
    names = dict.fromkeys(params["InstanceIds"])
    return [lookup.instance(region, name) for name in names]


def _change(region: Region, before: Instance) -> dict[str, object]:
    after = region.instances.get(before.id) or before
    return {
        "InstanceId": before.id,
        "CurrentState": {"Code": STATE_CODES[after.state], "Name": after.state},
        "PreviousState": {"Code": STATE_CODES[before.state], "Name": before.state},
    }


def _wrong_state(row: Instance, verb: str) -> Ec2Error:
    return Ec2Error(
        "IncorrectInstanceState",
        f"The instance '{row.id}' is not in a state from which it can be {verb}.",
    )
