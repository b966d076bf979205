"""What is checked of an idle pair: its plan, and what could spoil it by tomorrow."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from failover.engine.job import Action
from failover.engine.preflight import Check
from failover.engine.topology import Instance, Interface, InterfaceId, Observation
from failover.models import Pair, Region
from failover.models.pairs import Strategy
from failover.services import floating, plans
from failover.services.accounts import permissions
from failover.services.accounts.permissions import Verdict
from failover.services.facts import Facts
from failover.services.standing import LIVE

# The interfaces that eni pairs may bring to an instance, by its id.
Reserved = Mapping[str, frozenset[InterfaceId]]


def reserve(region: Region) -> Reserved:
    """What the pairs of the region may bring to each instance (protocol P7)."""
    found: dict[str, set[InterfaceId]] = {}
    rows = Pair.objects.filter(region=region, strategy=Strategy.ENI).values_list(
        "primary_instance_id", "standby_instance_id", "network_interface_id"
    )
    for primary, standby, interface_id in rows:
        for end in (primary, standby):
            found.setdefault(end, set()).add(InterfaceId(interface_id))
    return {end: frozenset(ids) for end, ids in found.items()}


def list_checks(
    *,
    pair: Pair,
    known: Facts,
    allowed: Mapping[Action, Verdict],
    reserved: Reserved,
    now: datetime,
) -> list[Check]:
    """The plan's checks towards the passive instance, and those of readiness alone.

    What changes by the minute is left out: `standing` says that anew each time.
    """
    own = floating.cut(pair, known.seen)
    prepared = plans.plan_on(pair=pair, to=None, seen=own)
    target = own.instances.get(prepared.plan.target) if prepared.plan.target else None
    checks = [
        _with_foresight(check, pair, prepared.interface, target, reserved)
        for check in prepared.plan.checks
        if check.code not in LIVE and not (check.ok and check.code in plans.SILENT)
    ]
    if pair.strategy != Strategy.ENI and prepared.moving is not None:
        ends = (prepared.moving.source, prepared.moving.target)
        checks += _check_groups([e.interface_id for e in ends if e], own)
    return [*checks, *permissions.checks(pair=pair, known=allowed, now=now)]


def _with_foresight(
    check: Check,
    pair: Pair,
    interface: Interface | None,
    target: Instance | None,
    reserved: Reserved,
) -> Check:
    if check.code == "delete_on_termination" and interface is not None:
        return _check_termination(check, interface)
    if check.code == "free_slot" and check.ok and target is not None:
        return _check_capacity(check, pair, target, reserved)
    return check


def _check_termination(check: Check, interface: Interface) -> Check:
    """A swap mends the flag; a termination before the swap leaves nothing to mend."""
    attachment = interface.attachment
    if attachment is None or not attachment.delete_on_termination:
        return check
    args = (("holder", attachment.instance_id),)
    return replace(check, ok=False, severity="warning", args=args)


def _check_capacity(
    check: Check, pair: Pair, target: Instance, reserved: Reserved
) -> Check:
    """Whether all pairs of the instance could come to it, and not only this one."""
    present = {s.interface_id for s in target.slots}
    others = (present | reserved.get(target.id, frozenset())) - {
        InterfaceId(pair.network_interface_id)
    }
    limit = target.interface_limit
    if limit is None or len(others) < limit:
        return check
    args = (
        ("instance", str(target.id)),
        ("count", str(len(others))),
        ("limit", str(limit)),
    )
    return replace(check, ok=False, severity="warning", args=args)


def _check_groups(ends: Iterable[InterfaceId], seen: Observation) -> list[Check]:
    """The groups decide what may reach the service, and they stay where they are."""
    shown = [seen.interfaces[i] for i in ends if i in seen.interfaces]
    if len(shown) < 2:
        return []
    here, there = shown
    args = (
        ("other", _holder(here)),
        ("here", _groups(here)),
        ("instance", _holder(there)),
        ("there", _groups(there)),
    )
    is_same = set(here.security_groups) == set(there.security_groups)
    return [Check(code="security_groups", ok=is_same, severity="warning", args=args)]


def _holder(interface: Interface) -> str:
    attachment = interface.attachment
    return attachment.instance_id if attachment else interface.id


def _groups(interface: Interface) -> str:
    names = sorted(name or group_id for group_id, name in interface.security_groups)
    return ", ".join(names) or "none"
