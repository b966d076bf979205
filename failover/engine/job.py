"""The durable record of one move: its states, its memory and its intents."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from failover.engine.probes import Heard, Probe
from failover.engine.topology import (
    AllocationId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    Rank,
    RouteTableId,
)


class Kind(StrEnum):
    """What was asked for."""

    SWAP = "swap"
    ATTACH = "attach"
    DETACH = "detach"


class Strategy(StrEnum):
    """How the resource moves: detach and attach, or one atomic call (P4, P5)."""

    ENI = "eni"
    EIP = "eip"
    PRIVATE_IP = "private-ip"
    ROUTE = "route"


class State(StrEnum):
    """Where a job stands; the first three are active and hold its locks."""

    QUEUED = "queued"
    RUNNING = "running"
    PARKED = "parked"
    SUCCEEDED = "succeeded"
    REVERSED = "reversed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        return self in ACTIVE


ACTIVE = frozenset({State.QUEUED, State.RUNNING, State.PARKED})


class Aim(StrEnum):
    """Which end the job works towards now; a turn changes it (protocol P4)."""

    TARGET = "target"
    SOURCE = "source"


class Action(StrEnum):
    """The mutating calls, by EC2's names."""

    DETACH = "DetachNetworkInterface"
    ATTACH = "AttachNetworkInterface"
    MODIFY = "ModifyNetworkInterfaceAttribute"
    ASSOCIATE = "AssociateAddress"
    ASSIGN = "AssignPrivateIpAddresses"
    REPLACE_ROUTE = "ReplaceRoute"
    CREATE_ROUTE = "CreateRoute"


