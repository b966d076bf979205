"""The plan of a swap as its dialog shows it, with what has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from failover.services import plain_names, plan_steps, plan_words
from failover.services.plans import PlannedCall, PlanView
from failover.services.rehearsing import Answer
from failover.services.views import PairView
from failover.web.presenters import badges, jobs, pairs, resources, timing
from failover.web.presenters.badges import Badge, Tone
from failover.web.presenters.resources import Resource

TITLES = {**jobs.STEPS, "check": "Lock the pair and look again"}
# How an answer to a DryRun looks, the worst first.
TONES: Mapping[str, Tone] = {
    "denied": "error",
    "unknown": "warning",
    "never": "info",
    "allowed": "success",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One call of the plan."""

    action: str
    text: str
    is_changed: bool = False
    cli: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step of the swap: a call, or a look or a wait between them."""

    title: str
    call: CallLine | None = None
    detail: str = ""
    if_fails: str = ""
    # What EC2 has said of the call, after a dry run.
    verdict: Badge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a dry run has found, in one sentence."""

    tone: Tone
    icon: str
    said: str


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
    steps: tuple[StepLine, ...] = ()
    no_probe: str = ""
    dry_run: DryRun | None = None

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
    answers: Sequence[Answer] = (),
) -> SwapPlan:
    """`seen` are the lines of the plan that was shown before, if any was; `answers`
    what EC2 has said of its calls, if it was asked.
    """
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
    has_probe = pair.probe.get("kind", "none") != "none"
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
        steps=_step_lines(pair, plan, before, answers),
        no_probe="" if has_probe else plan_words.NO_PROBE,
        dry_run=_dry_run(answers),
    )


def _public_ip(pair: PairView) -> str:
    """The Elastic IP that comes along, or that is what moves."""
    return "" if pair.strategy == "route" else pair.public_ip


def _label(instance_id: str | None, names: dict[str, str]) -> str:
    if not instance_id:
        return ""
    return plain_names.called(names.get(instance_id, ""), instance_id)


def _called(instance_id: str | None, names: dict[str, str]) -> str:
    """By its name alone, where the id stands above."""
    return names.get(instance_id or "") or instance_id or ""


def _call_line(call: PlannedCall, before: frozenset[str] | None) -> CallLine:
    action = call.action
    text = ", ".join(f"{name} {value}" for name, value in call.args.items())
    is_changed = before is not None and f"{action} {text}" not in before
    return CallLine(action=action, text=text, is_changed=is_changed, cli=call.cli)


def _step_lines(
    pair: PairView,
    plan: PlanView,
    before: frozenset[str] | None,
    answers: Sequence[Answer],
) -> tuple[StepLine, ...]:
    names, told = pairs.names_of(pair), iter(answers)
    steps = plan_steps.list_steps(
        pair=pair,
        plan=plan,
        source=_called(plan.active_instance_id, names),
        target=_called(plan.to, names),
    )
    found = []
    for step in steps:
        answer = next(told, None) if step.call else None
        found.append(
            StepLine(
                title=step.title or TITLES.get(step.name, ""),
                call=_call_line(step.call, before) if step.call else None,
                detail=step.detail,
                if_fails=step.if_fails,
                verdict=_verdict(answer) if answer else None,
            )
        )
    return tuple(found)


def _verdict(answer: Answer) -> Badge:
    said = plan_words.verdict(answer.outcome, answer.why)
    return badges.make(said, TONES[answer.outcome])


def _dry_run(answers: Sequence[Answer]) -> DryRun | None:
    """The worst of the answers decides."""
    if not answers:
        return None
    outcomes = [a.outcome for a in answers]
    worst = next(o for o in TONES if o in outcomes)
    return DryRun(
        tone=TONES[worst],
        icon=badges.ICONS[TONES[worst]],
        said=plan_words.DRY_RUNS[worst].format(
            count=outcomes.count(worst), all=len(outcomes)
        ),
    )


def _why_not(plan: PlanView) -> str:
    failed = [c for c in plan.checks if not c.ok and c.severity == "error"]
    return "A check fails; force does not skip it." if failed else ""
