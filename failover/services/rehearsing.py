"""Calls asked of EC2 by DryRun because a person wants to know it now.

Nothing moves and nothing is started; what was asked is in the audit log.
"""

from dataclasses import dataclass

from django.db import transaction

from failover import audit, wiring
from failover.engine import ports
from failover.engine.job import Action, Call
from failover.models import Pair, Region
from failover.services import judging, swaps
from failover.services.access import Actor
from failover.services.plans import PlanView

SPENT = "EC2's quota is spent on jobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What EC2 says of one call: `is_allowed` None is neither yes nor no, `why` says
    what else it was.
    """

    is_allowed: bool | None
    why: str = ""
    # EC2 knows no DryRun of this call.
    is_never: bool = False

    @property
    def outcome(self) -> str:
        """One word for it."""
        if self.is_never:
            return "never"
        if self.is_allowed is None:
            return "unknown"
        return "allowed" if self.is_allowed else "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """A plan of now, and the answer for each of its calls, in their order."""

    plan: PlanView
    answers: tuple[Answer, ...]


def ask(*, region: Region, call: Call) -> Answer:
    """One DryRun, if EC2's quota has room for it beside the jobs."""
    if call.action is Action.ASSIGN:
        return Answer(is_allowed=None, is_never=True)
    budgets = wiring.store().budgets
    if not budgets.rehearse(region_id=region.pk, action=call.action, is_awaited=True):
        return Answer(is_allowed=None, why=SPENT)
    try:
        return Answer(is_allowed=wiring.gateway(region).may(call))
    except ports.Ec2Error as error:
        return Answer(is_allowed=None, why=error.code or type(error).__name__)


def rehearse_swap(*, pair: Pair, to: str | None, actor: Actor) -> Rehearsed:
    """Plan anew, and ask EC2 about exactly the calls of that plan.

    Raises Forbidden, ConfirmIdentity, Invalid, Ec2Unreachable.
    """
    judging.require_permitted(pair, actor)
    prepared, plan = swaps.look(pair=pair, to=to)
    answers = tuple(ask(region=pair.region, call=c) for c in prepared.plan.calls)
    with transaction.atomic():
        audit.record(
            at=wiring.now(),
            actor=actor.name,
            token=actor.token_id,
            source_ip=actor.source_ip,
            action="pair.dry_run",
            subject=f"pair/{pair.name}",
            outcome="ok"
            if all(a.is_allowed is not False for a in answers)
            else "denied",
            after={
                "to": plan.to,
                "calls": [
                    {"action": c.action, "answer": a.outcome, "why": a.why}
                    for c, a in zip(plan.calls, answers, strict=True)
                ],
            },
        )
    return Rehearsed(plan=plan, answers=answers)
