"""The pairs' rows as the services keep them beside the jobs (protocol P7)."""

from dataclasses import dataclass, field

from failover.engine.topology import InstanceId
from tests.simulation.floats import Floating


@dataclass(slots=True, kw_only=True)
class PairRow:
    """One pair. `desired` None with `is_known`: it was asked to lie free."""

    floating: Floating
    ends: tuple[InstanceId, InstanceId]
    desired: InstanceId | None
    is_known: bool = True
    is_frozen: bool = False
    # Raised by whatever happens to the pair.
    generation: int = 0
    # The last terminal commit, and the guard's first look at a free resource.
    settled_at: float = 0.0
    first_free_at: float | None = None
    repairs: list[float] = field(default_factory=list)

    def begin(self) -> None:
        """A job begins, in its own transaction."""
        self.generation += 1
        self.first_free_at = None

    def settle(self, holder: InstanceId | None, *, is_known: bool, at: float) -> None:
        """A job ends, in its own transaction."""
        self.generation += 1
        self.desired, self.is_known = holder, is_known
        self.settled_at = at
        self.first_free_at = None
