"""What is true of interfaces and instances, and how EC2 shows it."""

import bisect
from dataclasses import dataclass, field
from typing import TypeVar

from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    PrivateAddress,
    Slot,
)

T = TypeVar("T")
ZONE = "eu-west-1a"


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


@dataclass(slots=True, kw_only=True)
class Nic:
    """One true network interface and its one Elastic IP."""

    id: InterfaceId
    address: str
    allocation_id: AllocationId
    # The device index that its pair uses at both ends.
    index: int = 1
    tie: Tie | None = None
    exists: bool = True
    has_address: bool = True
    is_address_elsewhere: bool = False


@dataclass(slots=True, kw_only=True)
class Machine:
    """One true instance; `extras` are other interfaces, the primary not among them."""

    id: InstanceId
    state: str = "running"
    limit: int = 2
    extras: int = 0
    burnt: set[int] = field(default_factory=set)
    # What an attach is refused with whatever the facts say, as a denied permission.
    impediment: str = ""


def show(nic: Nic) -> Interface:
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
        vpc_id="vpc-1",
        subnet_id="subnet-1",
        addresses=(
            PrivateAddress(
                address=nic.address,
                primary=True,
                allocation_id=nic.allocation_id if nic.has_address else None,
            ),
        ),
        attachment=attachment,
    )


def show_address(nic: Nic) -> ElasticIp:
    association = "eipassoc-1" if nic.has_address else ""
    if nic.is_address_elsewhere:
        association = "eipassoc-2"
    return ElasticIp(
        allocation_id=nic.allocation_id,
        public_ip="198.51.100.7",
        association_id=association if nic.exists else "",
    )


def show_machine(machine: Machine, here: list[tuple[Nic, Tie]]) -> Instance:
    primary = Slot(interface_id=InterfaceId(f"eni-{machine.id}"), device_index=0)
    extras = [
        Slot(interface_id=InterfaceId(f"eni-{machine.id}-{n}"), device_index=7 + n)
        for n in range(machine.extras)
    ]
    slots = [
        Slot(interface_id=n.id, device_index=t.index, status=t.status) for n, t in here
    ]
    return Instance(
        id=machine.id,
        state=machine.state,
        availability_zone=ZONE,
        vpc_id="vpc-1",
        slots=(primary, *extras, *slots),
        interface_limit=machine.limit,
    )


def entry_at(log: list[tuple[float, T]], at: float) -> T:
    """The last entry at or before `at`, or the first of all."""
    index = bisect.bisect_right(log, at, key=lambda entry: entry[0])
    return log[max(index - 1, 0)][1]
