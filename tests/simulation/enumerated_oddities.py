"""Schedules that each bring one rare thing about."""

from collections.abc import Iterator

from failover.engine.job import Strategy
from tests.simulation.plans import MARKS, Break, Event, Plan

MOVING = (Strategy.EIP, Strategy.PRIVATE_IP, Strategy.ROUTE)


def _plain() -> Iterator[Plan]:
    for strategy in Strategy:
        yield Plan(name=f"plain-{strategy.value}", strategy=strategy)
    yield Plan(name="plain-no-preflight", uses_preflight=False)
    for n in range(3):
        yield Plan(
            name=f"again-{n}",
            events=(Event(what="double_click", on=("intent", "free", "attached")[n]),),
        )


def _omissions() -> Iterator[Plan]:
    """Looks that leave out what is there; looks that fail."""
    for strategy in Strategy:
        for share in (10, 40, 70):
            yield Plan(
                name=f"omit-{strategy.value}-{share}",
                strategy=strategy,
                omitting_looks=share,
                uses_preflight=False,
            )
        yield Plan(
            name=f"blind-{strategy.value}",
            strategy=strategy,
            failing_looks=90,
            uses_preflight=False,
            events=(Event(what="terminate", after_s=20.0, who="b"),),
        )


def _endless() -> Iterator[Plan]:
    """Call after call comes to nothing."""
    for spent in (10, 11, 12, 40):
        yield Plan(
            name=f"endless-{spent}",
            call_faults=dict.fromkeys(range(spent), "lost"),
        )
    for strategy in MOVING:
        for holder in ("a", ""):
            yield Plan(
                name=f"move-endless-{strategy.value}-{holder or 'free'}",
                strategy=strategy,
                holder=holder,
                call_faults=dict.fromkeys(range(20), "lost"),
            )
    for spent in (5, 14):
        yield Plan(
            name=f"throttled-{spent}",
            call_faults=dict.fromkeys(range(spent), "throttled"),
        )


def _in_flight() -> Iterator[Plan]:
    """Looks that overtake slow calls."""
    for n in range(6):
        for slow_look_s in (0.3, 0.6, 0.9):
            yield Plan(
                name=f"in-flight-{n}-{slow_look_s}",
                slow_look_s=slow_look_s,
                uses_preflight=n % 2 == 0,
                call_faults=dict.fromkeys(range(n, 6), "slow_to_leave"),
            )


def _late_ends() -> Iterator[Plan]:
    """The process stands still as the look for the end arrives."""
    for n in range(12):
        yield Plan(
            name=f"stall-end-{n}",
            events=(
                Event(what="stall", on="attached", after_s=5.0 + n * 0.1, lasts_s=3.0),
            ),
        )


def _late() -> Iterator[Plan]:
    """A first process dies with a call on its way, and then it is called off."""
    for point in range(8, 24):
        yield Plan(
            name=f"crash-late-{point}",
            breaks=(Break(point=point, what="kill"),),
            call_faults={0: "late"},
            late_s=38.0,
            events=(Event(what="cancel", on="intent", after_s=0.5),),
        )
    for n, late_s in enumerate((8.0, 20.0, 40.0)):
        yield Plan(
            name=f"detach-late-{n}",
            kind="detach",
            to="",
            call_faults={1: "error_late"},
            late_s=late_s,
            events=(Event(what="cancel", on="free", after_s=0.05),),
        )
        yield Plan(
            name=f"attach-late-{n}",
            kind="attach",
            holder="",
            call_faults={0: "error_late"},
            late_s=late_s,
            events=(Event(what="cancel", on="intent", after_s=0.2),),
        )
        yield Plan(
            name=f"echo-{n}",
            call_faults={1: "error_late"},
            late_s=late_s,
            events=(Event(what="follow_down", on="end", after_s=0.1),),
        )
        for strategy in MOVING:
            yield Plan(
                name=f"move-free-{strategy.value}-{n}",
                strategy=strategy,
                holder="",
                call_faults={0: "error_late"},
                late_s=late_s,
                events=(Event(what="cancel", on="intent", after_s=0.2),),
            )
        yield Plan(
            name=f"late-look-{n}",
            breaks=(Break(point=3, what="kill"),),
            events=(
                Event(what="terminate", after_s=3.0 + n),
                Event(what="hand_detach", after_s=6.0),
            )[: 1 + n],
        )


def _stuck() -> Iterator[Plan]:
    """Attaches that never end, and ends that refuse one after the other."""
    for who in ("a", "b"):
        for mark in MARKS:
            for lasts_s in (0.0, 50.0):
                yield Plan(
                    name=f"stick-{who}-{mark}-{lasts_s:g}",
                    events=(
                        Event(what="stick", on=mark, who=who, lasts_s=lasts_s),
                        Event(what="cancel", on="attaching", after_s=2.0),
                    )[: 1 + (who == "a")],
                )
    for strategy in MOVING:
        yield Plan(
            name=f"move-both-refuse-{strategy.value}",
            strategy=strategy,
            events=(
                Event(what="terminate", on="moved", after_s=0.1, who="b"),
                Event(what="impede", on="moved", after_s=0.1, who="a"),
            ),
        )
    for pairs in (6, 8):
        yield Plan(
            name=f"denied-{pairs}",
            pairs=pairs,
            asked_apart_s=0.0,
            limit=16,
            is_denied=True,
            uses_preflight=pairs == 8,
        )


def _guards() -> Iterator[Plan]:
    """Whatever the guard puts back is taken off again; one end is dead."""
    hands = tuple(
        Event(what="hand_detach", on="end", after_s=2.0 + 25.0 * n) for n in range(6)
    )
    yield Plan(name="guard-tired", has_guard=True, events=hands)
    for who in ("a", "b"):
        yield Plan(
            name=f"guard-end-{who}",
            has_guard=True,
            events=(
                Event(what="terminate", on="end", after_s=1.0, who=who),
                Event(what="hand_detach", on="end", after_s=0.5),
            ),
        )
    yield Plan(
        name="guard-frozen",
        has_guard=True,
        events=(
            Event(what="freeze", on="end", after_s=0.5),
            Event(what="hand_detach", on="end", after_s=1.0),
        ),
    )


def plans() -> Iterator[Plan]:
    for family in (
        _plain,
        _omissions,
        _endless,
        _in_flight,
        _late_ends,
        _late,
        _stuck,
        _guards,
    ):
        yield from family()
