"""Schedules of what moves in one call that are not left to chance."""

from collections.abc import Iterator

from failover.engine.job import Strategy
from tests.simulation.plans import CALL_FAULTS, MOVE_MARKS, Break, Event, Plan

MOVING = (Strategy.EIP, Strategy.PRIVATE_IP, Strategy.ROUTE)
LAGS = ((0.0,), (0.0, 1.0), (5.0,))


def _parts(strategy: Strategy) -> int:
    return 3 if strategy is Strategy.ROUTE else 1


def _calls(strategy: Strategy) -> Iterator[Plan]:
    for fault in CALL_FAULTS:
        for n in range(2):
            for lags in LAGS:
                yield Plan(
                    name=f"move-{strategy.value}-{n}-{fault}-{lags[-1]:g}",
                    strategy=strategy,
                    parts=_parts(strategy),
                    call_faults={n: fault},
                    lags=lags,
                )
            for mark in MOVE_MARKS:
                yield Plan(
                    name=f"move-{strategy.value}-{n}-{fault}-cancel-{mark}",
                    strategy=strategy,
                    parts=_parts(strategy),
                    call_faults={n: fault},
                    events=(Event(what="cancel", on=mark, after_s=0.2),),
                )
        yield Plan(
            name=f"move-{strategy.value}-both-{fault}",
            strategy=strategy,
            parts=_parts(strategy),
            call_faults={0: fault, 1: fault, 2: fault},
            events=(Event(what="cancel", on="intent", after_s=7.0),),
        )


def _echoes(strategy: Strategy) -> Iterator[Plan]:
    """A call of the first swap lands after the swap back has been verified."""
    for late_s in (8.0, 20.0, 40.0):
        for n in range(2):
            yield Plan(
                name=f"move-echo-{strategy.value}-{n}-{late_s:g}",
                strategy=strategy,
                parts=_parts(strategy),
                call_faults={n: "error_late"},
                late_s=late_s,
                events=(Event(what="follow_up", on="end", after_s=0.05),),
            )


def _ends(strategy: Strategy) -> Iterator[Plan]:
    for mark in MOVE_MARKS:
        for what in ("terminate", "stop", "impede"):
            for who in ("a", "b"):
                for lags in LAGS:
                    yield Plan(
                        name=f"move-{strategy.value}-{what}-{who}-{mark}-{lags[-1]:g}",
                        strategy=strategy,
                        parts=_parts(strategy),
                        lags=lags,
                        uses_preflight=False,
                        has_guard=what == "terminate",
                        events=(Event(what=what, on=mark, who=who),),
                    )


def _late_starts(strategy: Strategy) -> Iterator[Plan]:
    for what in ("terminate", "stop"):
        for who in ("a", "b"):
            for after_s in (1.0, 14.0):
                yield Plan(
                    name=f"move-late-start-{strategy.value}-{what}-{who}-{after_s:g}",
                    strategy=strategy,
                    parts=_parts(strategy),
                    breaks=(Break(point=3, what="kill"),),
                    uses_preflight=False,
                    events=(Event(what=what, after_s=after_s, who=who),),
                )


def _others(strategy: Strategy) -> Iterator[Plan]:
    for what in ("hand_detach", "hand_attach", "delete", "lose_address"):
        for mark in MOVE_MARKS:
            for who in ("a", "c"):
                for holder in ("a", ""):
                    start = holder or "free"
                    yield Plan(
                        name=f"move-{strategy.value}-{what}-{who}-{mark}-{start}",
                        strategy=strategy,
                        parts=_parts(strategy),
                        holder=holder,
                        has_rider=what == "lose_address",
                        events=(
                            Event(what=what, on=mark, who=who, after_s=0.1),
                            Event(what="cancel", on="intent", after_s=30.0),
                        ),
                    )


def _riders() -> Iterator[Plan]:
    """An Elastic IP rides on the private address, or comes off on the way."""
    for n, fault in enumerate(("", *CALL_FAULTS)):
        for lags in LAGS:
            for follows in (True, False):
                yield Plan(
                    name=f"move-rider-{fault or 'plain'}-{lags[-1]:g}-{follows}",
                    strategy=Strategy.PRIVATE_IP,
                    has_rider=True,
                    do_riders_follow=follows,
                    call_faults={n % 2: fault},
                    lags=lags,
                )


def _squatters() -> Iterator[Plan]:
    """Somebody else's Elastic IP sits where ours shall go."""
    for mark in MOVE_MARKS:
        for who in ("a", "b"):
            for lags in LAGS:
                yield Plan(
                    name=f"move-squat-{who}-{mark}-{lags[-1]:g}",
                    strategy=Strategy.EIP,
                    lags=lags,
                    # Long after the request's own look.
                    breaks=(Break(point=3, what="kill"),),
                    uses_preflight=False,
                    events=(Event(what="squat", on=mark, who=who, after_s=1.0),),
                )


def plans() -> Iterator[Plan]:
    for strategy in MOVING:
        for family in (_calls, _echoes, _ends, _late_starts, _others):
            yield from family(strategy)
    yield from _riders()
    yield from _squatters()
