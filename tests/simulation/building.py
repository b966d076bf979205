"""A run's world as it is at the start: instances, interfaces, parts, pairs."""

from dataclasses import replace
from typing import TYPE_CHECKING

from failover.engine.job import End, Part, Strategy
from failover.engine.topology import AllocationId, InstanceId, InterfaceId, RouteTableId
from tests.simulation import truth
from tests.simulation.floats import Floating, FloatingInterface, FloatingParts
from tests.simulation.pairs import PairRow
from tests.simulation.places import Spot
from tests.simulation.quotas import Quotas
from tests.simulation.truth import Machine, Nic
from tests.simulation.world import World

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

A, B, C = InstanceId("a"), InstanceId("b"), InstanceId("c")
LONG_BEFORE_S = 60.0
ADDRESSES = {A: "10.0.0.1", B: "10.0.0.2", C: "10.0.0.3"}


def make_world(simulation: "Simulation") -> World:
    """EC2 without anything in it."""
    plan = simulation.plan
    world = World(
        now=lambda: simulation.clock.at,
        schedule=simulation.schedule_effect,
        rng=simulation.rng,
        detach_s=plan.detach_s,
        attach_s=plan.attach_s,
        hangs=list(plan.hangs),
    )
    world.places.do_riders_follow = plan.do_riders_follow
    world.is_denied = plan.is_denied
    world.sticky_s = plan.sticky_s
    return world


def make_quotas(simulation: "Simulation") -> Quotas:
    """EC2's buckets as the plan has them."""
    plan = simulation.plan
    return Quotas(
        now=lambda: simulation.clock.at,
        throttle=plan.throttle,
        tokens=plan.tokens,
        attach_tokens=plan.attach_tokens,
        foreign_per_s=plan.foreign_per_s,
    )


def build(simulation: "Simulation") -> None:
    """Three instances, of which c is a stranger, and the plan's resources."""
    plan, world = simulation.plan, simulation.world
    # Long before the run, so that even the oldest read shows all of it.
    simulation.clock.at -= LONG_BEFORE_S
    for name in (A, B, C):
        limit = plan.limit if name == plan.to else 3 + plan.pairs
        world.add_machine(Machine(id=name, limit=limit))
    if plan.strategy is not Strategy.ENI:
        for name, address in ADDRESSES.items():
            primary = Nic(id=truth.primary_of(name), address=address, index=0)
            # An Elastic IP's own place there: two of them need two.
            primary.secondaries += [_own_address(name, n) for n in range(plan.pairs)]
            world.add_nic(primary, holder=name, kept=False)
    for number in range(plan.pairs):
        if plan.strategy is Strategy.ENI:
            floating: Floating = _add_interface(simulation, number)
        else:
            floating = _add_parts(simulation, number)
        simulation.floats[floating.key] = floating
        simulation.pairs[floating.key] = PairRow(
            floating=floating, ends=(A, B), desired=floating.holder
        )
    simulation.clock.at += LONG_BEFORE_S
    world.on_change = simulation.on_change
    world.on_displaced = simulation.watch.on_displaced
    world.on_state = simulation.watch.note_impossible


def _add_interface(simulation: "Simulation", number: int) -> FloatingInterface:
    plan, world = simulation.plan, simulation.world
    nic = Nic(
        id=InterfaceId(f"eni-{number + 1}"),
        address=f"10.0.0.{number + 10}",
        index=number + 1,
    )
    address = Part(allocation_id=AllocationId(f"eipalloc-{number + 1}"))
    holder = InstanceId(plan.holder) if plan.holder else None
    world.add_nic(nic, holder=holder, kept=not plan.is_flag_raised)
    home = Spot(interface_id=nic.id, private_ip=nic.address)
    world.places.add(address, home)
    floating = FloatingInterface(
        world=world, nic=nic, allocation_id=AllocationId(address.key), ends=(A, B)
    )
    simulation.belongs[nic.id] = simulation.belongs[address.key] = floating
    return floating


def _add_parts(simulation: "Simulation", number: int) -> FloatingParts:
    plan, world = simulation.plan, simulation.world
    is_address = plan.strategy is Strategy.EIP
    ends = {
        name: End(
            instance_id=name,
            interface_id=truth.primary_of(name),
            private_ip=_own_address(name, number) if is_address else "",
        )
        for name in (A, B)
    }
    parts = tuple(_part(plan.strategy, number, n) for n in range(plan.parts))
    rider = None
    if plan.has_rider and plan.strategy is Strategy.PRIVATE_IP:
        rider = (AllocationId(f"eipalloc-{number + 1}"), parts[0].private_ip)
    floating = FloatingParts(world=world, parts=parts, ends=ends, rider=rider)
    spot = floating.spot(InstanceId(plan.holder)) if plan.holder else None
    for part in parts:
        world.places.add(part, spot)
        simulation.belongs[part.key] = floating
    if rider is not None:
        seat = replace(spot, private_ip=rider[1]) if spot else None
        world.places.add(Part(allocation_id=rider[0]), seat)
        simulation.belongs[rider[0]] = floating
    return floating


def _own_address(name: InstanceId, number: int) -> str:
    return f"{ADDRESSES[name]}{number + 1}"


def _part(strategy: Strategy, number: int, n: int) -> Part:
    match strategy:
        case Strategy.EIP:
            return Part(allocation_id=AllocationId(f"eipalloc-{number + 1}"))
        case Strategy.PRIVATE_IP:
            return Part(subnet_id=truth.SUBNET, private_ip=f"10.0.0.{100 + number}")
        case _:
            return Part(
                route_table_id=RouteTableId(f"rtb-{number + 1}-{n + 1}"),
                destination_cidr="192.168.0.0/16",
            )
