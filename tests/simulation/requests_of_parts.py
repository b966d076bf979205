"""What the services do with a request to move parts that move in one call."""

from typing import TYPE_CHECKING

from failover.engine.job import Job, Kind, State
from failover.engine.moves import preflight
from failover.engine.moves.preflight import MovePlan
from failover.engine.topology import InstanceId, InterfaceId, Observation, Scope
from tests.simulation import services
from tests.simulation.floats import FloatingParts
from tests.simulation.truth import primary_of

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation


def look(
    simulation: "Simulation", floating: FloatingParts, began_at: float
) -> Observation:
    """All that a plan for these parts rests on."""
    parts = floating.parts
    riders = [floating.rider[0]] if floating.rider else []
    wanted = Scope(
        interface_ids=frozenset(primary_of(i) for i in simulation.world.machines),
        instance_ids=frozenset(floating.ends),
        allocation_ids=frozenset(
            [*riders, *(p.allocation_id for p in parts if p.allocation_id)]
        ),
        route_table_ids=frozenset(p.route_table_id for p in parts if p.route_table_id),
        private_ips=frozenset(
            (p.subnet_id, p.private_ip) for p in parts if p.subnet_id
        ),
    )
    return simulation.world.read(wanted, simulation.draw_lag, began_at)


def plan_for(
    simulation: "Simulation", floating: FloatingParts, to: InstanceId, seen: Observation
) -> MovePlan:
    """The plan of a move there, on what was seen."""
    return preflight.plan_move(
        strategy=simulation.plan.strategy,
        parts=floating.parts,
        ends=floating.ends,
        to=to,
        seen=seen,
        frozen=False,
    )


def job_for(simulation: "Simulation", chosen: MovePlan, seen: Observation) -> Job:
    """The job's first row: both ends are pinned (P5)."""
    return Job(
        id=simulation.new_id(),
        region_id=simulation.region_id,
        kind=Kind.SWAP,
        state=State.QUEUED,
        interface_id=InterfaceId(""),
        device_index=0,
        from_device_index=0,
        from_instance_id=chosen.plan.source,
        to_instance_id=chosen.plan.target,
        requested_at=simulation.database_now,
        preflight_at=seen.began_at if simulation.plan.uses_preflight else None,
        strategy=simulation.plan.strategy,
        snapshot=chosen.riders,
        moving=chosen.moving,
        probe=services.probe_of(simulation),
    )


def ask(simulation: "Simulation", floating: FloatingParts, to: str) -> None:
    """Somebody asks for the parts to be moved there."""
    began_at = simulation.clock.now() + simulation.database_offset_s
    seen = look(simulation, floating, began_at)
    chosen = plan_for(simulation, floating, InstanceId(to), seen)
    is_refused = chosen.is_there or chosen.foreign or chosen.missing
    if chosen.plan.is_possible and not is_refused:
        begin(simulation, floating, job_for(simulation, chosen, seen))


def begin(simulation: "Simulation", floating: FloatingParts, job: Job) -> bool:
    """The transaction in which a job begins; False if another one is in the way."""
    locks = frozenset(f"1:eu:{part.key}" for part in floating.parts)
    if simulation.store.request(job=job, locks=locks) is not None:
        return False
    simulation.has_begun(floating, job)
    return True
