"""What goes wrong in one run: a plan, drawn from a seed or set by hand.

A plan is data. The same plan always makes the same run.
"""

import random
from dataclasses import dataclass, field
from typing import Literal

Mark = Literal["start", "intent", "detaching", "free", "attaching", "attached", "end"]
What = Literal[
    "cancel",
    "rival",
    "steal",
    "stall",
    "kill",
    "double_click",
    "follow_up",
    "terminate",
    "stop",
    "start",
    "fill",
    "impede",
    "drop",
    "raise_flag",
    "hand_detach",
    "hand_attach",
    "lose_address",
    "move_address",
    "delete",
]
# Things that somebody else does to the resource: the engine may be surprised by them.
FOREIGN: frozenset[str] = frozenset(
    {"hand_detach", "hand_attach", "lose_address", "move_address", "delete"}
)
CALL_FAULTS = (
    "reply_lost",
    "late",
    "lost",
    "error_applied",
    "error_late",
    "throttled",
    "not_sent",
    "slow_to_leave",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`what` happens `after_s` seconds after the first `on`."""

    what: What
    on: Mark = "start"
    after_s: float = 0.0
    # An instance (a, b or c), where there is a choice.
    who: str = "b"
    lasts_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run. Seconds, unless said."""

    name: str
    seed: int = 0
    kind: Literal["swap", "attach", "detach"] = "swap"
    # Where the interface lies at the start ("" is free) and where it shall go.
    holder: str = "a"
    to: str = "b"
    pairs: int = 1
    limit: int = 2
    is_flag_raised: bool = False
    force_after_s: float | None = None
    uses_preflight: bool = True
    # Ages that a read may have, and how many looks of a hundred fail.
    lags: tuple[float, ...] = (0.0,)
    failing_looks: int = 0
    # The longest that each way of a look takes.
    slow_look_s: float = 0.08
    detach_s: tuple[float, float] = (2.0, 4.0)
    attach_s: tuple[float, float] = (1.0, 3.0)
    hangs: tuple[float, ...] = ()
    # How late a late call lands, and the fault of the n-th call on the wire.
    late_s: float = 20.0
    call_faults: dict[int, str] = field(default_factory=dict)
    # (process, its n-th I/O point): the process dies there.
    crashes: tuple[tuple[int, int], ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def is_touched_by_others(self) -> bool:
        return any(e.what in FOREIGN for e in self.events)


def draw(seed: int) -> Plan:
    """A random plan."""
    rng = random.Random(seed)
    kind = rng.choice(("swap", "swap", "swap", "swap", "attach", "detach"))
    holder = "" if kind == "attach" else rng.choice(("a", "a", "b"))
    if kind == "swap" and rng.random() < 0.1:
        holder = ""
    to = {"a": "b", "b": "a", "": "b"}[holder]
    lags = rng.choice(((0.0,), (0.0,), (0.0, 1.0), (0.0, 0.0, 1.0, 5.0), (5.0,)))
    return Plan(
        name=str(seed),
        seed=seed,
        kind=kind,  # type: ignore[arg-type]
        holder=holder,
        to=to if kind != "detach" else "",
        pairs=2 if rng.random() < 0.15 else 1,
        limit=rng.choice((2, 2, 3)),
        is_flag_raised=holder != "" and rng.random() < 0.15,
        force_after_s=rng.choice((None, None, 10.0)),
        uses_preflight=rng.random() < 0.7,
        lags=lags,
        failing_looks=rng.choice((0, 0, 0, 10, 40)),
        slow_look_s=rng.choice((0.08, 0.08, 0.08, 0.6)),
        hangs=_hangs(rng),
        late_s=rng.uniform(0.5, 40.0),
        call_faults=_call_faults(rng),
        crashes=_crashes(rng),
        events=_events(rng, max(lags)),
    )


def _hangs(rng: random.Random) -> tuple[float, ...]:
    if rng.random() < 0.8:
        return ()
    return (rng.choice((8.0, 30.0, 100.0)),)


def _call_faults(rng: random.Random) -> dict[int, str]:
    share = rng.choice((0.0, 0.1, 0.4))
    return {n: rng.choice(CALL_FAULTS) for n in range(12) if rng.random() < share}


def _crashes(rng: random.Random) -> tuple[tuple[int, int], ...]:
    if rng.random() < 0.5:
        return ()
    return tuple(
        (process, rng.randint(1, 80)) for process in range(rng.choice((1, 1, 2, 3)))
    )


def _events(rng: random.Random, oldest_read_s: float) -> tuple[Event, ...]:
    events = [_our_own(rng) for _ in range(rng.choice((0, 0, 1, 2)))]
    events += [_of_instances(rng) for _ in range(rng.choice((0, 0, 0, 1, 2)))]
    if rng.random() < 0.2:
        events.append(_cancel(rng))
    if rng.random() < 0.15:
        events.append(_by_others(rng))
    if rng.random() < 0.1 and oldest_read_s <= 1:
        # Later than that, two looks may both be older than the fall.
        events.append(Event(what="drop", on="attached", after_s=rng.uniform(0.2, 3)))
    return tuple(events)


MARKS: tuple[Mark, ...] = (
    "start",
    "intent",
    "detaching",
    "free",
    "attaching",
    "attached",
    "end",
)


def _our_own(rng: random.Random) -> Event:
    what: What = rng.choice(
        (
            "rival",
            "rival",
            "steal",
            "steal",
            "stall",
            "kill",
            "double_click",
            "follow_up",
        )
    )
    return Event(
        what=what,
        on=rng.choice(MARKS),
        after_s=rng.choice((0.0, 0.05, 0.5, 2.0)),
        lasts_s=rng.choice((0.3, 2.0, 16.0, 40.0)),
    )


def _cancel(rng: random.Random) -> Event:
    return Event(
        what="cancel", on=rng.choice(MARKS), after_s=rng.choice((0.0, 0.02, 0.5, 2.0))
    )


def _of_instances(rng: random.Random) -> Event:
    what: What = rng.choice(("terminate", "stop", "start", "fill", "impede"))
    return Event(
        what=what,
        on=rng.choice(MARKS),
        after_s=rng.choice((0.0, 0.1, 1.0)),
        who=rng.choice(("a", "b", "b")),
        lasts_s=rng.choice((0.0, 5.0)),
    )


def _by_others(rng: random.Random) -> Event:
    what: What = rng.choice(
        (
            "hand_detach",
            "hand_attach",
            "lose_address",
            "move_address",
            "delete",
            "raise_flag",
        )
    )
    return Event(
        what=what,
        on=rng.choice(MARKS),
        after_s=rng.choice((0.0, 0.5, 3.0)),
        who=rng.choice(("a", "b", "c")),
    )
