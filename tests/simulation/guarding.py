"""The guard's hands in the simulation: two dedicated looks, the rule, one job (P7)."""

from typing import TYPE_CHECKING

from failover.engine import guard, preflight
from failover.engine.guard import GuardFacts, Repair
from failover.engine.job import Kind
from failover.engine.topology import InstanceId, Observation
from tests.simulation import requests
from tests.simulation.floats import FloatingInterface, key_of
from tests.simulation.pairs import PairRow

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

HOUR_S = 3600.0


def guards_of(simulation: "Simulation") -> "list[Guard]":
    """A guard for each pair, if the plan has one."""
    if not simulation.plan.has_guard:
        return []
    return [
        Guard(simulation=simulation, floating=f)
        for f in simulation.floats.values()
        if isinstance(f, FloatingInterface)
    ]


class Guard:
    """Looks at an idle pair's interface and repairs what lies free."""

    def __init__(
        self, *, simulation: "Simulation", floating: FloatingInterface
    ) -> None:
        self._sim = simulation
        self._floating = floating
        self._is_looking = False

    @property
    def _pair(self) -> PairRow:
        return self._sim.pairs[self._floating.key]

    def is_content(self) -> bool:
        """Whether nothing is left for it to do."""
        pair, floating = self._pair, self._floating
        is_free = floating.exists and floating.holder is None
        return not is_free or pair.desired is None or pair.is_frozen

    def on_second(self) -> None:
        if self._is_looking or self._has_job() or self._pair.desired is None:
            return
        self._is_looking = True
        began_at = self._sim.clock.now() + self._sim.database_offset_s
        generation = self._pair.generation
        self._sim.schedule(self._sim.latency(), lambda: self._see(began_at, generation))

    def _has_job(self) -> bool:
        return any(
            r.job.state.is_active
            for r in self._sim.store.rows.values()
            if key_of(r.job) == self._floating.key
        )

    def _see(self, began_at: float, generation: int) -> None:
        sim = self._sim
        is_lost = sim.has_failing_looks and (
            sim.rng.randrange(100) < sim.plan.failing_looks
        )
        scope = preflight.scope_for(
            interface_id=self._floating.nic.id, instance_ids=list(sim.world.machines)
        )
        seen = sim.world.read(scope, sim.draw_lag, began_at)
        sim.schedule(
            sim.latency(), lambda: self._judge(None if is_lost else seen, generation)
        )

    def _judge(self, seen: Observation | None, generation: int) -> None:
        self._is_looking = False
        pair, sim = self._pair, self._sim
        if sim.is_database_down or seen is None or pair.desired is None:
            return
        interface = seen.interfaces.get(self._floating.nic.id)
        if generation != pair.generation or interface is None:
            return
        if interface.attachment is not None:
            pair.first_free_at = None
            return
        judged = guard.judge(self._facts(pair, seen))
        if isinstance(judged, Repair):
            self._repair(pair, judged.target, seen)
        elif judged is None and (
            pair.first_free_at is None or pair.first_free_at <= pair.settled_at
        ):
            pair.first_free_at = seen.began_at

    def _facts(self, pair: PairRow, seen: Observation) -> GuardFacts:
        desired = pair.desired or pair.ends[0]
        other = next(e for e in pair.ends if e != desired)
        first = pair.first_free_at
        reads = (seen.began_at,) if first is None else (first, seen.began_at)
        return GuardFacts(
            desired=desired,
            other=other,
            is_frozen=pair.is_frozen,
            has_active_job=self._has_job(),
            free_at=reads,
            settled_at=pair.settled_at,
            repairs_last_hour=len(pair.repairs),
            is_desired_possible=self._plan(desired, seen).is_possible,
            is_other_possible=self._plan(other, seen).is_possible,
        )

    def _plan(self, to: InstanceId, seen: Observation) -> preflight.Plan:
        return preflight.plan_swap(
            interface=seen.interfaces[self._floating.nic.id],
            device_index=self._floating.nic.index,
            to=to,
            seen=seen,
            frozen=False,
        )

    def _repair(self, pair: PairRow, target: InstanceId, seen: Observation) -> None:
        plan = self._plan(target, seen)
        job = requests.job_for(self._sim, self._floating, Kind.SWAP, plan, seen)
        if requests.begin(self._sim, self._floating, job, seen):
            pair.repairs.append(self._sim.now)
