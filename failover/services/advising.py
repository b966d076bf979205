"""Which strategies two instances allow, what each keeps, and how long it is dark.

Read from the mirror, so that a page may ask as often as it likes.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from failover.engine import advisor
from failover.engine.advisor import Advice
from failover.engine.topology import Instance
from failover.models import Instance as InstanceRow
from failover.models import NetworkInterface, Pair
from failover.models.pairs import Strategy
from failover.services import (
    facts,
    fields,
    measures,
    plans,
    refusals,
    strategies,
    strategy_words,
)
from failover.services.views import CheckView


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
    floating_index, own_index = _indexes(pair)
    advice = advisor.advise(
        primary=_present(ends[0]),
        standby=_present(ends[1]),
        interfaces={i.id: i for i in map(facts.interface, rows)},
        floating=facts.interface(floating) if floating else None,
        device_index=floating_index,
        own_index=own_index,
    )
    shown = [_view(a, region_id, pair) for a in advice]
    return AdviceView(
        primary_instance_id=primary,
        standby_instance_id=standby,
        observed_at=min(end.seen_at for end in ends),
        strategies=tuple(sorted(shown, key=lambda a: not a.possible)),
    )


def _indexes(pair: Pair | None) -> tuple[int, int]:
    """Where `eni` would attach, and which interface the other strategies lead to.

    A pair has one index, of its own kind; the other is what a new pair would get.
    """
    floating = strategies.DEFAULT_INDEX[Strategy.ENI]
    own = strategies.DEFAULT_INDEX[Strategy.EIP]
    if pair is None:
        return floating, own
    if pair.strategy == Strategy.ENI:
        return pair.device_index, own
    return floating, pair.device_index


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
    rows = InstanceRow.objects.filter(region_id=region_id, instance_id=instance_id)
    row = rows.select_related("region").first()
    if row is None:
        raise refusals.NotFound(what="instance", id=instance_id)
    return row


def _present(row: InstanceRow) -> Instance:
    """The instance; what EC2 no longer shows is terminated."""
    shown = facts.instance(row)
    return shown if row.vanished_at is None else replace(shown, state="terminated")
