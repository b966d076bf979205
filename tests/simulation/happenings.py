"""What a plan can make happen in a run, one function each."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from failover.engine.topology import InstanceId
from tests.simulation.faults import Event, What
from tests.simulation.truth import Nic

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

Happening = Callable[["Simulation", Event, Nic], None]
POWER_S = 2.0


def _cancel(simulation: "Simulation", event: Event, nic: Nic) -> None:
    store = simulation.store
    for job_id in list(store.rows):
        simulation.watch.on_cancel(job_id, store.cancel(job_id=job_id))
    simulation.schedule(0.05, simulation.start_process)


def _rival(simulation: "Simulation", event: Event, nic: Nic) -> None:
    """A second driver that does not ask for the region's lease."""
    simulation.start_process(is_rival=True)


def _steal(simulation: "Simulation", event: Event, nic: Nic) -> None:
    """Every lease is over while its owner still works."""
    simulation.store.expire_leases()
    simulation.start_process()


def _stall(simulation: "Simulation", event: Event, nic: Nic) -> None:
    for process in simulation.processes:
        process.stalled_until = simulation.now + event.lasts_s


def _kill(simulation: "Simulation", event: Event, nic: Nic) -> None:
    for process in simulation.processes:
        if process.is_alive and event.lasts_s < 1:
            process.is_stopping = True
        elif process.is_alive:
            process.kill()


def _double_click(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.request(0)


def _follow_up(simulation: "Simulation", event: Event, nic: Nic) -> None:
    """A swap back, whether or not the first has ended."""
    if simulation.plan.kind == "swap":
        simulation.request(0, "a" if simulation.plan.to == "b" else "b")


def _terminate(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.terminate(InstanceId(event.who))


def _stop(simulation: "Simulation", event: Event, nic: Nic) -> None:
    _turn_power(simulation, event, ("running", "stopping", "stopped"))
    if event.lasts_s:
        again = partial(_start, simulation, event, nic)
        simulation.schedule_effect(event.lasts_s, again)


def _start(simulation: "Simulation", event: Event, nic: Nic) -> None:
    _turn_power(simulation, event, ("stopped", "pending", "running"))


def _turn_power(
    simulation: "Simulation", event: Event, states: tuple[str, str, str]
) -> None:
    world, who = simulation.world, InstanceId(event.who)
    was, first, then = states
    if world.machines[who].state != was:
        return
    world.set_state(who, first)

    def settle() -> None:
        if world.machines[who].state == first:
            world.set_state(who, then)

    simulation.schedule_effect(POWER_S, settle)


def _fill(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.fill(InstanceId(event.who))


def _impede(simulation: "Simulation", event: Event, nic: Nic) -> None:
    """Attaches there are refused for a reason that no fact shows."""
    machine = simulation.world.machines[InstanceId(event.who)]
    machine.impediment = "UnauthorizedOperation"
    if event.lasts_s:

        def clear() -> None:
            machine.impediment = ""

        simulation.schedule_effect(event.lasts_s, clear)


def _drop(simulation: "Simulation", event: Event, nic: Nic) -> None:
    """EC2 cannot keep an attach that a job has just made."""
    for row in simulation.store.rows.values():
        tie = simulation.world.nics[row.job.interface_id].tie
        is_ours = tie is not None and tie.id in simulation.watch.made_by(row.job.id)
        if is_ours:
            simulation.world.drop(simulation.world.nics[row.job.interface_id])


def _raise_flag(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.set_flag(nic)


def _hand_detach(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.detach_by_hand(nic)


def _hand_attach(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.attach_by_hand(nic, InstanceId(event.who))


def _lose_address(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.take_address(nic, elsewhere=False)


def _move_address(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.take_address(nic, elsewhere=True)


def _delete(simulation: "Simulation", event: Event, nic: Nic) -> None:
    simulation.world.delete(nic)


HAPPENINGS: Mapping[What, Happening] = {
    "cancel": _cancel,
    "rival": _rival,
    "steal": _steal,
    "stall": _stall,
    "kill": _kill,
    "double_click": _double_click,
    "follow_up": _follow_up,
    "terminate": _terminate,
    "stop": _stop,
    "start": _start,
    "fill": _fill,
    "impede": _impede,
    "drop": _drop,
    "raise_flag": _raise_flag,
    "hand_detach": _hand_detach,
    "hand_attach": _hand_attach,
    "lose_address": _lose_address,
    "move_address": _move_address,
    "delete": _delete,
}
