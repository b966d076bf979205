"""Plan and checks before the first call (protocol P6, contract.md "plan").

A plan is the calls that a job would make, the facts they rest on, and a hash of both;
ages and times are never in the hash.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from failover.engine.job import Action, Call
from failover.engine.ports import describe
from failover.engine.topology import (
    AllocationId,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    Scope,
)

Severity = Literal["error", "warning"]
GOOD_STATUS = frozenset({"ok", "", "not-applicable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check; `code` is of contract.md, `args` are for its sentence."""

    code: str
    ok: bool
    severity: Severity = "error"
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a job towards `target` would do; None as target means to lie free."""

    source: InstanceId | None
    target: InstanceId | None
    calls: tuple[Call, ...]
    checks: tuple[Check, ...]
    plan_hash: str

    @property
    def is_possible(self) -> bool:
        return all(c.ok for c in self.checks if c.severity == "error")

    @property
    def warnings(self) -> tuple[Check, ...]:
        return tuple(c for c in self.checks if not c.ok and c.severity == "warning")

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(c for c in self.checks if not c.ok and c.severity == "error")


def scope_for(
    *, interface_id: InterfaceId, instance_ids: Iterable[InstanceId]
) -> Scope:
    """What must be seen for a plan."""
    return Scope(
        interface_ids=frozenset({interface_id}), instance_ids=frozenset(instance_ids)
    )


def snapshot(interface: Interface) -> tuple[tuple[AllocationId, str], ...]:
    """The addresses that must be on the interface at the end (P4)."""
    return tuple(sorted(interface.associations))


def plan_swap(
    *,
    interface: Interface | None,
    device_index: int,
    to: InstanceId,
    seen: Observation,
    frozen: bool,
) -> Plan:
    """The plan of a swap to `to`: detach where it is, attach there."""
    target = seen.instances.get(to)
    checks = [Check(code="frozen", ok=not frozen)]
    source: InstanceId | None = None
    calls: tuple[Call, ...] = ()
    if interface is not None:
        source, calls = _moves(interface, to, device_index)
        checks += _interface_checks(interface)
        checks += _target_checks(interface, target, to, device_index)
    else:
        checks.append(Check(code="interface_secondary", ok=False))
    facts = _facts(interface, seen, to)
    return Plan(
        source=source,
        target=to,
        calls=calls,
        checks=tuple(checks),
        plan_hash=hash_plan("eni", to, facts, calls),
    )


def plan_attach(
    *,
    interface: Interface,
    instance_id: InstanceId,
    device_index: int,
    seen: Observation,
) -> Plan:
    """The plan of a plain attach; a stopped instance may be attached to (warm)."""
    target = seen.instances.get(instance_id)
    calls = (_attach(interface.id, instance_id, device_index),)
    checks = [
        *_interface_checks(interface),
        *_target_checks(
            interface, target, instance_id, device_index, may_be_stopped=True
        ),
    ]
    facts = _facts(interface, seen, instance_id)
    return Plan(
        source=None,
        target=instance_id,
        calls=calls,
        checks=tuple(checks),
        plan_hash=hash_plan("eni", instance_id, facts, calls),
    )


def plan_detach(*, interface: Interface, seen: Observation) -> Plan:
    """The plan of a plain detach: to lie free."""
    attachment = interface.attachment
    calls = (_detach(interface),) if attachment else ()
    facts = _facts(interface, seen, None)
    return Plan(
        source=attachment.instance_id if attachment else None,
        target=None,
        calls=calls,
        checks=tuple(_interface_checks(interface)),
        plan_hash=hash_plan("eni", None, facts, calls),
    )


def lock_keys(
    *,
    account: str,
    region: str,
    interface: Interface,
    ends: Iterable[tuple[InstanceId | None, int]],
) -> frozenset[str]:
    """The locks of P7: the interface, its addresses, a slot at each end."""
    prefix = f"{account}:{region}"
    keys = {f"{prefix}:interface:{interface.id}"}
    for own in interface.addresses:
        address = lock_of_address(subnet_id=interface.subnet_id, address=own.address)
        keys.add(f"{prefix}:{address}")
        if own.allocation_id:
            keys.add(f"{prefix}:{lock_of_allocation(own.allocation_id)}")
    for instance_id, index in ends:
        if instance_id is not None:
            keys.add(f"{prefix}:slot:{instance_id}:{index}")
    return frozenset(keys)


# An interface may carry what another strategy moves: both must then name it alike.


def lock_of_address(*, subnet_id: str, address: str) -> str:
    """A private address in a lock's key, after the account and the region."""
    return f"address:{subnet_id}:{address}"


