"""Running plans: one, or one after another, and the command that replays one."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.simulation import faults
from tests.simulation.endings import Violation
from tests.simulation.enumerated import ENUMERATED
from tests.simulation.faults import Plan
from tests.simulation.memory_store import MemoryStore
from tests.simulation.schedule import LIMITS, Simulation


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A plan under which an invariant broke."""

    plan: Plan
    violation: Violation

    def __str__(self) -> str:
        command = f"python -m tests.simulation --replay {self.plan.name}"
        return f"{self.violation}\n  {command}"


def plan_named(name: str) -> Plan:
    """The plan of a seed or of an enumerated schedule. Raises KeyError."""
    return faults.draw(int(name)) if name.isdigit() else ENUMERATED[name]


def run(plan: Plan, *, store_class: type[MemoryStore] = MemoryStore) -> Broken | None:
    simulation = Simulation(plan, store_class=store_class, limits=LIMITS)
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
