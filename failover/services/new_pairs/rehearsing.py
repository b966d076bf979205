"""A pair before it exists: its plan, its checks, and whether our role may make it.

Nothing is written and nothing moves: EC2 is looked at, and asked by DryRun.
"""

from dataclasses import dataclass
from datetime import timedelta

from failover import wiring
from failover.engine import ports
from failover.engine.job import Call
from failover.models import Region
from failover.services import creation, plans, rehearsing
from failover.services.accounts import permissions
from failover.services.accounts.permissions import Verdict
from failover.services.pair_settings import NewPair
from failover.services.plans import PlannedCall
from failover.services.views import CheckView

# Older than a young pair, whose permissions are not said to be unknown yet.
SETTLED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What the first swap would do, to `to`, and every check of it."""

    to: str
    calls: tuple[PlannedCall, ...]
    checks: tuple[CheckView, ...]

    @property
    def is_ready(self) -> bool:
        """Whether a swap could begin at once."""
        return all(c.ok for c in self.checks)


def rehearse(*, new: NewPair, region: Region) -> Rehearsal:
    """Look, judge and ask. Raises Invalid, PreflightFailed, Ec2Unreachable."""
    surveyed = creation.survey(new=new, region=region)
    prepared = surveyed.prepared
    shadow = new.as_row(region)
    now = wiring.now()
    shadow.created_at = now - SETTLED
    asked = {
        call.action: _ask(region, call, new.name)
        for call in prepared.plan.calls
        if call.action in permissions.NEEDED[new.strategy]
    }
    told = permissions.checks(
        pair=shadow, known={**permissions.read(region), **asked}, now=now
    )
    shown = plans.view(prepared)
    return Rehearsal(
        to=shown.to,
        calls=shown.calls,
        checks=(*shown.checks, *plans.as_views(told, new.strategy)),
    )


def _ask(region: Region, call: Call, name: str) -> Verdict:
    now, answer = wiring.now().timestamp(), rehearsing.ask(region=region, call=call)
    if answer.is_allowed is None:
        return Verdict(tried_at=now, why=answer.why)
    said = ports.describe(call)
    sample = " and ".join(str(v) for k, v in said.items() if k.endswith("Id"))
    return Verdict(is_allowed=answer.is_allowed, at=now, sample=sample, pair=name)
