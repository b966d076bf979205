"""What EC2 looks like: the facts that the engine, the mirror and the pages share.

Field names are EC2's own (API version 2016-11-15); statuses are free text as EC2
sends them, because replies carry values that its model does not list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NewType

InstanceId = NewType("InstanceId", str)
InterfaceId = NewType("InterfaceId", str)
AttachmentId = NewType("AttachmentId", str)
AllocationId = NewType("AllocationId", str)
RouteTableId = NewType("RouteTableId", str)


class Rank(IntEnum):
    """How far an attachment has come; it only ever grows (protocol P1)."""

    ATTACHING = 0
    ATTACHED = 1
    DETACHING = 2
    GONE = 3


RANKS: Mapping[str, Rank] = {
    "attaching": Rank.ATTACHING,
    "attached": Rank.ATTACHED,
    "detaching": Rank.DETACHING,
    "detached": Rank.GONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """The tie between a network interface and an instance; a new id each time."""

    id: AttachmentId
    instance_id: InstanceId
    device_index: int
    status: str
    delete_on_termination: bool = False
    attach_time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateAddress:
    """One private IPv4 address of an interface, with the Elastic IP on it."""

    address: str
    primary: bool
    public_ip: str = ""
    allocation_id: AllocationId | None = None
    association_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A network interface as one DescribeNetworkInterfaces reply shows it."""

    id: InterfaceId
    status: str
    availability_zone: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    description: str = ""
    interface_type: str = "interface"
    mac_address: str = ""
    addresses: tuple[PrivateAddress, ...] = ()
    ipv6_addresses: tuple[str, ...] = ()
    security_groups: tuple[tuple[str, str], ...] = ()
    source_dest_check: bool = True
    requester_managed: bool = False
    attachment: Attachment | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def associations(self) -> frozenset[tuple[AllocationId, str]]:
        """The (allocation, private address) pairs that sit on this interface."""
        return frozenset(
            (a.allocation_id, a.address) for a in self.addresses if a.allocation_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place of an instance that a network interface takes."""

    interface_id: InterfaceId
    device_index: int
    status: str = "attached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance as DescribeInstances, its status checks and its type show it."""

    id: InstanceId
    state: str
    availability_zone: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    type: str = ""
    slots: tuple[Slot, ...] = ()
    private_ips: tuple[str, ...] = ()
    public_ip: str = ""
    system_status: str = ""
    instance_status: str = ""
    interface_limit: int | None = None
    launch_time: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticIp:
    """An Elastic IP as DescribeAddresses shows it."""

    allocation_id: AllocationId
    public_ip: str
    association_id: str = ""
    interface_id: InterfaceId | None = None
    private_ip: str = ""
    instance_id: InstanceId | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route of a table. `interface_id` None: it leads to something else."""

    destination_cidr: str
    interface_id: InterfaceId | None = None
    state: str = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """A route table as DescribeRouteTables shows it."""

    id: RouteTableId
    vpc_id: str = ""
    routes: tuple[Route, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def find(self, destination_cidr: str) -> Route | None:
        """The route to exactly this destination."""
        same = (r for r in self.routes if r.destination_cidr == destination_cidr)
        return next(same, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A VPC, for names and ranges."""

    id: str
    cidr_block: str = ""
    is_default: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """A subnet, for names and zones."""

    id: str
    vpc_id: str
    availability_zone: str
    cidr_block: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """A security group; `name` is the group's own name, not a tag."""

    id: str
    name: str
    vpc_id: str
    description: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one observation shall look at.

    `interface_ids`, `allocation_ids` and `route_table_ids` are asked by filter (an
    unknown one is omitted); those to confirm are asked by id, so that NotFound is
    said (protocol P1, "gone"). `private_ips` asks which interfaces of a subnet carry
    an address: (subnet id, address).
    """

    interface_ids: frozenset[InterfaceId] = frozenset()
    instance_ids: frozenset[InstanceId] = frozenset()
    allocation_ids: frozenset[AllocationId] = frozenset()
    route_table_ids: frozenset[RouteTableId] = frozenset()
    private_ips: frozenset[tuple[str, str]] = frozenset()
    confirm_ids: frozenset[InterfaceId] = frozenset()
    confirm_allocation_ids: frozenset[AllocationId] = frozenset()
    confirm_route_table_ids: frozenset[RouteTableId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one complete read of EC2 showed. Times are database seconds.

    `began_at` is taken before the first request leaves, `ended_at` after the last
    reply; an id of `scope` that is missing here was omitted by EC2. A read that
    failed in any part is not an observation at all.
    """

    scope: Scope
    began_at: float
    ended_at: float
    interfaces: Mapping[InterfaceId, Interface] = field(default_factory=dict)
    instances: Mapping[InstanceId, Instance] = field(default_factory=dict)
    elastic_ips: Mapping[AllocationId, ElasticIp] = field(default_factory=dict)
    route_tables: Mapping[RouteTableId, RouteTable] = field(default_factory=dict)
    # Ids of whatever kind that were asked by id, and that EC2 does not know.
    not_found: frozenset[str] = frozenset()
