"""What the services do with a request to move parts that move in one call."""

from typing import TYPE_CHECKING

from failover.engine.job import Job, Kind, Moving, State
from failover.engine.moves import places
from failover.engine.moves.places import Place
from failover.engine.topology import (
    AllocationId,
    InstanceId,
    InterfaceId,
    Observation,
    Scope,
)
from tests.simulation.floats import FloatingParts

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

NOWHERE = InstanceId("")


def look(
    simulation: "Simulation", floating: FloatingParts, began_at: float
) -> Observation:
    """All that a plan for these parts rests on."""
    parts, ends = floating.parts, floating.ends.values()
    wanted = Scope(
        interface_ids=frozenset(e.interface_id for e in ends),
        instance_ids=frozenset(floating.ends),
        allocation_ids=frozenset(p.allocation_id for p in parts if p.allocation_id),
        route_table_ids=frozenset(p.route_table_id for p in parts if p.route_table_id),
        private_ips=frozenset(
            (p.subnet_id, p.private_ip) for p in parts if p.subnet_id
        ),
    )
    return simulation.world.read(wanted, simulation.draw_lag, began_at)


def holder_in(floating: FloatingParts, seen: Observation) -> InstanceId | None:
    """Where all the parts lie by the look; None: nowhere; NOWHERE: not at one end."""
    first, second = floating.ends
    moving = Moving(
        parts=floating.parts, source=floating.ends[first], target=floating.ends[second]
    )
    found = {
        places.find(moving=moving, part=part, observation=seen)
        for part in floating.parts
    }
    names = {Place.SOURCE.value: first, Place.TARGET.value: second}
    if found == {Place.FREE.value}:
        return None
    return names.get(found.pop() or "", NOWHERE) if len(found) == 1 else NOWHERE


def is_possible(floating: FloatingParts, to: InstanceId, seen: Observation) -> bool:
    """Whether all that the look shows speaks for a move there."""
    instance = seen.instances.get(to)
    is_shown = floating.ends[to].interface_id in seen.interfaces
    return is_shown and instance is not None and instance.state == "running"


def job_for(
    simulation: "Simulation",
    floating: FloatingParts,
    source: InstanceId | None,
    to: InstanceId,
    seen: Observation,
) -> Job:
    """The job's first row: both ends are pinned (P5)."""
    return Job(
        id=simulation.new_id(),
        region_id=simulation.region_id,
        kind=Kind.SWAP,
        state=State.QUEUED,
        interface_id=InterfaceId(""),
        device_index=0,
        from_device_index=0,
        from_instance_id=source,
        to_instance_id=to,
        requested_at=simulation.database_now,
        preflight_at=seen.began_at if simulation.plan.uses_preflight else None,
        strategy=simulation.plan.strategy,
        snapshot=_riders(floating, seen),
        moving=Moving(
            parts=floating.parts,
            source=floating.ends[source] if source else None,
            target=floating.ends[to],
        ),
    )


def _riders(
    floating: FloatingParts, seen: Observation
) -> tuple[tuple[AllocationId, str], ...]:
    """Elastic IPs on a private address that moves: they must come along."""
    addresses = {p.private_ip for p in floating.parts if p.subnet_id}
    found = (i.associations for i in seen.interfaces.values())
    return tuple(sorted(a for here in found for a in here if a[1] in addresses))


def ask(simulation: "Simulation", floating: FloatingParts, to: str) -> None:
    """Somebody asks for the parts to be moved there."""
    began_at = simulation.clock.now() + simulation.database_offset_s
    seen = look(simulation, floating, began_at)
    source, target = holder_in(floating, seen), InstanceId(to)
    if source in (NOWHERE, target) or not is_possible(floating, target, seen):
        return
    begin(simulation, floating, job_for(simulation, floating, source, target, seen))


def begin(simulation: "Simulation", floating: FloatingParts, job: Job) -> bool:
    """The transaction in which a job begins; False if another one is in the way."""
    locks = frozenset(f"1:eu:{part.key}" for part in floating.parts)
    if simulation.store.request(job=job, locks=locks) is not None:
        return False
    simulation.has_begun(floating, job)
    return True
