"""Every input and output of a plain swap, with every break, and cancelled or not."""

from collections.abc import Iterator

from failover.engine.job import Strategy
from tests.simulation.plans import BREAKS, Break, Event, Mark, Plan

# How many inputs and outputs the first process has, from its first claim to the end.
POINTS = {
    Strategy.ENI: 400,
    Strategy.EIP: 160,
    Strategy.PRIVATE_IP: 160,
    Strategy.ROUTE: 180,
}
# When it is cancelled: never, or so long after that.
CANCELS: tuple[tuple[Mark, float] | None, ...] = (
    None,
    ("intent", 0.03),
    ("intent", 0.6),
    ("attached", 0.5),
)


def plans() -> Iterator[Plan]:
    for strategy, most in POINTS.items():
        for point in range(1, most + 1):
            for what in BREAKS:
                for number, cancel in enumerate(CANCELS):
                    yield _plan(strategy, point, what, number, cancel)


def _plan(
    strategy: Strategy,
    point: int,
    what: str,
    number: int,
    cancel: tuple[Mark, float] | None,
) -> Plan:
    events = [Event(what="cancel", on=c[0], after_s=c[1]) for c in [cancel] if c]
    return Plan(
        name=f"point-{strategy.value}-{point}-{what}-{number}",
        strategy=strategy,
        parts=2 if strategy is Strategy.ROUTE else 1,
        breaks=(Break(point=point, what=what),),
        # Half of them with a call that lands late, so that two may be open.
        call_faults={0: "error_late"} if point % 2 else {},
        late_s=30.0,
        has_guard=number == 0 and point % 3 == 0,
        uses_preflight=point % 5 != 0,
        events=tuple(events),
    )
