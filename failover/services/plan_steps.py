"""The steps that a swap would go through, from its plan; those of a job are `steps`."""

from dataclasses import dataclass

from failover import wiring
from failover.engine.job import Action
from failover.services import plan_words, probe_words, words
from failover.services.plans import PlannedCall, PlanView
from failover.services.views import PairView

# The step that each call is, and the wait that follows it; the others move.
CALLS = {
    Action.MODIFY.value: ("keep", ""),
    Action.DETACH.value: ("detach", "wait_detached"),
    Action.ATTACH.value: ("attach", "wait_attached"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step; a `call` is one that EC2 is sent, the others are looks and waits."""

    name: str
    call: PlannedCall | None = None
    title: str = ""
    detail: str = ""
    if_fails: str = ""


def list_steps(
    *, pair: PairView, plan: PlanView, source: str, target: str
) -> tuple[PlannedStep, ...]:
    """All steps in order; `source` and `target` are what people call the two ends."""
    if not plan.calls:
        return ()
    limits, policy = wiring.limits(), pair.policy
    is_forced = policy.get("force") == "after"
    after_s = policy.get("force_after_s") if is_forced else None
    gaps = plan_words.Gaps(
        noun=words.noun(pair.strategy),
        source=source if plan.active_instance_id else "",
        target=target,
        force_after_s=float(after_s or limits.force_after_s),
        verify_after_s=limits.verify_after_s,
        stuck_s=limits.attach_stuck_s,
    )
    found = [_step("check", gaps)]
    for call in plan.calls:
        name, wait = CALLS.get(call.action, ("move", ""))
        found.append(_step(name, gaps, call=call))
        if wait:
            is_wait_forced = is_forced and wait == "wait_detached"
            told = "wait_forced" if is_wait_forced else wait
            found.append(_step(wait, gaps, told=told))
    is_move = pair.strategy != "eni"
    found.append(_step("verify", gaps, told="verify_move" if is_move else "verify"))
    if pair.probe.get("kind", "none") != "none":
        asked = probe_words.target(pair.probe)
        found.append(_step("probe", gaps, title=f"Probe {asked}"))
    return tuple(found)


def _step(
    name: str,
    gaps: plan_words.Gaps,
    *,
    told: str = "",
    call: PlannedCall | None = None,
    title: str = "",
) -> PlannedStep:
    return PlannedStep(
        name=name,
        call=call,
        title=title,
        detail=plan_words.detail(told or name, gaps),
        if_fails=plan_words.if_fails(told or name, gaps),
    )
