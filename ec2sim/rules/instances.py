"""Instances: start, stop, reboot, terminate, and what that does to interfaces."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import attachments, health, interfaces, lent_ips, lookup, quotas
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.instance import STATE_CODES, Instance
from ec2sim.state.region import Region

SHOWN_AFTER_DEATH_S = 3600.0
# A hung guest takes so many times as long to stop, unless it is not asked to.
HUNG_STOP_TIMES = 100
MOST_TERMINATED = 1000
INITIATED = ("Client.UserInitiatedShutdown", "User initiated shutdown")
Effect = Callable[[Region, Instance, float], None]


@action
def start_instances(region: Region, params: Params) -> Reply:
    """StartInstances: pending, then running after `launch_s`, on another host."""
    found = _named(region, params)
    for row in found:
        if row.state not in ("stopped", "running", "pending"):
            raise _wrong_state(row, "started")
    quotas.check(region, [row.type for row in found if row.state == "stopped"])
    for row in found:
        if row.state == "stopped":
            fresh = replace(health.rehosted(row), launch_time=region.now)
            begin(region, enter(region, fresh, "pending", at=region.now))
    return {"StartingInstances": _changes(region, found)}


@action
def stop_instances(region: Region, params: Params) -> Reply:
    """StopInstances: stopping, then stopped after `stop_s`; interfaces stay.

    A hung guest makes it long, unless Force or SkipOsShutdown is given, even later.
    """
    found = _named(region, params)
    force = bool(params.get("Force") or params.get("SkipOsShutdown"))
    for row in found:
        _check_stop(row, hibernate=bool(params.get("Hibernate")))
    for row in found:
        lasts_s = region.around.config.stop_s
        if row.guest == "hung" and not force:
            lasts_s *= HUNG_STOP_TIMES
        if row.state in ("running", "pending"):
            leaving = enter(region, row, "stopping", at=region.now)
            _later(region, leaving, lasts_s, _stopped)
        elif row.state == "stopping" and force:
            _later(region, row, lasts_s, _stopped)
    return {"StoppingInstances": _changes(region, found)}


@action
def reboot_instances(region: Region, params: Params) -> Reply:
    """RebootInstances: heals a hung or dead guest at once; ignores terminated ones."""
    found = _named(region, params)
    for row in found:
        if row.state in ("pending", "stopping", "stopped"):
            raise _wrong_state(row, "rebooted")
    for row in found:
        if row.state == "running":
            region.instances.put(health.rebooted(row), at=region.now)
            attachments.release_stuck(region, row.id, at=region.now)
    return {}


@action
def terminate_instances(region: Region, params: Params) -> Reply:
    """TerminateInstances: interfaces are held until shutting-down ends.

    A protected instance fails the call, but saves only those of its own zone.
    """
    found = _named(region, params)
    if len(found) > MOST_TERMINATED:
        raise Ec2Error(
            "InvalidParameterValue",
            f"At most {MOST_TERMINATED} instances can be terminated in one request.",
        )
    protected = [row for row in found if row.may_not_be_terminated]
    saved = {row.zone for row in protected}
    for row in found:
        if row.zone not in saved and row.state not in ("terminated", "shutting-down"):
            leaving = enter(region, row, "shutting-down", at=region.now)
            _later(region, leaving, region.around.config.terminate_s, _terminated)
    if protected:
        raise _protected(protected[0], "terminated", "disableApiTermination")
    return {"TerminatingInstances": _changes(region, found)}


def enter(region: Region, row: Instance, state: str, *, at: float) -> Instance:
    """Enter a state, and log it; the new row."""
    goes_up = state in ("pending", "running")
    reason = None if goes_up else INITIATED
    said = "" if goes_up else row.transition_reason
    if state in ("stopping", "shutting-down"):
        stamp = datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%d %H:%M:%S")
        said = f"User initiated ({stamp} GMT)"
    changed = replace(
        row,
        state=state,
        turn=row.turn + 1,
        state_reason=reason,
        transition_reason=said,
    )
    region.instances.put(changed, at=at)
    region.note(at=at, resource=row.id, to=state, on=row.id)
    return changed


def begin(region: Region, row: Instance) -> None:
    """Let a pending instance come up after `launch_s`."""
    _later(region, row, region.around.config.launch_s, _started)


def _started(region: Region, row: Instance, at: float) -> None:
    for interface in lookup.held_by(region, row.id):
        bond = interface.attachment
        if bond is not None and bond.status == "attaching" and not row.has_run:
            shown = replace(interface, attachment=replace(bond, status="attached"))
            region.interfaces.put(shown, at=at)
            region.note(at=at, resource=interface.id, to="attached", on=row.id)
    enter(region, replace(row, has_run=True), "running", at=at)
    lent_ips.lend(region, row.id, at=at)


def _stopped(region: Region, row: Instance, at: float) -> None:
    enter(region, replace(row, burnt_indexes=frozenset()), "stopped", at=at)
    attachments.release_stuck(region, row.id, at=at)
    lent_ips.take_back(region, row.id, at=at)


def _terminated(region: Region, row: Instance, at: float) -> None:
    for interface in lookup.held_by(region, row.id):
        bond = interface.attachment
        if bond is not None and bond.delete_on_termination:
            interfaces.remove(region, interface, at=at)
    lent_ips.take_back(region, row.id, at=at)
    for interface in lookup.held_by(region, row.id):
        attachments.free(region, interface, at=at)
    enter(region, row, "terminated", at=at)
    region.timers.add(
        at + SHOWN_AFTER_DEATH_S,
        lambda gone_at: region.instances.drop(row.id, at=gone_at),
    )


def _later(region: Region, row: Instance, seconds: float, effect: Effect) -> None:
    """Do it in so many seconds, unless the instance has left its state by then."""

    def due(at: float) -> None:
        now = region.instances.get(row.id)
        if now is not None and now.turn == row.turn:
            effect(region, now, at)

    region.timers.add(region.now + region.lasting(seconds), due)


def _check_stop(row: Instance, *, hibernate: bool) -> None:
    if row.state in ("terminated", "shutting-down"):
        raise _wrong_state(row, "stopped")
    if row.state == "pending" and not row.has_run:
        raise Ec2Error(
            "IncorrectInstanceState",
            f"Instance '{row.id}' cannot be stopped as it has never reached the "
            "'running' state.",
        )
    if hibernate:
        raise Ec2Error(
            "UnsupportedHibernationConfiguration",
            f"The instance '{row.id}' is not enabled for hibernation.",
        )
    if row.may_not_be_stopped:
        raise _protected(row, "stopped", "disableApiStop")


def _named(region: Region, params: Params) -> list[Instance]:
    return lookup.instances(region, params["InstanceIds"])


def _changes(region: Region, before: list[Instance]) -> list[dict[str, Any]]:
    """What a call has done to each instance; `before` has the rows as they were."""
    changes = []
    for row in before:
        now = (region.instances.get(row.id) or row).state
        changes.append(
            {
                "InstanceId": row.id,
                "CurrentState": {"Code": STATE_CODES[now], "Name": now},
                "PreviousState": {"Code": STATE_CODES[row.state], "Name": row.state},
            }
        )
    return changes


def _wrong_state(row: Instance, verb: str) -> Ec2Error:
    return Ec2Error(
        "IncorrectInstanceState",
        f"The instance '{row.id}' is not in a state from which it can be {verb}.",
    )


def _protected(row: Instance, verb: str, attribute: str) -> Ec2Error:
    return Ec2Error(
        "OperationNotPermitted",
        f"The instance '{row.id}' may not be {verb}. Modify its '{attribute}' instance "
        "attribute and try again.",
    )
