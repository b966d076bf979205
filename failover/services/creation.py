"""What must hold for a pair to be possible at all, seen in EC2 itself."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from failover.engine.preflight import Check
from failover.engine.topology import Instance, InstanceId, Observation
from failover.models import Instance as InstanceRow
from failover.models import Pair, PairResource, Region
from failover.models.pairs import Strategy
from failover.services import beginning, plans, probe_targets, refusals, sights
from failover.services.pair_settings import NewPair
from failover.services.plans import Prepared

__all__ = ["NewPair"]

# The checks whose failure no waiting will mend.
NEVER = frozenset(
    {
        "same_zone",
        "same_vpc",
        "interface_secondary",
        "interface_managed",
        "interface_found",
        "resource_found",
        "target_interface",
        "same_subnet",
        "foreign_holder",
        "free_slot",
        "resource_taken",
    }
)
DEAD = frozenset({"not found", "terminated", "shutting-down"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was seen of a pair that can work; `prepared` is the plan to its passive."""

    new: NewPair
    region: Region
    prepared: Prepared
    keys: frozenset[str]

    def readiness(self) -> list[dict[str, Any]]:
        """The checks as the pair's row keeps them."""
        return plans.as_readiness(self.prepared.plan.checks)


def survey(*, new: NewPair, region: Region, own: Pair | None = None) -> Survey:
    """Look at all that is named and judge.

    Raises Invalid, PreflightFailed, Ec2Unreachable.
    """
    new.require_whole()
    seen = sights.look_for(region=region, pairs=[new.as_row(region)])
    # Capacity is counted on the instances' rows, so they must be there.
    sights.keep(region_id=region.pk, seen=seen)
    return judge(new=new, region=region, seen=seen, own=own)


def judge(
    *, new: NewPair, region: Region, seen: Observation, own: Pair | None = None
) -> Survey:
    """The same of what was seen already. Raises PreflightFailed."""
    shadow = new.as_row(region)
    # Both directions, so that what stands in the way of the way back is found too.
    to_each = [
        plans.plan_on(pair=shadow, to=end, seen=seen).plan.checks
        for end in (new.standby_instance_id, new.primary_instance_id)
    ]
    prepared = plans.plan_on(pair=shadow, to=None, seen=seen)
    hopeless = [c for checks in to_each for c in checks if is_hopeless(c)]
    if hopeless:
        failed = list(dict.fromkeys(hopeless))
        kept = [c for c in prepared.plan.checks if c not in failed and c.ok]
        raise refusals.PreflightFailed(
            checks=plans.as_views([*failed, *kept], new.strategy)
        )
    surveyed = Survey(
        new=new,
        region=region,
        prepared=prepared,
        keys=beginning.lock_set(prepared, region),
    )
    if _takers(surveyed, own):
        raise taken(surveyed, own=own)
    return surveyed


def is_hopeless(check: Check) -> bool:
    """Whether no waiting will make the check pass."""
    if check.code == probe_targets.CODE:
        # A warning to a swap; but a new pair should not begin with it.
        return not check.ok
    if check.ok or check.severity != "error":
        return False
    if check.code == "target_state":
        return dict(check.args).get("state") in DEAD
    if check.code == "addresses":
        # A primary address stays for ever; an Elastic IP in the way can be taken off.
        return not dict(check.args).get("rider")
    return check.code in NEVER


def require_capacity(surveyed: Survey, own: Pair | None = None) -> None:
    """Interfaces and reserved slots must fit each end. Runs in the transaction.

    The update of the instance's row first makes rival creations wait for each other.
    Raises PreflightFailed.
    """
    for end in _ends(surveyed.new):
        InstanceRow.objects.filter(region=surveyed.region, instance_id=end).update(
            state=F("state")
        )
    require_room(surveyed, own)


def require_room(surveyed: Survey, own: Pair | None = None) -> None:
    """The same, without holding anybody up. Raises PreflightFailed."""
    for end in _ends(surveyed.new):
        instance = surveyed.prepared.seen.instances.get(InstanceId(end))
        check = _capacity(instance, end, surveyed, own)
        if check is not None:
            raise refusals.PreflightFailed(checks=plans.as_views([check]))


def _ends(new: NewPair) -> list[str]:
    """The instances that need room for an interface."""
    if new.strategy != Strategy.ENI:
        return []
    return sorted((new.primary_instance_id, new.standby_instance_id))


def taken(surveyed: Survey, own: Pair | None = None) -> refusals.Refusal:
    """Which other pair moves or reserves the same."""
    checks = [
        Check(
            code="resource_taken",
            ok=False,
            args=(("pair", name), ("resource", key.split(":", 2)[-1])),
        )
        for name, key in _takers(surveyed, own)
    ]
    return refusals.PreflightFailed(checks=plans.as_views(checks))


def _takers(surveyed: Survey, own: Pair | None) -> list[tuple[str, str]]:
    rows = PairResource.objects.filter(key__in=sorted(surveyed.keys))
    if own is not None:
        rows = rows.exclude(pair=own)
    return [(str(n), str(k)) for n, k in rows.values_list("pair__name", "key")]


def _capacity(
    instance: Instance | None, end: str, surveyed: Survey, own: Pair | None
) -> Check | None:
    if instance is None or instance.interface_limit is None:
        return None
    mine = surveyed.new.network_interface_id
    present = {str(s.interface_id) for s in instance.slots} - {mine}
    pairs = Pair.objects.filter(region=surveyed.region, strategy=Strategy.ENI).filter(
        Q(primary_instance_id=end) | Q(standby_instance_id=end)
    )
    if own is not None:
        pairs = pairs.exclude(id=own.pk)
    reserved = set(pairs.values_list("network_interface_id", flat=True)) - {mine}
    count = len(present | reserved)
    if count + 1 <= instance.interface_limit:
        return None
    return Check(
        code="free_slot",
        ok=False,
        args=(
            ("instance", end),
            ("count", str(count)),
            ("limit", str(instance.interface_limit)),
        ),
    )