class Outcome(StrEnum):
    """How a call ended. `unknown` may have happened: only a look at EC2 tells."""

    OK = "ok"
    REFUSED = "refused"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One mutating call, with all that is needed to send it.

    DETACH: attachment_id, force. ATTACH: interface_id, instance_id, device_index.
    MODIFY (DeleteOnTermination off): interface_id, attachment_id.
    ASSOCIATE: allocation_id, interface_id, private_ip, may_take.
    ASSIGN: interface_id, private_ip, may_take.
    REPLACE_ROUTE, CREATE_ROUTE: route_table_id, destination_cidr, interface_id.

    `may_take` is AllowReassociation or AllowReassignment, always sent explicitly.
    """

    action: Action
    interface_id: InterfaceId
    attachment_id: AttachmentId | None = None
    instance_id: InstanceId | None = None
    device_index: int | None = None
    allocation_id: AllocationId | None = None
    private_ip: str = ""
    route_table_id: RouteTableId | None = None
    destination_cidr: str = ""
    may_take: bool = False
    force: bool = False

    @property
    def is_departure(self) -> bool:
        """Whether it takes the resource away from an end that holds it."""
        taking = (Action.DETACH, Action.REPLACE_ROUTE)
        return self.action in taking or self.may_take


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a resource that moves in one call, pinned at creation (P5).

    `private_ip` is the address of the interface that an Elastic IP sits on.
    """

    instance_id: InstanceId
    interface_id: InterfaceId
    private_ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that moves: an Elastic IP, a private address of a subnet, a route."""

    allocation_id: AllocationId | None = None
    subnet_id: str = ""
    private_ip: str = ""
    route_table_id: RouteTableId | None = None
    destination_cidr: str = ""

    @property
    def key(self) -> str:
        """Its name within its job."""
        if self.allocation_id is not None:
            return self.allocation_id
        if self.route_table_id is not None:
            return f"{self.route_table_id} {self.destination_cidr}"
        return self.private_ip

    def is_moved_by(self, call: Call) -> bool:
        """Whether this call, of its job, moves this part."""
        if self.allocation_id is not None:
            return call.allocation_id == self.allocation_id
        if self.route_table_id is not None:
            return (call.route_table_id, call.destination_cidr) == (
                self.route_table_id,
                self.destination_cidr,
            )
        return call.action is Action.ASSIGN and call.private_ip == self.private_ip


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """What moves and between which ends; `source` None: it was free at the start."""

    parts: tuple[Part, ...]
    source: End | None
    target: End | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The row written before a call and completed after it (protocol P2).

    `sent_at` is the moment the request was handed to the network, `ended_at` when
    its reply, error or time-out came; database seconds. `outcome` None means that
    nobody has recorded an end: the call may have been sent.
    """

    id: UUID
    job_id: UUID
    seq: int
    fence_token: int
    call: Call
    intent_at: float
    sent_at: float | None = None
    ended_at: float | None = None
    duration_s: float | None = None
    outcome: Outcome | None = None
    error_code: str = ""
    error_message: str = ""
    aws_request_id: str = ""
    attachment_id: AttachmentId | None = None

    @property
    def may_have_worked(self) -> bool:
        """Whether the call took effect, or nobody can say that it did not."""
        return self.outcome in (None, Outcome.OK, Outcome.UNKNOWN)

    def is_open(self, *, now: float, settle_s: float) -> bool:
        """Whether the call may still take effect, or may have without our knowing."""
        if self.outcome not in (None, Outcome.UNKNOWN):
            return False
        return now < self.intent_at + settle_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where one part of a moving resource was last believed to be.

    `place` is "target", "source", "free" or "elsewhere HOLDER"; `since` is when the
    look began that first showed it there, `omitted_since` the first that left it out.
    `left` names the places where it was before, and when it was first seen away.
    """

    key: str
    place: str = ""
    since: float | None = None
    omitted_since: float | None = None
    left: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a job remembers between looks at EC2; one JSON column of its row.

    Times are database seconds at which the observation began, unless said.
    """

    # The high-water mark of protocol P1 and the attachment ids known to be gone.
    attachment_id: AttachmentId | None = None
    rank: Rank | None = None
    dead: tuple[AttachmentId, ...] = ()
    # When one was last added to them: a read much newer than this tells the truth.
    buried_at: float | None = None
    # When the state that is seen now was first seen; when anything was last accepted.
    state_key: str = ""
    state_since: float | None = None
    seen_at: float | None = None
    last_attached_at: float | None = None
    # First filter read that left the interface out (protocol P1, "gone").
    omitted_since: float | None = None
    # The observation that set `restored_at`, or first showed a free resource.
    settled_since: float | None = None
    # How many looks each wait took; written with the next change of the row.
    polls_detach: int = 0
    polls_attach: int = 0
    # What moves in one call: where its parts were, and the intents (by their seq)
    # whose effect was seen, or can no longer come unseen.
    traces: tuple[Trace, ...] = ()
    landed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as `decide` reads it. Times are database seconds since the epoch."""

    id: UUID
    region_id: int
    kind: Kind
    state: State
    interface_id: InterfaceId
    device_index: int
    from_instance_id: InstanceId | None
    to_instance_id: InstanceId | None
    requested_at: float
    # The device index at the source, where a turn puts the interface back.
    from_device_index: int = 1
    aim: Aim = Aim.TARGET
    version: int = 0
    turns: int = 0
    # Addresses that must be on the interface at the end: (allocation, private ip).
    snapshot: tuple[tuple[AllocationId, str], ...] = ()
    # Seconds after which a hung detach may be forced; None means never.
    force_after_s: float | None = None
    # The request's own look at EC2, good for the first detach for one second (P9).
    preflight_at: float | None = None
    preflight_attachment_id: AttachmentId | None = None
    is_preflight_current: bool = True
    cancel_requested_at: float | None = None
    started_at: float | None = None
    first_intent_at: float | None = None
    outage_started_at: float | None = None
    detached_at: float | None = None
    restored_at: float | None = None
    finished_at: float | None = None
    parked_at: float | None = None
    is_index_burnt: bool = False
    # What it waits for and why it is where it is: codes for `services.words`.
    waiting_for: str = ""
    why: str = ""
    why_args: tuple[tuple[str, str], ...] = ()
    next_run_in_s: float = 0.0
    memory: Memory = Memory()
    # For every strategy but `eni`, whose interface_id is then empty.
    strategy: Strategy = Strategy.ENI
    moving: Moving | None = None
    # What the pair's service is asked at the end, and the newest answer since the
    # resource is in its place; when humans were told that it does not pass, and when
    # an operator said that the job may end without.
    probe: Probe | None = None
    heard: Heard | None = None
    overdue_at: float | None = None
    waived_at: float | None = None

    @property
    def aimed(self) -> InstanceId | None:
        """The instance aimed at now; None when the aim is to lie free."""
        if self.aim is Aim.TARGET:
            return self.to_instance_id
        return self.from_instance_id

    @property
    def other(self) -> InstanceId | None:
        if self.aim is Aim.TARGET:
            return self.from_instance_id
        return self.to_instance_id

    @property
    def aimed_index(self) -> int:
        if self.aim is Aim.TARGET:
            return self.device_index
        return self.from_device_index

    @property
    def is_dark(self) -> bool:
        """Whether the resource serves at neither end."""
        return self.outage_started_at is not None and self.restored_at is None
