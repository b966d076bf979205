"""Which strategies two instances allow, what each keeps, and how long it is dark.

Read from the mirror, so that a page may ask as often as it likes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from failover.engine import advisor
from failover.engine.advisor import Advice
from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    PrivateAddress,
    Slot,
)
from failover.models import Instance as InstanceRow
from failover.models import NetworkInterface, Pair
from failover.services import (
    fields,
    measures,
    plans,
    refusals,
    strategy_words,
)
from failover.services.refusals import CheckView


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyAdvice:
    """One strategy, for these two instances. `measured_from` are swaps, 0 for none."""

    strategy: str
    possible: bool
    current: bool
    how: str
    best_for: str
    keeps: tuple[str, ...]
    loses: tuple[str, ...]
    checks: tuple[CheckView, ...]
    expected_outage_s: float
    measured_from: int
    measured_of: str
    title: str = field(metadata={"page": True})
    kept_words: tuple[str, ...] = field(metadata={"page": True})
    lost_words: tuple[str, ...] = field(metadata={"page": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceView:
    """All strategies, the possible ones first; `observed_at` of the older instance."""

    primary_instance_id: str
    standby_instance_id: str
    observed_at: datetime
    strategies: tuple[StrategyAdvice, ...]

    def as_fields(self) -> dict[str, Any]:
        """As the API shows it."""
        return fields.as_fields(self)


def advise_pair(pair: Pair) -> AdviceView:
    """Advice on the pair's own two instances. Raises NotFound."""
    floating = None
    if pair.network_interface_id:
        floating = NetworkInterface.objects.filter(
            region=pair.region, interface_id=pair.network_interface_id
        ).first()
    return advise(
        region_id=pair.region_id,
        primary=pair.primary_instance_id,
        standby=pair.standby_instance_id,
        floating=floating,
        pair=pair,
    )


def advise(
    *,
    region_id: int,
    primary: str,
    standby: str,
    floating: NetworkInterface | None = None,
    pair: Pair | None = None,
) -> AdviceView:
    """Advice on any two instances that have been seen. Raises NotFound."""
    ends = [_get_instance(region_id, i) for i in (primary, standby)]
    rows = NetworkInterface.objects.filter(
        region_id=region_id, instance_id__in=(primary, standby), vanished_at=None
    )
    index = pair.device_index if pair and pair.strategy == "eni" else 1
    advice = advisor.advise(
        primary=_instance(ends[0]),
        standby=_instance(ends[1]),
        interfaces={InterfaceId(r.interface_id): _interface(r) for r in rows},
        floating=_interface(floating) if floating else None,
        device_index=index,
    )
    shown = [_view(a, region_id, pair) for a in advice]
    return AdviceView(
        primary_instance_id=primary,
        standby_instance_id=standby,
        observed_at=min(end.observed_at for end in ends),
        strategies=tuple(sorted(shown, key=lambda a: not a.possible)),
    )


def _view(advice: Advice, region_id: int, pair: Pair | None) -> StrategyAdvice:
    strategy = advice.strategy.value
    is_current = pair is not None and pair.strategy == strategy
    measured = measures.measure(
        strategy=strategy, pair=pair if is_current else None, region_id=region_id
    )
    said = strategy_words.STRATEGIES[strategy]
    checks = plans.as_views(advice.reasons, strategy)
    return StrategyAdvice(
        strategy=strategy,
        possible=advice.is_possible,
        current=is_current,
        how=said.how,
        best_for=said.best_for,
        keeps=tuple(t.value for t in advice.keeps),
        loses=tuple(t.value for t in advice.loses),
        checks=tuple(dict.fromkeys(checks)),
        expected_outage_s=measured.outage_s,
        measured_from=measured.swaps,
        measured_of=measured.of,
        title=said.title,
        kept_words=tuple(
            strategy_words.trait(t.value, is_kept=True) for t in advice.keeps
        ),
        lost_words=tuple(
            strategy_words.trait(t.value, is_kept=False) for t in advice.loses
        ),
    )


def _get_instance(region_id: int, instance_id: str) -> InstanceRow:
    row = InstanceRow.objects.filter(
        region_id=region_id, instance_id=instance_id
    ).first()
    if row is None:
        raise refusals.NotFound(what="instance", id=instance_id)
    return row


# The mirror's rows as the engine's facts.


def _instance(row: InstanceRow) -> Instance:
    return Instance(
        id=InstanceId(row.instance_id),
        state="terminated" if row.vanished_at is not None else row.state,
        availability_zone=row.availability_zone,
        vpc_id=row.vpc_id,
        subnet_id=row.subnet_id,
        type=row.type,
        slots=tuple(
            Slot(interface_id=InterfaceId(s["id"]), device_index=s["device_index"])
            for s in row.interfaces
        ),
        system_status=row.system_status,
        instance_status=row.instance_status,
        interface_limit=row.interface_limit,
    )


def _interface(row: NetworkInterface) -> Interface:
    attachment = None
    if row.attachment_id:
        attachment = Attachment(
            id=AttachmentId(row.attachment_id),
            instance_id=InstanceId(row.instance_id),
            device_index=row.device_index or 0,
            status=row.attachment_status,
        )
    return Interface(
        id=InterfaceId(row.interface_id),
        status=row.status,
        availability_zone=row.availability_zone,
        vpc_id=row.vpc_id,
        subnet_id=row.subnet_id,
        addresses=tuple(_address(a) for a in row.private_ips),
        source_dest_check=row.source_dest_check,
        attachment=attachment,
    )


def _address(kept: Mapping[str, Any]) -> PrivateAddress:
    allocation_id = kept.get("allocation_id")
    return PrivateAddress(
        address=kept["address"],
        primary=kept["primary"],
        public_ip=kept.get("public_ip") or "",
        allocation_id=AllocationId(allocation_id) if allocation_id else None,
    )
