"""Running plans: one, or one after another, and the command that replays one."""

from collections.abc import Iterable
from dataclasses import dataclass

from failover.engine.limits import Limits
from tests.simulation import drawing
from tests.simulation.enumerated import ENUMERATED
from tests.simulation.history import Violation
from tests.simulation.memory_store import MemoryStore
from tests.simulation.plans import Plan
from tests.simulation.regressions import REGRESSIONS
from tests.simulation.schedule import LIMITS, Simulation


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A plan under which an invariant broke."""

    plan: Plan
    violation: Violation

    def __str__(self) -> str:
        command = f"make sim REPLAY={self.plan.name}"
        return f"{self.violation}\n  {command}"


def plan_named(name: str) -> Plan:
    """The plan of a family's seed (eni/7) or an enumerated one. Raises KeyError."""
    known = ENUMERATED | REGRESSIONS
    family, _, seed = name.partition("/")
    is_drawn = seed and name not in known
    return drawing.draw(family, int(seed)) if is_drawn else known[name]


def run(
    plan: Plan,
    *,
    store_class: type[MemoryStore] = MemoryStore,
    limits: Limits = LIMITS,
) -> Broken | None:
    simulation = Simulation(plan, store_class=store_class, limits=limits)
    violation = simulation.run()
    return Broken(plan=plan, violation=violation) if violation else None


def first_broken(
    plans: Iterable[Plan], *, store_class: type[MemoryStore] = MemoryStore
) -> Broken | None:
    for plan in plans:
        broken = run(plan, store_class=store_class)
        if broken is not None:
            return broken
    return None
