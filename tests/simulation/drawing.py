"""Plans left to chance, each drawn from a seed."""

import random
from typing import Any

from failover.engine.job import Strategy
from tests.simulation.plans import (
    BREAKS,
    CALL_FAULTS,
    MARKS,
    MOVE_MARKS,
    Break,
    Event,
    Mark,
    Plan,
    Service,
    What,
)

FAMILIES = tuple(strategy.value for strategy in Strategy)
OURS: tuple[What, ...] = (
    "rival",
    "rival",
    "steal",
    "steal",
    "stall",
    "kill",
    "outage",
    "double_click",
    "follow_up",
    "follow_up",
    "follow_down",
)
OF_INSTANCES: tuple[What, ...] = (
    "terminate",
    "stop",
    "start",
    "fill",
    "impede",
    "forbid",
    "hang_guest",
    "stick",
)
OF_OTHERS: tuple[What, ...] = (
    "hand_detach",
    "hand_attach",
    "lose_address",
    "move_address",
    "delete",
    "raise_flag",
)


# More than half of all pairs have no probe; one that is never answered takes long.
SERVICES: tuple[Service, ...] = (
    *("",) * 12,
    *("well", "late", "flapping", "once") * 2,
    *("dead", "silent", "hung"),
)


def draw(family: str, seed: int) -> Plan:
    """A random plan of a family: the strategy's value."""
    rng = random.Random(f"{family}/{seed}")
    strategy = Strategy(family)
    what = _interface(rng) if strategy is Strategy.ENI else _moving(rng, strategy)
    marks = MARKS if strategy is Strategy.ENI else MOVE_MARKS
    lags: tuple[float, ...] = rng.choice(
        ((0.0,), (0.0,), (0.0, 1.0), (0.0, 0.0, 1.0, 5.0), (5.0,))
    )
    is_dwelling = rng.random() < 0.35
    return Plan(
        name=f"{family}/{seed}",
        strategy=strategy,
        **what,
        **_quota(rng),
        limit=rng.choice((2, 2, 3)),
        has_guard=rng.random() < 0.4,
        uses_preflight=rng.random() < 0.7,
        lags=lags,
        failing_looks=rng.choice((0, 0, 0, 10, 40)),
        omitting_looks=rng.choice((0, 0, 0, 0, 5, 30)),
        sticky_s=rng.choice((0.0, 0.0, 2.0)),
        slow_look_s=rng.choice((0.08, 0.08, 0.08, 0.6)),
        late_s=rng.uniform(0.5, 40.0),
        call_faults=_call_faults(rng),
        breaks=_breaks(rng),
        dwells=rng.choice((3, 30)) if is_dwelling else 0,
        dwell_s=rng.choice((0.05, 0.5, 8.0)),
        stall_s=rng.choice((3.0, 17.0, 40.0)),
        events=_events(rng, marks, max(lags)),
        # With a chance of its own, so that the others' plans are what they were.
        service=random.Random(f"{family}/{seed}/service").choice(SERVICES),
    )


def _quota(rng: random.Random) -> dict[str, Any]:
    if rng.random() < 0.93:
        return {"pairs": 2 if rng.random() < 0.08 else 1}
    return {
        "pairs": rng.choice((2, 4, 6)),
        "throttle": rng.choice(("api", "shared")),
        "tokens": rng.choice((2.0, 5.0, 50.0)),
        "foreign_per_s": rng.choice((0.0, 2.0, 4.9)),
    }


def _interface(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(("swap", "swap", "swap", "swap", "attach", "detach"))
    holder = "" if kind == "attach" else rng.choice(("a", "a", "b"))
    if kind == "swap" and rng.random() < 0.1:
        holder = ""
    to = {"a": "b", "b": "a", "": "b"}[holder]
    return {
        "kind": kind,
        "holder": holder,
        "to": to if kind != "detach" else "",
        "is_flag_raised": holder != "" and rng.random() < 0.15,
        "force_after_s": rng.choice((None, None, 10.0)),
        "hangs": () if rng.random() < 0.8 else (rng.choice((8.0, 30.0, 100.0)),),
    }


def _moving(rng: random.Random, strategy: Strategy) -> dict[str, Any]:
    holder = rng.choice(("a", "a", "a", "b", ""))
    is_route = strategy is Strategy.ROUTE
    return {
        "holder": holder,
        "to": {"a": "b", "b": "a", "": "b"}[holder],
        "parts": rng.choice((1, 2, 3)) if is_route else 1,
        "has_rider": rng.random() < 0.3,
        "do_riders_follow": rng.random() < 0.7,
    }


def _call_faults(rng: random.Random) -> dict[int, str]:
    share = rng.choice((0.0, 0.1, 0.4))
    return {n: rng.choice(CALL_FAULTS) for n in range(12) if rng.random() < share}


def _breaks(rng: random.Random) -> tuple[Break, ...]:
    if rng.random() < 0.5:
        return ()
    return tuple(
        Break(
            process=process,
            point=rng.choice((rng.randint(1, 80), rng.randint(80, 400))),
            what=rng.choice(("kill", "kill", *BREAKS)),
        )
        for process in range(rng.choice((1, 1, 2, 3)))
    )


def _events(
    rng: random.Random, marks: tuple[Mark, ...], oldest_read_s: float
) -> tuple[Event, ...]:
    events = [_our_own(rng, marks) for _ in range(rng.choice((0, 0, 1, 2)))]
    events += [_of_instances(rng, marks) for _ in range(rng.choice((0, 0, 0, 1, 2)))]
    if rng.random() < 0.2:
        after_s = rng.choice((0.0, 0.02, 0.5, 2.0))
        events.append(Event(what="cancel", on=rng.choice(marks), after_s=after_s))
    if rng.random() < 0.15:
        events.append(_by_others(rng, marks))
    if rng.random() < 0.05:
        # Forward by less than what a stale read is given to come true.
        step_s = rng.choice((-20.0, -4.0, 4.0))
        events.append(
            Event(what="step_clock", on=rng.choice(marks), lasts_s=step_s, after_s=1.0)
        )
    if rng.random() < 0.03:
        events.append(Event(what="freeze", on=rng.choice(marks)))
    if rng.random() < 0.1 and oldest_read_s <= 1:
        # Later than that, two looks may both be older than the fall.
        events.append(Event(what="drop", on="attached", after_s=rng.uniform(0.2, 3)))
    return tuple(events)


def _our_own(rng: random.Random, marks: tuple[Mark, ...]) -> Event:
    return Event(
        what=rng.choice(OURS),
        on=rng.choice(marks),
        after_s=rng.choice((0.0, 0.05, 0.5, 2.0)),
        lasts_s=rng.choice((0.3, 2.0, 16.0, 40.0)),
    )


def _of_instances(rng: random.Random, marks: tuple[Mark, ...]) -> Event:
    return Event(
        what=rng.choice(OF_INSTANCES),
        on=rng.choice(marks),
        after_s=rng.choice((0.0, 0.1, 1.0)),
        who=rng.choice(("a", "b", "b")),
        lasts_s=rng.choice((0.0, 5.0)),
    )


def _by_others(rng: random.Random, marks: tuple[Mark, ...]) -> Event:
    return Event(
        what=rng.choice(OF_OTHERS),
        on=rng.choice(marks),
        after_s=rng.choice((0.0, 0.5, 3.0)),
        who=rng.choice(("a", "b", "c")),
    )
