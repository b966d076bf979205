"""The guard's hands in the simulation: two dedicated looks, the rule, one job (P7)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from failover.engine import guard, preflight
from failover.engine.guard import GuardFacts, Repair
from failover.engine.job import Kind
from failover.engine.moves.preflight import MovePlan
from failover.engine.topology import InstanceId, Observation
from tests.simulation import requests, requests_of_parts
from tests.simulation.floats import (
    Floating,
    FloatingInterface,
    FloatingParts,
    key_of,
)
from tests.simulation.pairs import PairRow

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a look says of a resource; `begin` starts a repair, if nobody is first."""

    began_at: float
    is_free: bool
    is_possible: Callable[[InstanceId], bool]
    begin: Callable[[InstanceId], bool]


def guards_of(simulation: "Simulation") -> "list[Guard]":
    """A guard for each pair, if the plan has one."""
    if not simulation.plan.has_guard:
        return []
    return [
        Guard(simulation=simulation, floating=f) for f in simulation.floats.values()
    ]


class Guard:
    """Looks at an idle pair's resource and repairs what lies free."""

    def __init__(self, *, simulation: "Simulation", floating: Floating) -> None:
        self._sim = simulation
        self._floating = floating
        self._is_looking = False

    @property
    def _pair(self) -> PairRow:
        return self._sim.pairs[self._floating.key]

    def is_content(self) -> bool:
        """Whether nothing is left for it to do."""
        pair, floating = self._pair, self._floating
        is_free = floating.exists and floating.lies_free
        return not is_free or pair.desired is None or pair.is_frozen

    def on_second(self) -> None:
        if self._is_looking or self._has_job() or self._pair.desired is None:
            return
        self._is_looking = True
        began_at = self._sim.clock.now() + self._sim.database_offset_s
        generation = self._pair.generation
        self._sim.schedule(
            self._sim.latency(), lambda: self._look(began_at, generation)
        )

    def _has_job(self) -> bool:
        return any(
            r.job.state.is_active
            for r in self._sim.store.rows.values()
            if key_of(r.job) == self._floating.key
        )

    def _look(self, began_at: float, generation: int) -> None:
        sim = self._sim
        is_lost = sim.has_failing_looks and (
            sim.rng.randrange(100) < sim.plan.failing_looks
        )
        sight = None if is_lost else see(sim, self._floating, began_at)
        sim.schedule(sim.latency(), lambda: self._judge(sight, generation))

    def _judge(self, sight: Sight | None, generation: int) -> None:
        self._is_looking = False
        pair, sim = self._pair, self._sim
        if sim.is_database_down or sight is None or pair.desired is None:
            return
        if generation != pair.generation:
            return
        if not sight.is_free:
            pair.first_free_at = None
            return
        judged = guard.judge(self._facts(pair, sight))
        if isinstance(judged, Repair):
            sim.watch.on_repair(pair, sight.began_at)
            if sight.begin(judged.target):
                pair.repairs.append(sim.now)
        elif judged is None and (
            pair.first_free_at is None or pair.first_free_at <= pair.settled_at
        ):
            pair.first_free_at = sight.began_at

    def _facts(self, pair: PairRow, sight: Sight) -> GuardFacts:
        desired = pair.desired or pair.ends[0]
        other = next(e for e in pair.ends if e != desired)
        first = pair.first_free_at
        return GuardFacts(
            desired=desired,
            other=other,
            is_frozen=pair.is_frozen,
            has_active_job=self._has_job(),
            free_at=(sight.began_at,) if first is None else (first, sight.began_at),
            settled_at=pair.settled_at,
            # No run lasts an hour.
            repairs_last_hour=len(pair.repairs),
            is_desired_possible=sight.is_possible(desired),
            is_other_possible=sight.is_possible(other),
        )


def see(simulation: "Simulation", floating: Floating, began_at: float) -> Sight | None:
    """A dedicated look at the resource; None: EC2 left it out."""
    if isinstance(floating, FloatingInterface):
        return _see_interface(simulation, floating, began_at)
    if isinstance(floating, FloatingParts):
        return _see_parts(simulation, floating, began_at)
    return None


def _see_interface(
    simulation: "Simulation", floating: FloatingInterface, began_at: float
) -> Sight | None:
    scope = preflight.scope_for(
        interface_id=floating.nic.id, instance_ids=list(simulation.world.machines)
    )
    seen = simulation.world.read(scope, simulation.draw_lag, began_at)
    interface = seen.interfaces.get(floating.nic.id)
    if interface is None:
        return None

    def plan(to: InstanceId) -> preflight.Plan:
        return requests.plan_for(Kind.SWAP, to, floating, seen)

    def begin(to: InstanceId) -> bool:
        job = requests.job_for(simulation, floating, Kind.SWAP, plan(to), seen)
        return requests.begin(simulation, floating, job, seen)

    return Sight(
        began_at=began_at,
        is_free=interface.attachment is None,
        is_possible=lambda to: plan(to).is_possible,
        begin=begin,
    )


def _see_parts(
    simulation: "Simulation", floating: FloatingParts, began_at: float
) -> Sight:
    seen: Observation = requests_of_parts.look(simulation, floating, began_at)

    def plan(to: InstanceId) -> MovePlan:
        return requests_of_parts.plan_for(simulation, floating, to, seen)

    def begin(to: InstanceId) -> bool:
        job = requests_of_parts.job_for(simulation, plan(to), seen)
        return requests_of_parts.begin(simulation, floating, job)

    return Sight(
        began_at=began_at,
        is_free=plan(next(iter(floating.ends))).is_free,
        is_possible=lambda to: plan(to).plan.is_possible,
        begin=begin,
    )
