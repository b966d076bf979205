"""Plans: what a job would do, on one fresh look, with every check's sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from failover.engine import preflight
from failover.engine.job import Call, Moving, Part
from failover.engine.job import Strategy as JobStrategy
from failover.engine.moves import preflight as preflight_of_moves
from failover.engine.moves.preflight import MovePlan
from failover.engine.ports import describe
from failover.engine.preflight import Check, Plan
from failover.engine.topology import InstanceId, Interface, InterfaceId, Observation
from failover.models import Pair
from failover.models.pairs import Strategy
from failover.services import (
    burnt,
    command_line,
    fields,
    floating,
    holders,
    measures,
    probe_targets,
    refusals,
    sights,
    words,
)
from failover.services.views import CheckView

# Checks of the plan that say nothing when they pass.
SILENT = frozenset({"foreign_holder", "interface_found", "resource_found"})
NOT_FOUND = frozenset({"interface_found", "resource_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """One call that the job would make, by EC2's own names; `cli` is the same for a
    shell.
    """

    action: str
    args: dict[str, str | int | bool]
    cli: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as pages, API and commands show it."""

    to: str
    active_instance_id: str | None
    calls: tuple[PlannedCall, ...]
    checks: tuple[CheckView, ...]
    expected_outage_s: float
    plan_hash: str
    observed_at: datetime

    def is_acceptable(self, *, force: bool) -> bool:
        """Whether a request would pass: force accepts warnings, never errors."""
        return is_acceptable(self.checks, force=force)

    def as_fields(self) -> dict[str, object]:
        """As contract.md writes a plan."""
        return fields.as_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A plan with the look it rests on.

    `holder` has the resource, in whatever attachment status; None: it lies free, or
    it is mixed. `is_there` says that it is, or is about to be, where the plan wants
    it; `is_free` that it exists and a swap would not take it from anybody. `interface`
    is what `eni` moves, `moving` what the others move.
    """

    pair: Pair
    generation: int
    seen: Observation
    plan: Plan
    holder: InstanceId | None
    is_there: bool
    is_free: bool
    is_mixed: bool = False
    interface: Interface | None = None
    moving: Moving | None = None
    parts: tuple[Part, ...] = ()
    snapshot: tuple[tuple[str, str], ...] = ()


def prepare(*, pair: Pair, to: str | None) -> Prepared:
    """Look once and plan. Raises Invalid, Ec2Unreachable."""
    _require_end(pair, to)
    seen = sights.look_for(region=pair.region, pairs=[pair])
    return plan_on(pair=pair, to=to, seen=seen)


def plan_on(*, pair: Pair, to: str | None, seen: Observation) -> Prepared:
    """The plan on a look that was taken already. Raises Invalid."""
    _require_end(pair, to)
    if pair.strategy == Strategy.ENI:
        return _plan_interface(pair, to, seen)
    return _plan_move(pair, to, seen)


def _plan_interface(pair: Pair, to: str | None, seen: Observation) -> Prepared:
    interface = seen.interfaces.get(InterfaceId(pair.network_interface_id))
    attachment = interface.attachment if interface else None
    holder = attachment.instance_id if attachment else None
    target = InstanceId(to or choose_target(pair, holder))
    plan = preflight.plan_swap(
        interface=interface,
        device_index=pair.device_index,
        to=target,
        seen=seen,
        frozen=holders.is_frozen(pair, at=seen.ended_at),
    )
    checks = _with_pairs_own_checks(pair, plan, interface, holder)
    spoilt = burnt.check(
        pair=pair,
        to=target,
        target=seen.instances.get(target),
        is_free=attachment is None,
    )
    spoilt_too = (spoilt,) if spoilt else ()
    address = probe_targets.find_address(
        seen=seen, interface=interface, moving=None, end=None
    )
    may_probe = probe_targets.check(pair, address)
    is_leaving = attachment is not None and attachment.status == "detaching"
    return Prepared(
        pair=pair,
        generation=pair.generation,
        seen=seen,
        plan=replace(plan, checks=(*checks, *spoilt_too, *may_probe)),
        holder=holder,
        is_there=holder == target and not is_leaving,
        is_free=interface is not None and holder is None,
        interface=interface,
        snapshot=preflight.snapshot(interface) if interface else (),
    )


def _plan_move(pair: Pair, to: str | None, seen: Observation) -> Prepared:
    ends = floating.ends(pair, seen)
    parts = floating.parts(pair, ends, seen)
    first, second = floating.instances_of(pair)

    def plan_to(target: InstanceId) -> MovePlan:
        return preflight_of_moves.plan_move(
            strategy=JobStrategy(pair.strategy),
            parts=parts,
            ends=ends,
            to=target,
            seen=seen,
            frozen=holders.is_frozen(pair, at=seen.ended_at),
        )

    planned = plan_to(InstanceId(to) if to else first)
    if not to and planned.holder == first:
        planned = plan_to(second)
    found = Check(
        code="resource_found",
        ok=not planned.missing,
        args=(("resource", ", ".join(planned.missing)),),
    )
    foreign = Check(
        code="foreign_holder",
        ok=not planned.foreign,
        args=(("holder", planned.foreign),),
    )
    address = probe_targets.find_address(
        seen=seen, interface=None, moving=planned.moving, end=planned.moving.target
    )
    may_probe = probe_targets.check(pair, address)
    checks = (*planned.plan.checks, found, foreign, *may_probe)
    is_whole = planned.moving.target is not None and not planned.missing
    return Prepared(
        pair=pair,
        generation=pair.generation,
        seen=seen,
        plan=replace(planned.plan, checks=checks),
        holder=planned.holder or (InstanceId(planned.foreign) or None),
        is_there=planned.is_there,
        is_free=planned.is_free,
        is_mixed=planned.is_mixed,
        moving=planned.moving if is_whole else None,
        parts=parts,
        snapshot=planned.riders,
    )


def require_found(prepared: Prepared) -> None:
    """Raises NotFound where EC2 does not know what the pair moves."""
    failed = {c.code for c in prepared.plan.checks if not c.ok}
    if failed & NOT_FOUND:
        raise refusals.NotFound(
            what=words.noun(prepared.pair.strategy), id=moved_id(prepared.pair)
        )


def moved_id(pair: Pair) -> str:
    """What the pair moves, by EC2's own names."""
    match pair.strategy:
        case Strategy.EIP:
            return pair.allocation_id
        case Strategy.PRIVATE_IP:
            return pair.private_ip
        case Strategy.ROUTE:
            return f"{pair.destination_cidr} in {', '.join(pair.route_table_ids)}"
        case _:
            return pair.network_interface_id


