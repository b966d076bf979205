"""The plans of many pairs, to be looked at before they are swapped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from failover import wiring
from failover.models import Approval, Pair
from failover.models.approvals import Verdict
from failover.services import bulk, floating, plans, refusals, sights, starting
from failover.services.access import Actor
from failover.services.plans import PlanView


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a swap of one pair would do, or why there is no plan."""

    plan: PlanView | None = None
    refusal: refusals.Refusal | None = None


def plan_many(*, pairs: Sequence[Pair]) -> Mapping[str, Planned]:
    """Each pair's plan by its name, on one look for each region. Starts nothing."""
    planned: dict[str, Planned] = {}
    for group in bulk.by_region(pairs).values():
        busy = starting.active_jobs(region_id=group[0].region_id, pairs=group)
        try:
            seen = sights.look_for(region=group[0].region, pairs=group)
        except refusals.Refusal as refusal:
            planned |= {p.name: Planned(refusal=refusal) for p in group}
            continue
        for pair in group:
            own = floating.cut(pair, seen)
            try:
                prepared = plans.plan_on(pair=pair, to=None, seen=own)
                plan = plans.view(prepared, job_id=busy.get(pair.pk))
                planned[pair.name] = Planned(plan=plan)
            except refusals.Refusal as refusal:
                planned[pair.name] = Planned(refusal=refusal)
    return planned


def list_waiting(*, pairs: Iterable[Pair], actor: Actor) -> set[str]:
    """Names of those that want a second person who has not consented to this actor.

    The plan may have changed since: `approvals.require` looks at that too.
    """
    guarded = [p for p in pairs if p.policy.get("approval")]
    given = Approval.objects.filter(
        pair__in=guarded,
        requested_by=actor.name,
        state=Verdict.APPROVED,
        expires_at__gt=wiring.now(),
    )
    consented = set(given.values_list("pair_id", flat=True)) if guarded else set()
    return {p.name for p in guarded if p.pk not in consented}
