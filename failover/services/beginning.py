"""A job before it begins: all that its first row says, and what it will lock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from failover import audit, rows
from failover.engine import preflight
from failover.engine.job import Kind, Moving
from failover.engine.preflight import Plan
from failover.engine.probes import Probe
from failover.engine.topology import InstanceId, Interface, Observation
from failover.models import Job, Pair, Region
from failover.models.pairs import Strategy
from failover.services import floating
from failover.services.access import Actor
from failover.services.plans import Prepared

Snapshot = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a second person said, used up with the job; or that nobody was asked.

    `spend` runs in the job's transaction and may refuse; `tell` gives further rows of
    the audit.
    """

    spend: Callable[[Job], None]
    tell: Callable[[Job], Sequence[audit.Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """All that a job's first row says. `pair` None: a plain attach or detach.

    `interface` is what strategy `eni` moves, `moving` what every other one moves;
    `snapshot` are the Elastic IPs that come along, each with its private address.
    """

    job_id: UUID
    region: Region
    kind: Kind
    plan: Plan
    seen: Observation
    from_instance_id: str
    from_device_index: int
    device_index: int
    actor: Actor
    strategy: str = Strategy.ENI.value
    interface: Interface | None = None
    moving: Moving | None = None
    snapshot: Snapshot = ()
    # What the service is asked before the job may end as succeeded.
    probe: Probe | None = None
    reason: str = ""
    force_after_s: float | None = None
    pair: Pair | None = None
    generation: int = 0
    consent: Consent | None = None

    @property
    def interface_id(self) -> str:
        return self.interface.id if self.interface else ""

    @property
    def to_instance_id(self) -> str:
        return self.plan.target or ""

    def lock_keys(self) -> frozenset[str]:
        """What this job alone may touch (protocol P7)."""
        if self.moving is not None:
            return floating.lock_keys(
                account=account_key(self.region),
                region=self.region.name,
                parts=self.moving.parts,
                riders=self.snapshot,
            )
        source = InstanceId(self.from_instance_id) if self.from_instance_id else None
        ends = ((source, self.from_device_index), (self.plan.target, self.device_index))
        return _lock_interface(self.interface, self.region, ends)


def swap(  # noqa: PLR0913 - what a swap is asked with, each by name
    prepared: Prepared,
    *,
    job_id: UUID,
    actor: Actor,
    reason: str,
    source: str,
    from_device_index: int,
    force_after_s: float | None = None,
) -> Start:
    """The start of a pair's swap; `source` is the end to return to, "" for none."""
    pair = prepared.pair
    return Start(
        job_id=job_id,
        region=pair.region,
        kind=Kind.SWAP,
        strategy=pair.strategy,
        interface=prepared.interface,
        moving=prepared.moving,
        snapshot=prepared.snapshot,
        probe=rows.to_probe(pair.probe),
        plan=prepared.plan,
        seen=prepared.seen,
        from_instance_id=source,
        from_device_index=from_device_index,
        device_index=pair.device_index,
        actor=actor,
        reason=reason,
        force_after_s=force_after_s,
        pair=pair,
        generation=prepared.generation,
    )


def lock_set(prepared: Prepared, region: Region) -> frozenset[str]:
    """What the pair's jobs will lock, whichever way they go (protocol P7)."""
    pair = prepared.pair
    if pair.strategy == Strategy.ENI:
        ends = [(i, pair.device_index) for i in floating.instances_of(pair)]
        return _lock_interface(prepared.interface, region, ends)
    return floating.lock_keys(
        account=account_key(region),
        region=region.name,
        parts=prepared.parts,
        riders=prepared.snapshot,
    )


def account_key(region: Region) -> str:
    """The account as lock keys name it: AWS's digits, else our own name."""
    return region.aws_account_id or region.account.name


def _lock_interface(
    interface: Interface | None,
    region: Region,
    ends: Iterable[tuple[InstanceId | None, int]],
) -> frozenset[str]:
    if interface is None:
        return frozenset()
    return preflight.lock_keys(
        account=account_key(region), region=region.name, interface=interface, ends=ends
    )
