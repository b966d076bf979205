"""What is true of interfaces and instances, and how EC2 shows it."""

import bisect
from dataclasses import dataclass, field
from typing import TypeVar

from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    PrivateAddress,
    Slot,
)

T = TypeVar("T")
ZONE = "eu-west-1a"
VPC = "vpc-1"
SUBNET = "subnet-1"
# Device indexes of interfaces that only take a place.
FIRST_EXTRA = 7


@dataclass(slots=True, kw_only=True)
class Tie:
    """One true attachment."""

    id: AttachmentId
    instance_id: InstanceId
    index: int
    status: str
    is_kept: bool = True
    # Raised with each transition, so that an older one's end comes to nothing.
    turn: int = 0
    # When its status last changed.
    since: float = 0.0


@dataclass(slots=True, kw_only=True)
class Nic:
    """One true network interface; `index` is the place that its pair uses."""

    id: InterfaceId
    address: str
    index: int = 1
    tie: Tie | None = None
    exists: bool = True
    freed_at: float = 0.0
    # Further private addresses, as they were assigned.
    secondaries: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Machine:
    """One true instance; `extras` are other interfaces, the primary not among them."""

    id: InstanceId
    state: str = "running"
    limit: int = 2
    extras: int = 0
    burnt: set[int] = field(default_factory=set)
    # What an attach or move is refused with, whatever the facts say.
    impediment: str = ""
    # What a detach there is refused with.
    hold_back: str = ""
    # An attach there goes on for ever, as on bad hardware.
    is_stuck: bool = False
    # A guest that does not answer never lets an interface go by itself.
    is_guest_hung: bool = False


def primary_of(machine_id: InstanceId) -> InterfaceId:
    """The interface that each instance has from its launch."""
    return InterfaceId(f"eni-{machine_id}")


def show(nic: Nic, associations: dict[str, AllocationId]) -> Interface:
    """The interface as EC2 would show it; Elastic IPs by private address."""
    tie = nic.tie
    attachment = None
    if tie is not None:
        attachment = Attachment(
            id=tie.id,
            instance_id=tie.instance_id,
            device_index=tie.index,
            status=tie.status,
            delete_on_termination=not tie.is_kept,
        )
    return Interface(
        id=nic.id,
        status="in-use" if tie else "available",
        availability_zone=ZONE,
        vpc_id=VPC,
        subnet_id=SUBNET,
        source_dest_check=False,
        addresses=tuple(
            PrivateAddress(
                address=address,
                primary=address == nic.address,
                allocation_id=associations.get(address),
            )
            for address in (nic.address, *nic.secondaries)
        ),
        attachment=attachment,
    )


def show_machine(machine: Machine, here: list[tuple[Nic, Tie]]) -> Instance:
    primary = Slot(interface_id=primary_of(machine.id), device_index=0)
    extras = [
        Slot(
            interface_id=InterfaceId(f"{primary.interface_id}-{n}"),
            device_index=FIRST_EXTRA + n,
        )
        for n in range(machine.extras)
    ]
    slots = [
        Slot(interface_id=n.id, device_index=t.index, status=t.status) for n, t in here
    ]
    return Instance(
        id=machine.id,
        state=machine.state,
        availability_zone=ZONE,
        vpc_id=VPC,
        slots=(primary, *extras, *slots),
        interface_limit=machine.limit,
    )


def entry_at(log: list[tuple[float, T]], at: float) -> T:
    """The last entry at or before `at`, or the first of all."""
    if log[-1][0] <= at:
        return log[-1][1]
    index = bisect.bisect_right(log, at, key=lambda entry: entry[0])
    return log[max(index - 1, 0)][1]
