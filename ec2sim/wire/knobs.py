"""What the control door turns: the clock, an instance, a zone, roles, sessions."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ec2sim import values
from ec2sim.pages.site import Site
from ec2sim.rules import health, zones
from ec2sim.values import BadControl, NoSuch
from ec2sim.wire import model
from ec2sim.wire.identity import ROLE, Sessions
from ec2sim.world import DEFAULT_ACCOUNT, World

STATUSES = ("ok", "impaired", "insufficient-data", "initializing", "not-applicable")
GUESTS = ("ok", "hung", "dead")
CHOICES = {"guest": GUESTS, **dict.fromkeys(health.CHECKS, STATUSES)}
# These may be taken back with null.
OWN_S = ("attach_s", "detach_s")


def clock(world: World) -> dict[str, Any]:
    """How time goes, and the moment of what is due next, or null."""
    next_at = world.settle()
    now = world.clock
    return {"mode": now.mode, "scale": now.scale, "now": now.now(), "next_at": next_at}


def set_clock(world: World, given: Mapping[str, Any]) -> dict[str, Any]:
    """Stop, step or scale time. Raises BadControl."""
    values.only(given, "mode", "scale", "advance_s", "advance_to_next")
    mode = given.get("mode")
    world.clock.set(
        mode=None if mode is None else values.choice(mode, "mode", ("real", "manual")),
        scale=_number(given, "scale"),
        advance_s=_number(given, "advance_s"),
        advance_to_next=given.get("advance_to_next") is not None
        and values.flag(given, "advance_to_next"),
    )
    return clock(world)


def set_instance(
    world: World, instance_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Change what only the simulator knows of an instance. Raises BadControl."""
    values.only(given, *CHOICES, *OWN_S, "limit")
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if name in CHOICES:
            if value is not None:
                changes[name] = values.choice(value, name, CHOICES[name])
        elif name == "limit":
            changes[name] = values.count(given, name)
        else:
            changes[name] = values.number(given, name)
    region = world.find_instance_region(instance_id)
    with world.account(region.account_id).lock:
        region.timers.settle(region.now)
        row = region.instances.get(instance_id)
        if row is None:
            raise NoSuch(f"{instance_id}: no such instance")
        row = health.afflict(region, row, changes)
    shown = {name: getattr(row, name) for name in (*CHOICES, *OWN_S, "limit")}
    return {"id": row.id, "state": row.state, **shown}


def set_zone(
    world: World, site: Site, zone: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Begin or end an outage of a zone, in every account. Raises BadControl."""
    values.only(given, "outage")
    outage = values.flag(given, "outage")
    name = zone[:-1]
    if zone[-1:] not in zones.LETTERS or not zones.REGION_NAME.match(name):
        raise NoSuch(f"{zone}: no such zone")
    world.region(DEFAULT_ACCOUNT, name)
    for region in world.regions():
        if region.name == name:
            with world.account(region.account_id).lock:
                (region.outages.add if outage else region.outages.discard)(zone)
                site.refresh(region)
    return {"zone": zone, "outage": outage}


def add_fault(world: World, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put a fault into the plan. Raises BadControl.

    One for a call that EC2 does not have would never strike, and nobody would know.
    """
    action = given.get("action")
    if isinstance(action, str) and action and not _calls(action):
        raise BadControl(f"action: EC2 has no call {action}")
    return world.faults.add(given).shown()


def set_role(world: World, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let a role be assumed with its external id only, or with any. Raises BadControl.

    A role that was never named may be assumed by everybody.
    """
    values.only(given, "role_arn", "external_id")
    arn = values.text(given, "role_arn")
    if not ROLE.match(arn):
        raise BadControl("role_arn: expected arn:aws:iam::ACCOUNT:role/NAME")
    external_id = values.text_or_none(given, "external_id")
    if external_id is None:
        world.roles.pop(arn, None)
    else:
        world.roles[arn] = external_id
    return {"roles": dict(world.roles)}


def expire(
    world: World, sessions: Sessions, given: Mapping[str, Any]
) -> dict[str, Any]:
    """End the sessions of a name, of an access key, or all of them."""
    values.only(given, "session", "access_key_id")
    return {
        "expired": sessions.expire(
            session=values.text_or_none(given, "session"),
            access_key=values.text_or_none(given, "access_key_id"),
            now=world.clock.now(),
        )
    }


def _calls(pattern: str) -> list[str]:
    names = model.service("ec2").operation_names
    return [name for name in names if fnmatchcase(name, pattern)]


def _number(given: Mapping[str, Any], name: str) -> float | None:
    value = given.get(name)
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int | float)
    ):
        raise BadControl(f"{name}: expected a number")
    return value
