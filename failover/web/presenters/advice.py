"""The advice on strategies as cards: what each keeps, loses, costs and needs."""

from dataclasses import dataclass

from failover.services.advising import AdviceView, StrategyAdvice
from failover.web.presenters import badges, pairs, timing
from failover.web.presenters.badges import Badge

SOURCES = {
    "pair": "of this pair",
    "region": "in this region",
    "installation": "of this installation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One strategy."""

    strategy: str
    title: str
    badge: Badge
    is_current: bool
    is_possible: bool
    how: str
    best_for: str
    outage: str
    outage_source: str
    kept: tuple[str, ...]
    lost: tuple[str, ...]
    checks: tuple[pairs.CheckLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """All strategies for two instances."""

    cards: tuple[Card, ...]

    @property
    def current(self) -> Card | None:
        """The pair's own strategy."""
        return next((c for c in self.cards if c.is_current), None)


def advice(seen: AdviceView) -> Advice:
    """The cards, in the order of the advice."""
    return Advice(cards=tuple(_card(one) for one in seen.strategies))


def _card(one: StrategyAdvice) -> Card:
    return Card(
        strategy=one.strategy,
        title=one.title,
        badge=_badge(one),
        is_current=one.current,
        is_possible=one.possible,
        how=one.how,
        best_for=one.best_for,
        outage=timing.duration(one.expected_outage_s),
        outage_source=_source(one),
        kept=one.kept_words,
        lost=one.lost_words,
        checks=pairs.check_lines(one.checks),
    )


def _badge(one: StrategyAdvice) -> Badge:
    if not one.possible:
        return badges.make("Not possible", "quiet", "no-symbol")
    if one.checks:
        return badges.make("Possible, with a warning", "warning")
    return badges.make("Possible", "success")


def _source(one: StrategyAdvice) -> str:
    if not one.measured_from:
        return "assumed, nothing measured yet"
    swaps = "1 swap" if one.measured_from == 1 else f"{one.measured_from} swaps"
    return f"median of {swaps} {SOURCES[one.measured_of]}"
