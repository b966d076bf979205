"""What a plan can make happen in a run, one function each, and how it is healed."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from failover.engine.job import Kind, Part
from failover.engine.topology import AllocationId, InstanceId
from tests.simulation import requests
from tests.simulation.floats import Floating, FloatingInterface, FloatingParts
from tests.simulation.places import Spot
from tests.simulation.plans import Event, What
from tests.simulation.truth import primary_of

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

Happening = Callable[["Simulation", Event, Floating], None]
POWER_S = 2.0
# A stranger's interface, where Elastic IPs may end up.
STRANGER = InstanceId("c")
SQUATTER = AllocationId("eipalloc-squatter")


# Of our own.


def _cancel(simulation: "Simulation", event: Event, floating: Floating) -> None:
    for job_id in list(simulation.store.rows):
        simulation.cancel(job_id)
    simulation.schedule(simulation.wake_s, simulation.start_process)


def _acknowledge(simulation: "Simulation", event: Event, floating: Floating) -> None:
    for job_id in list(simulation.store.rows):
        simulation.acknowledge(job_id)


def _rival(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """A second driver that does not ask for the region's lease."""
    simulation.start_process(is_rival=True)


def _steal(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """Every lease is over while its owner still works."""
    simulation.store.expire_leases()
    simulation.start_process()


def _stall(simulation: "Simulation", event: Event, floating: Floating) -> None:
    for process in simulation.processes:
        process.stalled_until = simulation.now + event.lasts_s


def _kill(simulation: "Simulation", event: Event, floating: Floating) -> None:
    for process in simulation.processes:
        if process.is_alive and event.lasts_s < 1:
            process.is_stopping = True
        elif process.is_alive:
            process.kill()


def _outage(simulation: "Simulation", event: Event, floating: Floating) -> None:
    simulation.begin_outage(event.lasts_s)


def _step_clock(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """The database's clock jumps; what runs carries on with the time it measured."""
    simulation.database_offset_s += event.lasts_s


def _freeze(simulation: "Simulation", event: Event, floating: Floating) -> None:
    simulation.pairs[floating.key].is_frozen = True
    simulation.pairs[floating.key].generation += 1


def _double_click(simulation: "Simulation", event: Event, floating: Floating) -> None:
    requests.ask(simulation, floating, simulation.plan.to)


def _follow_up(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """A swap back, whether or not the first has ended."""
    if simulation.plan.kind == "swap":
        to = "a" if simulation.plan.to == "b" else "b"
        requests.ask(simulation, floating, to)


def _follow_down(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """A plain detach, whether or not the swap has ended."""
    if isinstance(floating, FloatingInterface):
        requests.ask(simulation, floating, "", Kind.DETACH)


# Of instances.


def _terminate(simulation: "Simulation", event: Event, floating: Floating) -> None:
    simulation.world.terminate(InstanceId(event.who))


def _stop(simulation: "Simulation", event: Event, floating: Floating) -> None:
    _turn_power(simulation, event.who, ("running", "stopping", "stopped"))
    if event.lasts_s:
        again = partial(_start, simulation, event, floating)
        simulation.schedule_effect(event.lasts_s, again)


def _start(simulation: "Simulation", event: Event, floating: Floating) -> None:
    _turn_power(simulation, event.who, ("stopped", "pending", "running"))


def _turn_power(
    simulation: "Simulation", name: str, states: tuple[str, str, str]
) -> None:
    world, who = simulation.world, InstanceId(name)
    was, first, then = states
    if world.machines[who].state != was:
        return
    world.set_state(who, first)

    def settle() -> None:
        if world.machines[who].state == first:
            world.set_state(who, then)

    simulation.schedule_effect(POWER_S, settle)


def _fill(simulation: "Simulation", event: Event, floating: Floating) -> None:
    simulation.world.fill(InstanceId(event.who))


def _impede(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """Attaches and moves there are refused for a reason that no fact shows."""
    machine = simulation.world.machines[InstanceId(event.who)]
    machine.impediment = "UnauthorizedOperation"
    if event.lasts_s:

        def clear() -> None:
            machine.impediment = ""

        simulation.schedule_effect(event.lasts_s, clear)


def _forbid(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """Detaches there are refused for a reason that no fact shows."""
    machine = simulation.world.machines[InstanceId(event.who)]
    machine.hold_back = "UnauthorizedOperation"
    if event.lasts_s:

        def clear() -> None:
            machine.hold_back = ""

        simulation.schedule_effect(event.lasts_s, clear)


def _hang_guest(simulation: "Simulation", event: Event, floating: Floating) -> None:
    world, who = simulation.world, InstanceId(event.who)
    world.set_guest(who, is_hung=True)
    if event.lasts_s:
        simulation.schedule_effect(
            event.lasts_s, partial(world.set_guest, who, is_hung=False)
        )


# Of interfaces and parts, by EC2 or by somebody's hand.


def _stick(simulation: "Simulation", event: Event, floating: Floating) -> None:
    world, who = simulation.world, InstanceId(event.who)
    world.set_stuck(who, is_stuck=True)
    if event.lasts_s:
        simulation.schedule_effect(
            event.lasts_s, partial(world.set_stuck, who, is_stuck=False)
        )


def _squat(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """Somebody puts an Elastic IP of theirs where ours shall go."""
    places = simulation.world.places
    if not isinstance(floating, FloatingParts) or SQUATTER in places.parts:
        return
    spot = floating.spot(InstanceId(event.who))
    is_there = simulation.world.nics[spot.interface_id].exists
    is_vacant = is_there and spot not in places.spots.values()
    if floating.parts[0].allocation_id and is_vacant:
        simulation.watch.history.squatted_at = simulation.now
        places.add(Part(allocation_id=SQUATTER), spot)


def _drop(simulation: "Simulation", event: Event, floating: Floating) -> None:
    """EC2 cannot keep an attach that a job has just made."""
    for row in simulation.store.rows.values():
        nic = simulation.world.nics.get(row.job.interface_id)
        tie = nic.tie if nic else None
        is_ours = tie is not None and tie.id in simulation.watch.made_by(row.job.id)
        if is_ours and nic is not None:
            simulation.world.drop(nic)


def _raise_flag(simulation: "Simulation", event: Event, floating: Floating) -> None:
    if isinstance(floating, FloatingInterface):
        simulation.world.set_flag(floating.nic)


def _hand_detach(simulation: "Simulation", event: Event, floating: Floating) -> None:
    if isinstance(floating, FloatingInterface):
        tie = floating.nic.tie
        if tie is not None and tie.status != "detaching":
            simulation.world.begin_detach(floating.nic)
    elif isinstance(floating, FloatingParts) and floating.exists:
        simulation.world.places.put(floating.parts[-1].key, None)


def _hand_attach(simulation: "Simulation", event: Event, floating: Floating) -> None:
    who = InstanceId(event.who)
    if isinstance(floating, FloatingInterface):
        simulation.world.attach_by_hand(floating.nic, who)
    elif isinstance(floating, FloatingParts) and floating.exists:
        spot = _spot(floating, who)
        # Nor can a hand put anything on what went with its instance.
        if simulation.world.nics[spot.interface_id].exists:
            simulation.world.places.put(floating.parts[-1].key, spot)


def _spot(floating: FloatingParts, who: InstanceId) -> Spot:
    if who in floating.ends:
        return floating.spot(who)
    address = "10.0.0.3" if floating.parts[0].allocation_id else ""
    return Spot(interface_id=primary_of(who), private_ip=address)


def _rider(floating: Floating) -> AllocationId | None:
    """The Elastic IP that belongs to it without being what moves."""
    if isinstance(floating, FloatingInterface):
        return floating.allocation_id
    if isinstance(floating, FloatingParts) and floating.rider is not None:
        return floating.rider[0]
    return None


def _lose_address(simulation: "Simulation", event: Event, floating: Floating) -> None:
    rider = _rider(floating)
    if rider is not None:
        simulation.world.places.put(rider, None)


def _move_address(simulation: "Simulation", event: Event, floating: Floating) -> None:
    rider = _rider(floating)
    if rider is not None:
        spot = Spot(interface_id=primary_of(STRANGER), private_ip="10.0.0.3")
        simulation.world.places.put(rider, spot)


def _delete(simulation: "Simulation", event: Event, floating: Floating) -> None:
    if isinstance(floating, FloatingInterface):
        simulation.world.delete(floating.nic)
    elif isinstance(floating, FloatingParts):
        simulation.world.places.delete(floating.parts[0].key)


HAPPENINGS: Mapping[What, Happening] = {
    "cancel": _cancel,
    "acknowledge": _acknowledge,
    "rival": _rival,
    "steal": _steal,
    "stall": _stall,
    "kill": _kill,
    "outage": _outage,
    "step_clock": _step_clock,
    "freeze": _freeze,
    "double_click": _double_click,
    "follow_up": _follow_up,
    "follow_down": _follow_down,
    "terminate": _terminate,
    "stop": _stop,
    "start": _start,
    "fill": _fill,
    "impede": _impede,
    "forbid": _forbid,
    "hang_guest": _hang_guest,
    "stick": _stick,
    "squat": _squat,
    "drop": _drop,
    "raise_flag": _raise_flag,
    "hand_detach": _hand_detach,
    "hand_attach": _hand_attach,
    "lose_address": _lose_address,
    "move_address": _move_address,
    "delete": _delete,
}


def heal(simulation: "Simulation") -> None:
    """All that can be mended is: machines, room, guests, addresses."""
    world = simulation.world
    world.is_denied = False
    for machine in world.machines.values():
        machine.impediment = machine.hold_back = ""
        world.set_guest(machine.id, is_hung=False)
        world.set_stuck(machine.id, is_stuck=False)
        world.fill(machine.id, -machine.extras)
        # A stop and start gives burnt indexes back.
        machine.burnt.clear()
        if machine.state in ("stopping", "stopped", "pending"):
            world.set_state(machine.id, "running")
    for floating in simulation.floats.values():
        rider = _rider(floating)
        if rider is not None and floating.exists:
            spot = world.places.spots[rider]
            if spot is not None and spot.interface_id == primary_of(STRANGER):
                world.places.put(rider, None)
    if world.places.spots.get(SQUATTER) is not None:
        world.places.put(SQUATTER, None)
    for process in simulation.processes:
        process.stalled_until = min(process.stalled_until, simulation.now)
