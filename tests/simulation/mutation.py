"""An engine with one rule dropped, and the schedules that must catch it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

from tests.simulation import drawing, runs
from tests.simulation.enumerated import SCENES
from tests.simulation.memory_store import MemoryStore
from tests.simulation.plans import Plan
from tests.simulation.regressions import REGRESSIONS
from tests.simulation.schedule import LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """The schedule that a mutant did not survive, and how many were run until it."""

    broken: runs.Broken
    schedules: int

    @property
    def invariant(self) -> str:
        return str(self.broken.violation).partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """`drops` names the rule; `finds` picks the schedules by how their names begin."""

    name: str
    drops: str
    finds: tuple[str, ...] = ()
    # Whose random schedules are tried when the enumerated ones let it live.
    families: tuple[str, ...] = ("eni",)
    store_class: type[MemoryStore] = MemoryStore
    # (module or class, attribute, what stands there instead)
    swaps: tuple[tuple[Any, str, Any], ...] = ()
    # Numbers of the engine that are not those it has promised.
    numbers: Mapping[str, float] = field(default_factory=dict)

    def plans(self, *, seeds: int) -> Iterator[Plan]:
        """The kept schedules that it should not survive, then some seeds."""
        for name, plan in (SCENES | REGRESSIONS).items():
            if self.finds and name.startswith(self.finds):
                yield plan
        for seed in range(1, seeds + 1):
            for family in self.families:
                yield drawing.draw(family, seed)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, attribute, instead in self.swaps:
                stack.enter_context(mock.patch.object(owner, attribute, instead))
            yield

    def first_caught(self, *, seeds: int = 100) -> Caught | None:
        """The first schedule that it breaks; None: it lives."""
        limits = replace(LIMITS, **self.numbers)  # type: ignore[arg-type]
        with self.in_force():
            for number, plan in enumerate(self.plans(seeds=seeds), start=1):
                broken = runs.run(plan, store_class=self.store_class, limits=limits)
                if broken is not None:
                    return Caught(broken=broken, schedules=number)
        return None


def never(*_args: object, **_kwargs: object) -> bool:
    return False


def nothing(*_args: object, **_kwargs: object) -> None:
    return None


def always(*_args: object, **_kwargs: object) -> bool:
    return True


def instead_of(value: object) -> Callable[..., Any]:
    """A function that answers this whatever it is asked."""

    def answer(*_args: object, **_kwargs: object) -> object:
        return value

    return answer
