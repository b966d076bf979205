"""The five things that `decide` can say, as data."""

from dataclasses import dataclass
from enum import Enum, auto

from failover.engine.job import Call, State


class Need(Enum):
    """What the next look at EC2 must also show."""

    INSTANCES = auto()
    ADDRESSES = auto()
    CONFIRMATION = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing to send now; look again, at `until` at the latest if it is given."""

    waiting_for: str
    needs: frozenset[Need] = frozenset()
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One mutating call. `burns_index`: a forced detach that spoils the slot."""

    call: Call
    waiting_for: str
    burns_index: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Change the aim to the other end, then decide again."""

    why: str
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """Tell humans, keep the locks, keep looking."""

    why: str
    args: tuple[tuple[str, str], ...] = ()
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The end; `state` says where the resource lies."""

    state: State
    why: str
    args: tuple[tuple[str, str], ...] = ()


Step = Wait | Send | Turn | Park | Finish
