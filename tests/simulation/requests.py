"""What the services do with a request: look, plan, insert, wake."""

from typing import TYPE_CHECKING

from failover.engine import preflight
from failover.engine.job import Action, Job, Kind, State
from failover.engine.preflight import Plan
from failover.engine.topology import InstanceId, Observation
from tests.simulation import requests_of_parts, services
from tests.simulation.floats import Floating, FloatingInterface, FloatingParts

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation


def ask(
    simulation: "Simulation", floating: Floating, to: str, kind: Kind | None = None
) -> None:
    """Somebody asks for the resource to be moved there; the broker wakes a worker."""
    if simulation.is_database_down:
        return
    if isinstance(floating, FloatingInterface):
        wanted = kind or Kind(simulation.plan.kind)
        _ask_for_interface(simulation, floating, to, wanted)
    elif isinstance(floating, FloatingParts):
        requests_of_parts.ask(simulation, floating, to)


def _look(simulation: "Simulation", floating: FloatingInterface) -> Observation:
    scope = preflight.scope_for(
        interface_id=floating.nic.id, instance_ids=list(simulation.world.machines)
    )
    lag = simulation.draw_lag()
    now = simulation.clock.now() + simulation.database_offset_s
    return simulation.world.read(scope, lambda: lag, now)


def _ask_for_interface(
    simulation: "Simulation", floating: FloatingInterface, to: str, kind: Kind
) -> None:
    seen = _look(simulation, floating)
    interface = seen.interfaces.get(floating.nic.id)
    if interface is None:
        return
    simulation.watch.saw_interface(interface)
    plan = plan_for(kind, InstanceId(to), floating, seen)
    if not plan.is_possible or not plan.calls or plan.source == plan.target:
        return
    if kind is Kind.ATTACH and interface.attachment is not None:
        return
    begin(simulation, floating, job_for(simulation, floating, kind, plan, seen), seen)


def plan_for(
    kind: Kind, to: InstanceId, floating: FloatingInterface, seen: Observation
) -> Plan:
    """The plan on what was seen; the interface must be in it."""
    interface, index = seen.interfaces[floating.nic.id], floating.nic.index
    match kind:
        case Kind.DETACH:
            return preflight.plan_detach(interface=interface, seen=seen)
        case Kind.ATTACH:
            return preflight.plan_attach(
                interface=interface,
                instance_id=to,
                device_index=index,
                seen=seen,
            )
        case _:
            return preflight.plan_swap(
                interface=interface,
                device_index=index,
                to=to,
                seen=seen,
                frozen=False,
            )


def job_for(
    simulation: "Simulation",
    floating: FloatingInterface,
    kind: Kind,
    plan: Plan,
    seen: Observation,
) -> Job:
    """The job's first row."""
    is_plain = simulation.plan.uses_preflight and plan.calls[0].action is Action.DETACH
    interface = seen.interfaces[floating.nic.id]
    return Job(
        id=simulation.new_id(),
        region_id=simulation.region_id,
        kind=kind,
        state=State.QUEUED,
        interface_id=floating.nic.id,
        device_index=floating.nic.index,
        from_device_index=floating.nic.index,
        from_instance_id=plan.source,
        to_instance_id=plan.target,
        requested_at=simulation.database_now,
        snapshot=preflight.snapshot(interface),
        force_after_s=simulation.plan.force_after_s,
        preflight_at=seen.began_at if is_plain else None,
        preflight_attachment_id=plan.calls[0].attachment_id if is_plain else None,
        probe=services.probe_of(simulation) if kind is Kind.SWAP else None,
    )


def begin(
    simulation: "Simulation",
    floating: FloatingInterface,
    job: Job,
    seen: Observation,
) -> bool:
    """The transaction in which a job begins; False if another one is in the way."""
    index = floating.nic.index
    ends = ((job.from_instance_id, index), (job.to_instance_id, index))
    locks = preflight.lock_keys(
        account="1",
        region="eu",
        interface=seen.interfaces[floating.nic.id],
        ends=ends,
    )
    if simulation.store.request(job=job, locks=locks) is not None:
        return False
    simulation.has_begun(floating, job)
    return True
