"""The plan of a swap as its dialog shows it, with what has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from failover.services import plain_names
from failover.services.plans import PlannedCall, PlanView
from failover.services.views import PairView
from failover.web.presenters import pairs, resources, timing
from failover.web.presenters.resources import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One call of the plan."""

    action: str
    text: str
    is_changed: bool = False
    cli: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapPlan:
    """The swap dialog. Not readable: EC2 did not answer, so there is no plan."""

    pair: str
    pair_href: str
    href: str
    confirm: str
    key: str
    is_readable: bool = False
    is_possible: bool = False
    why_not: str = ""
    resource: Resource | None = None
    may_hang: bool = False
    public_ip: str = ""
    source_id: str = ""
    source_label: str = "nobody"
    target_id: str = ""
    target_label: str = ""
    plan_hash: str = ""
    outage: str = ""
    calls: tuple[CallLine, ...] = ()
    checks: tuple[pairs.CheckLine, ...] = ()

    @property
    def open_checks(self) -> tuple[pairs.CheckLine, ...]:
        """What stands in the way, warns, or says something else than before."""
        return tuple(
            c for c in self.checks if c.badge.tone != "success" or c.is_changed
        )

    @property
    def passed_checks(self) -> tuple[pairs.CheckLine, ...]:
        """The rest, which need no reading."""
        shown = self.open_checks
        return tuple(c for c in self.checks if c not in shown)

    @property
    def seen(self) -> tuple[str, ...]:
        """What the operator is shown, sent back to mark what has changed since."""
        calls = tuple(f"{c.action} {c.text}" for c in self.calls)
        return calls + tuple(c.detail for c in self.checks)


def swap_plan(
    pair: PairView,
    plan: PlanView | None,
    *,
    key: UUID,
    seen: Sequence[str] = (),
) -> SwapPlan:
    """`seen` are the lines of the plan that was shown before, if any was."""
    confirm = pair.confirm
    href = reverse("pair-swap", args=[pair.name])
    pair_href = reverse("pair", args=[pair.name])
    if plan is None:
        return SwapPlan(
            pair=pair.name,
            pair_href=pair_href,
            href=href,
            confirm=confirm,
            key=str(key),
        )
    names = pairs.names_of(pair)
    before = frozenset(seen) if seen else None
    return SwapPlan(
        pair=pair.name,
        pair_href=pair_href,
        href=href,
        confirm=confirm,
        key=str(key),
        is_readable=True,
        is_possible=plan.is_acceptable(force=True),
        why_not=_why_not(plan),
        resource=resources.resource(pair),
        may_hang=pair.strategy == "eni",
        public_ip=_public_ip(pair),
        source_id=plan.active_instance_id or "",
        source_label=_label(plan.active_instance_id, names) or "nobody",
        target_id=plan.to,
        target_label=_label(plan.to, names),
        plan_hash=plan.plan_hash,
        outage=timing.duration(plan.expected_outage_s),
        calls=tuple(_call_line(c, before) for c in plan.calls),
        checks=pairs.check_lines(plan.checks, seen=before),
    )


def _public_ip(pair: PairView) -> str:
    """The Elastic IP that comes along, or that is what moves."""
    return "" if pair.strategy == "route" else pair.public_ip


def _label(instance_id: str | None, names: dict[str, str]) -> str:
    if not instance_id:
        return ""
    return plain_names.called(names.get(instance_id, ""), instance_id)


def _call_line(call: PlannedCall, before: frozenset[str] | None) -> CallLine:
    action = call.action
    text = ", ".join(f"{name} {value}" for name, value in call.args.items())
    is_changed = before is not None and f"{action} {text}" not in before
    return CallLine(action=action, text=text, is_changed=is_changed, cli=call.cli)


def _why_not(plan: PlanView) -> str:
    failed = [c for c in plan.checks if not c.ok and c.severity == "error"]
    return "A check fails; force does not skip it." if failed else ""