def lock_of_allocation(allocation_id: str) -> str:
    """An Elastic IP in a lock's key, after the account and the region."""
    return f"allocation:{allocation_id}"


def free_index(instance: Instance) -> int:
    """The lowest device index above the primary's that nothing takes."""
    taken = {slot.device_index for slot in instance.slots}
    index = 1
    while index in taken:
        index += 1
    return index


def _moves(
    interface: Interface, to: InstanceId, device_index: int
) -> tuple[InstanceId | None, tuple[Call, ...]]:
    attachment = interface.attachment
    attach = _attach(interface.id, to, device_index)
    if attachment is None:
        return None, (attach,)
    keep = Call(
        action=Action.MODIFY, interface_id=interface.id, attachment_id=attachment.id
    )
    first = (keep,) if attachment.delete_on_termination else ()
    return attachment.instance_id, (*first, _detach(interface), attach)


def _attach(interface_id: InterfaceId, to: InstanceId, device_index: int) -> Call:
    return Call(
        action=Action.ATTACH,
        interface_id=interface_id,
        instance_id=to,
        device_index=device_index,
    )


def _detach(interface: Interface) -> Call:
    attachment = interface.attachment
    return Call(
        action=Action.DETACH,
        interface_id=interface.id,
        attachment_id=attachment.id if attachment else None,
    )


def _interface_checks(interface: Interface) -> list[Check]:
    attachment = interface.attachment
    index = attachment.device_index if attachment else None
    is_managed = interface.requester_managed or interface.interface_type != "interface"
    return [
        Check(code="interface_secondary", ok=index != 0),
        Check(
            code="interface_managed",
            ok=not is_managed,
            args=(("type", interface.interface_type),),
        ),
        # A raised flag is mended by a step of the job, so it never refuses (P4).
        Check(
            code="delete_on_termination",
            ok=True,
            severity="warning",
            args=(
                ("mended", str(bool(attachment and attachment.delete_on_termination))),
            ),
        ),
    ]


def _target_checks(
    interface: Interface,
    target: Instance | None,
    to: InstanceId,
    device_index: int,
    *,
    may_be_stopped: bool = False,
) -> list[Check]:
    name = ("instance", to)
    if target is None:
        return check_state(to, target)
    zones = (
        ("interface_zone", interface.availability_zone),
        ("instance_zone", target.availability_zone),
    )
    others = [s for s in target.slots if s.interface_id != interface.id]
    limit = target.interface_limit
    return [
        Check(
            code="same_zone",
            ok=interface.availability_zone == target.availability_zone,
            args=(name, *zones),
        ),
        Check(code="same_vpc", ok=interface.vpc_id == target.vpc_id, args=(name,)),
        *check_state(to, target, may_be_stopped=may_be_stopped),
        Check(
            code="free_index",
            ok=all(s.device_index != device_index for s in others),
            args=(name, ("index", str(device_index))),
        ),
        Check(
            code="free_slot",
            ok=limit is None or len(others) < limit,
            args=(name, ("count", str(len(others))), ("limit", str(limit))),
        ),
    ]


def check_state(
    to: InstanceId, target: Instance | None, *, may_be_stopped: bool = False
) -> list[Check]:
    """Whether the instance runs (or may be stopped) and passes EC2's own checks."""
    name = ("instance", to)
    if target is None:
        missing = (name, ("state", "not found"))
        return [Check(code="target_state", ok=False, args=missing)]
    states = {"running", "stopped"} if may_be_stopped else {"running"}
    status = (target.system_status, target.instance_status)
    return [
        Check(
            code="target_state",
            ok=target.state in states,
            args=(name, ("state", target.state)),
        ),
        Check(
            code="target_status",
            ok=all(s in GOOD_STATUS for s in status),
            severity="warning",
            args=(name, ("system", status[0]), ("instance_status", status[1])),
        ),
    ]


def _facts(
    interface: Interface | None, seen: Observation, to: InstanceId | None
) -> list[object]:
    attachment = interface.attachment if interface else None
    return [
        interface.id if interface else None,
        attachment.instance_id if attachment else None,
        attachment.id if attachment else None,
        attachment.status if attachment else None,
        sorted(interface.associations) if interface else [],
        sorted((i.id, i.state) for i in seen.instances.values()),
        to,
    ]


def hash_plan(
    strategy: str, to: InstanceId | None, facts: list[object], calls: Iterable[Call]
) -> str:
    """What a plan is known by: the same for the same facts and calls."""
    plain = [strategy, to, facts, [[c.action, describe(c)] for c in calls]]
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
