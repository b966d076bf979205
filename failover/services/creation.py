"""What must hold for a pair to be possible at all, seen in EC2 itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from failover.engine import preflight
from failover.engine.preflight import Check
from failover.engine.topology import (
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
)
from failover.models import Instance as InstanceRow
from failover.models import Pair, PairResource, Region
from failover.services import plans, refusals, sights, starting

# The checks whose failure no waiting will mend.
NEVER = frozenset(
    {
        "same_zone",
        "same_vpc",
        "interface_secondary",
        "interface_managed",
        "interface_found",
        "foreign_holder",
        "free_slot",
        "resource_taken",
    }
)
DEAD = frozenset({"not found", "terminated", "shutting-down"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How the service behind the resource is asked whether it is well."""

    kind: str = "none"
    port: int | None = None
    path: str = "/"
    expect: str = ""

    def as_fields(self) -> dict[str, Any]:
        """As contract.md writes a probe."""
        return {
            "kind": self.kind,
            "port": self.port,
            "path": self.path,
            "expect": self.expect,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be done to the pair, and how much is asked first."""

    force: str = "never"
    force_after_s: float = 60.0
    confirm: str = "none"
    approval: bool = False
    automation: str = "off"

    def as_fields(self) -> dict[str, Any]:
        """As contract.md writes a policy."""
        return {
            "force": self.force,
            "force_after_s": self.force_after_s,
            "confirm": self.confirm,
            "approval": self.approval,
            "automation": self.automation,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPair:
    """A pair as it is asked for."""

    name: str
    primary_instance_id: str
    standby_instance_id: str
    network_interface_id: str
    device_index: int = 1
    probe: Probe = field(default_factory=Probe)
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairChange:
    """The fields of a PATCH; None leaves a field as it is."""

    primary_instance_id: str | None = None
    standby_instance_id: str | None = None
    device_index: int | None = None
    probe: Mapping[str, Any] | None = None
    policy: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was seen of a pair that can work."""

    new: NewPair
    region: Region
    interface: Interface
    seen: Observation
    checks: tuple[Check, ...]
    keys: frozenset[str]

    def readiness(self) -> list[dict[str, Any]]:
        """The checks as the pair's row keeps them."""
        return [
            {"code": c.code, "ok": c.ok, "severity": c.severity, "args": dict(c.args)}
            for c in self.checks
            if not (c.ok and c.code in plans.SILENT)
        ]


def survey(*, new: NewPair, region: Region, own: Pair | None = None) -> Survey:
    """Look at all three and judge. Raises PreflightFailed, Ec2Unreachable."""
    seen = sights.look(
        region=region,
        interface_ids=[new.network_interface_id],
        instance_ids=[new.primary_instance_id, new.standby_instance_id],
    )
    # Capacity is counted on the instances' rows, so they must be there.
    sights.keep(region_id=region.pk, seen=seen)
    interface = seen.interfaces.get(InterfaceId(new.network_interface_id))
    shadow = as_row(new, region)
    # Both directions, so that what stands in the way of the way back is found too.
    to_each = [
        plans.plan_on(pair=shadow, to=end, seen=seen).plan.checks
        for end in (new.standby_instance_id, new.primary_instance_id)
    ]
    passive = plans.plan_on(pair=shadow, to=None, seen=seen).plan.checks
    hopeless = [c for checks in to_each for c in checks if is_hopeless(c)]
    if interface is None or hopeless:
        failed = list(dict.fromkeys(hopeless))
        kept = [c for c in passive if c not in failed and c.ok]
        raise refusals.PreflightFailed(checks=plans.as_views([*failed, *kept]))
    keys = lock_set(new, region, interface)
    surveyed = Survey(
        new=new,
        region=region,
        interface=interface,
        seen=seen,
        checks=passive,
        keys=keys,
    )
    if _takers(surveyed, own):
        raise taken(surveyed, own=own)
    return surveyed


def is_hopeless(check: Check) -> bool:
    """Whether no waiting will make the check pass."""
    if check.ok or check.severity != "error":
        return False
    if check.code == "target_state":
        return dict(check.args).get("state") in DEAD
    return check.code in NEVER


def lock_set(new: NewPair, region: Region, interface: Interface) -> frozenset[str]:
    """What the pair's jobs will lock (protocol P7)."""
    ends = [
        (InstanceId(new.primary_instance_id), new.device_index),
        (InstanceId(new.standby_instance_id), new.device_index),
    ]
    return preflight.lock_keys(
        account=starting.account_key(region),
        region=region.name,
        interface=interface,
        ends=ends,
    )


def require_capacity(surveyed: Survey, own: Pair | None = None) -> None:
    """Interfaces and reserved slots must fit each end. Runs in the transaction.

    The update of the instance's row first makes rival creations wait for each other.
    Raises PreflightFailed.
    """
    new, region = surveyed.new, surveyed.region
    for end in sorted((new.primary_instance_id, new.standby_instance_id)):
        InstanceRow.objects.filter(region=region, instance_id=end).update(
            state=F("state")
        )
        instance = surveyed.seen.instances.get(InstanceId(end))
        check = _capacity(instance, end, surveyed, own)
        if check is not None:
            raise refusals.PreflightFailed(checks=plans.as_views([check]))


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


def merged(pair: Pair, change: PairChange) -> NewPair:
    """The pair as it would be after the change."""
    return NewPair(
        name=pair.name,
        primary_instance_id=change.primary_instance_id or pair.primary_instance_id,
        standby_instance_id=change.standby_instance_id or pair.standby_instance_id,
        network_interface_id=pair.network_interface_id,
        device_index=(
            pair.device_index if change.device_index is None else change.device_index
        ),
        probe=Probe(**(Probe().as_fields() | pair.probe | dict(change.probe or {}))),
        policy=Policy(
            **(Policy().as_fields() | pair.policy | dict(change.policy or {}))
        ),
    )


def as_row(new: NewPair, region: Region) -> Pair:
    """A row that was never saved, for planning."""
    return Pair(
        name=new.name,
        region=region,
        strategy="eni",
        primary_instance_id=new.primary_instance_id,
        standby_instance_id=new.standby_instance_id,
        network_interface_id=new.network_interface_id,
        device_index=new.device_index,
    )


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
    pairs = Pair.objects.filter(region=surveyed.region).filter(
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
