"""Floating resources: an interface with its address, or parts that move in one call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from failover.engine.job import End, Job, Part
from failover.engine.topology import AllocationId, InstanceId
from tests.simulation.places import Spot
from tests.simulation.truth import Nic
from tests.simulation.world import World

# The holder of parts that lie at different places.
MIXED = InstanceId("mixed")


def key_of(job: Job) -> str:
    """The key of the resource that the job moves."""
    if job.moving is None:
        return job.interface_id
    return ", ".join(p.key for p in job.moving.parts)


class Floating(Protocol):
    """What invariants and the guard ask of a resource; all of it is the truth."""

    @property
    def key(self) -> str: ...

    @property
    def holder(self) -> InstanceId | None:
        """Where it is tied, in whatever state; None: nowhere."""
        ...

    @property
    def exists(self) -> bool: ...

    @property
    def lies_free(self) -> bool:
        """Whether it serves nowhere, and nobody holds it."""
        ...

    def is_tied_at(self, instance_id: InstanceId | None) -> bool:
        """Whether it is attached there, or all parts of it are there."""
        ...

    def serves_at(self, instance_id: InstanceId | None) -> bool:
        """Whether it is there whole: with all that belongs to it."""
        ...

    def is_possible(self, instance_id: InstanceId) -> bool:
        """Whether it could be moved there."""
        ...

    def looks_possible(self, instance_id: InstanceId) -> bool:
        """Whether all that EC2 shows speaks for it."""
        ...

    @property
    def is_out_of_hand(self) -> bool:
        """Gone, or held by a stranger: no move of ours mends that."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingInterface:
    """Strategy `eni`: an interface and the Elastic IP on it."""

    world: World
    nic: Nic
    allocation_id: AllocationId
    ends: tuple[InstanceId, InstanceId]

    @property
    def key(self) -> str:
        return self.nic.id

    @property
    def holder(self) -> InstanceId | None:
        return self.nic.tie.instance_id if self.nic.tie else None

    @property
    def exists(self) -> bool:
        return self.nic.exists

    @property
    def lies_free(self) -> bool:
        return self.nic.tie is None

    @property
    def home(self) -> Spot:
        return Spot(interface_id=self.nic.id, private_ip=self.nic.address)

    def is_tied_at(self, instance_id: InstanceId | None) -> bool:
        tie = self.nic.tie
        if tie is None:
            return instance_id is None
        return tie.instance_id == instance_id and tie.status == "attached"

    def serves_at(self, instance_id: InstanceId | None) -> bool:
        has_address = self.world.places.spots[self.allocation_id] == self.home
        is_whole = instance_id is None or has_address
        return is_whole and self.is_tied_at(instance_id)

    def is_possible(self, instance_id: InstanceId) -> bool:
        return self.world.is_possible(self.nic, instance_id, self.nic.index)

    def looks_possible(self, instance_id: InstanceId) -> bool:
        return self.world.looks_possible(self.nic, instance_id, self.nic.index)

    @property
    def is_out_of_hand(self) -> bool:
        spot = self.world.places.spots[self.allocation_id]
        is_address_lost = spot is not None and spot != self.home
        is_foreign = self.holder is not None and self.holder not in self.ends
        is_released = self.allocation_id in self.world.places.gone
        return not self.exists or is_foreign or is_address_lost or is_released


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingParts:
    """The other strategies: parts that should lie together at one end."""

    world: World
    parts: tuple[Part, ...]
    # Where the parts lie when they are at an instance.
    ends: Mapping[InstanceId, End]
    # An Elastic IP that rides on a private address: (allocation, address).
    rider: tuple[AllocationId, str] | None = None

    @property
    def key(self) -> str:
        return ", ".join(p.key for p in self.parts)

    def spot(self, instance_id: InstanceId) -> Spot:
        """Where a part lies when it is at that instance."""
        end = self.ends[instance_id]
        address = end.private_ip if self.parts[0].allocation_id else ""
        return Spot(interface_id=end.interface_id, private_ip=address)

    @property
    def spots(self) -> list[Spot | None]:
        return [self.world.places.spots[p.key] for p in self.parts]

    @property
    def holder(self) -> InstanceId | None:
        holders = {self._holder_at(s) for s in self.spots}
        return holders.pop() if len(holders) == 1 else MIXED

    @property
    def lies_free(self) -> bool:
        return all(s is None or self._is_dead(s) for s in self.spots)

    def _is_dead(self, spot: Spot) -> bool:
        """An interface that no instance has any more: a route there is a black hole."""
        return self.world.nics[spot.interface_id].tie is None

    def _holder_at(self, spot: Spot | None) -> InstanceId | None:
        if spot is None:
            return None
        own = (i for i in self.ends if self.spot(i) == spot)
        tie = self.world.nics[spot.interface_id].tie
        return next(own, tie.instance_id if tie else MIXED)

    @property
    def exists(self) -> bool:
        return not any(p.key in self.world.places.gone for p in self.parts)

    def is_tied_at(self, instance_id: InstanceId | None) -> bool:
        if instance_id is not None and instance_id not in self.ends:
            return False
        spot = self.spot(instance_id) if instance_id is not None else None
        return all(s == spot for s in self.spots)

    def serves_at(self, instance_id: InstanceId | None) -> bool:
        at_end = instance_id is not None and instance_id in self.ends
        spot = self.spot(instance_id) if instance_id and at_end else None
        return self.is_tied_at(instance_id) and self._has_rider(spot)

    def _has_rider(self, spot: Spot | None) -> bool:
        if self.rider is None or spot is None:
            return True
        allocation, address = self.rider
        seat = Spot(interface_id=spot.interface_id, private_ip=address)
        return self.world.places.spots[allocation] == seat

    def is_possible(self, instance_id: InstanceId) -> bool:
        machine = self.world.machines[instance_id]
        is_there = self.world.nics[self.ends[instance_id].interface_id].exists
        return is_there and not machine.impediment and machine.state != "terminated"

    def looks_possible(self, instance_id: InstanceId) -> bool:
        return self.world.machines[instance_id].state == "running"

    @property
    def is_out_of_hand(self) -> bool:
        ours = {self.spot(i) for i in self.ends}
        is_foreign = any(s is not None and s not in ours for s in self.spots)
        return not self.exists or is_foreign or self._is_rider_lost

    @property
    def _is_rider_lost(self) -> bool:
        if self.rider is None:
            return False
        allocation, address = self.rider
        seat = self.world.places.spots[allocation]
        is_foreign = seat is not None and seat.private_ip != address
        return is_foreign or allocation in self.world.places.gone