def choose_target(pair: Pair, holder: str | None) -> str:
    """The passive instance; the primary when neither end holds the resource."""
    if holder == pair.primary_instance_id:
        return pair.standby_instance_id
    return pair.primary_instance_id


def view(prepared: Prepared, *, job_id: object = None) -> PlanView:
    """The plan with sentences, and with the job that is in the way, if any."""
    checks = list(prepared.plan.checks)
    args = (("job", str(job_id)),) if job_id else ()
    checks.append(Check(code="job_active", ok=job_id is None, args=args))
    return PlanView(
        to=prepared.plan.target or "",
        active_instance_id=prepared.holder,
        calls=as_planned(prepared.plan.calls, region=prepared.pair.region.name),
        checks=as_views(checks, prepared.pair.strategy),
        expected_outage_s=measures.expected_outage_s(pair=prepared.pair),
        plan_hash=prepared.plan.plan_hash,
        observed_at=datetime.fromtimestamp(prepared.seen.began_at, tz=UTC),
    )


def as_planned(calls: Iterable[Call], *, region: str) -> tuple[PlannedCall, ...]:
    """The calls by EC2's own names."""
    named = ((c.action.value, describe(c)) for c in calls)
    return tuple(
        PlannedCall(
            action=action,
            args=args,
            cli=command_line.render_call(action, args, region=region),
        )
        for action, args in named
    )


def as_views(
    checks: Iterable[Check], strategy: str = Strategy.ENI.value
) -> tuple[CheckView, ...]:
    """The checks with their sentences."""
    return tuple(
        CheckView(
            code=c.code,
            ok=c.ok,
            severity=c.severity,
            detail=words.check(c.code, ok=c.ok, args=dict(c.args), strategy=strategy),
        )
        for c in checks
        if not (c.ok and c.code in SILENT)
    )


def as_readiness(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """The checks as the pair's row keeps them."""
    return [
        {"code": c.code, "ok": c.ok, "severity": c.severity, "args": dict(c.args)}
        for c in checks
        if not (c.ok and c.code in SILENT)
    ]


def is_acceptable(checks: Iterable[CheckView], *, force: bool) -> bool:
    """Errors never pass; warnings pass under force."""
    failed = [c for c in checks if not c.ok]
    return all(force and c.severity == "warning" for c in failed)


def require_acceptable(
    plan: Plan, *, force: bool, strategy: str = Strategy.ENI.value
) -> None:
    """Raises PreflightFailed with all checks."""
    checks = as_views(plan.checks, strategy)
    if not is_acceptable(checks, force=force):
        raise refusals.PreflightFailed(checks=checks)


def _require_end(pair: Pair, to: str | None) -> None:
    ends = (pair.primary_instance_id, pair.standby_instance_id)
    if to and to not in ends:
        said = f"One of the pair's instances: {', '.join(ends)}."
        raise refusals.Invalid(errors={"to": [said]})


def _with_pairs_own_checks(
    pair: Pair, plan: Plan, interface: Interface | None, holder: str | None
) -> tuple[Check, ...]:
    ends = (pair.primary_instance_id, pair.standby_instance_id)
    found = Check(
        code="interface_found",
        ok=interface is not None,
        args=(("interface", pair.network_interface_id),),
    )
    foreign = Check(
        code="foreign_holder",
        ok=holder is None or holder in ends,
        args=(("holder", holder or ""),),
    )
    # The engine's stand-in for an interface that EC2 does not know is said better.
    kept = [
        c
        for c in plan.checks
        if interface is not None or c.code != "interface_secondary"
    ]
    return (*kept, found, foreign)
