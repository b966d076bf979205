"""What goes wrong in one run: a plan is data, and the same plan makes the same run."""

from dataclasses import dataclass, field
from typing import Literal

from failover.engine.job import Strategy

Mark = Literal[
    "start", "intent", "moved", "detaching", "free", "attaching", "attached", "end"
]
MARKS: tuple[Mark, ...] = (
    "start",
    "intent",
    "detaching",
    "free",
    "attaching",
    "attached",
    "end",
)
# Those of a resource that moves in one call.
MOVE_MARKS: tuple[Mark, ...] = ("start", "intent", "moved", "attached", "end")
What = Literal[
    "cancel",
    "acknowledge",
    "rival",
    "steal",
    "stall",
    "kill",
    "outage",
    "step_clock",
    "freeze",
    "double_click",
    "follow_up",
    "follow_down",
    "terminate",
    "stop",
    "start",
    "fill",
    "impede",
    "forbid",
    "hang_guest",
    "stick",
    "squat",
    "drop",
    "raise_flag",
    "hand_detach",
    "hand_attach",
    "lose_address",
    "move_address",
    "delete",
]
# How the service behind a resource answers its probe: not asked, at once, after a
# while, now and then, where it came to first and then nobody knows, never; or the
# prober says nothing, or never comes back.
Service = Literal["", "well", "late", "flapping", "once", "dead", "silent", "hung"]
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
# What can happen at one input or output of a process.
BREAKS = ("kill", "stall", "database_error", "commit_error", "outage", "steal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`what` happens `after_s` seconds after the first `on`."""

    what: What
    on: Mark = "start"
    after_s: float = 0.0
    # An instance (a, b or c), where there is a choice.
    who: str = "b"
    # How long it lasts; for a clock, by how much it is put on.
    lasts_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """`what` happens at the `point`-th input or output of the `process`-th process."""

    point: int
    what: str
    process: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run. Seconds, unless said."""

    name: str
    strategy: Strategy = Strategy.ENI
    kind: Literal["swap", "attach", "detach"] = "swap"
    # Where the resource lies at the start ("" is free) and where it shall go.
    holder: str = "a"
    to: str = "b"
    pairs: int = 1
    asked_apart_s: float = 0.2
    # How many route tables a route has.
    parts: int = 1
    # An Elastic IP on a private address that moves; EC2 may let it come along.
    has_rider: bool = False
    do_riders_follow: bool = True
    limit: int = 2
    has_guard: bool = False
    is_flag_raised: bool = False
    force_after_s: float | None = None
    uses_preflight: bool = True
    # EC2's buckets: none, one for each API, or one; how full they are at the start,
    # and how many tokens a second others take.
    throttle: Literal["off", "api", "shared"] = "off"
    tokens: float = 50.0
    attach_tokens: float | None = None
    foreign_per_s: float = 0.0
    # Ages that a read may have, and how many looks of a hundred fail.
    lags: tuple[float, ...] = (0.0,)
    failing_looks: int = 0
    # How many of a hundred looks leave a resource out that is there.
    omitting_looks: int = 0
    # Our role may not attach, anywhere.
    is_denied: bool = False
    # The longest that each way of a look takes.
    slow_look_s: float = 0.08
    # How long EC2 still says InUse of what it shows as available.
    sticky_s: float = 0.0
    detach_s: tuple[float, float] = (2.0, 4.0)
    attach_s: tuple[float, float] = (1.0, 3.0)
    hangs: tuple[float, ...] = ()
    # How late a late call lands, and the fault of the n-th call on the wire.
    late_s: float = 20.0
    call_faults: dict[int, str] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    # How many of a hundred inputs and outputs take time, and how long at most:
    # meanwhile the others go on.
    dwells: int = 0
    dwell_s: float = 0.05
    # How long a stall at an input or output lasts, and an outage of the database.
    stall_s: float = 20.0
    outage_s: float = 8.0
    events: tuple[Event, ...] = ()
    service: Service = ""
    service_late_s: float = 15.0

    @property
    def is_touched_by_others(self) -> bool:
        return any(e.what in FOREIGN for e in self.events)

    def has_event(self, *what: What) -> bool:
        return any(e.what in what for e in self.events)

    @property
    def stepped_back_s(self) -> float:
        """By how much the database's clock goes back in the run, all steps together."""
        return sum(-e.lasts_s for e in self.events if self._goes_back(e))

    def _goes_back(self, event: Event) -> bool:
        return event.what == "step_clock" and event.lasts_s < 0
