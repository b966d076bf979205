"""The doors between the engine and the world, as Protocols, and EC2's three errors.

The simulator and the product both stand behind these; the same contract tests hold
them to it. Times are database seconds (POSIX, float) as `Clock.now` gives them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from failover.engine.budget import Api, Budget
from failover.engine.cadence import Learned
from failover.engine.job import Action, Call, Intent, Job, Outcome
from failover.engine.probes import Heard, Question, Verdict
from failover.engine.topology import AttachmentId, InstanceId, Observation, Scope


class Ec2Error(Exception):
    """What EC2 said, or that it said nothing. Carries EC2's own code and words."""

    def __init__(
        self, *, code: str = "", message: str = "", aws_request_id: str = ""
    ) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.code = code
        self.message = message
        self.aws_request_id = aws_request_id


class Ec2Refused(Ec2Error):
    """EC2 did not do it and will not: stop, look, tell a human."""


class Ec2Busy(Ec2Error):
    """EC2 did not do it and asks for patience; `retry_after_s` says how much."""

    retry_after_s: float = 0.3


class Ec2OutcomeUnknown(Ec2Error):
    """It may have happened: observe before anything else."""


class NotSent(Ec2Error):
    """Proof that the request never left: the fence closed before it was sent."""


class Clock(Protocol):
    """Time as the database has it, carried on the process's monotonic clock."""

    def now(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The end of one call. Every way it can end is a value here, never a raise."""

    intent_id: UUID
    job_id: UUID
    outcome: Outcome
    sent_at: float | None
    ended_at: float
    duration_s: float
    error_code: str = ""
    error_message: str = ""
    aws_request_id: str = ""
    attachment_id: AttachmentId | None = None


class Ec2(Protocol):
    """EC2 in one region of one account."""

    def observe(self, scope: Scope) -> Observation:
        """Look at everything in `scope`, all pages. Raises Ec2Error: no data.

        What a failing zone hid is not in the observation's own scope; the rest is.
        """
        ...

    def may(self, call: Call) -> bool:
        """Whether our role may make this call, by DryRun. Raises Ec2Error: no answer.

        Ec2Refused: permitted, and refused for another reason.
        """
        ...

    def send(self, intent: Intent, fence: "Fence") -> Receipt:
        """Send the intent's call once. `fence` is asked immediately before."""
        ...


class Prober(Protocol):
    """Asks a service, from where this process stands."""

    def probe(self, question: Question) -> Verdict:
        """Ask once, within a deadline. What it raises is no data: no verdict at all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """What must still be true in the database when a request leaves (P2)."""

    job_id: UUID
    fence_token: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A claimed job with its intents, oldest first, and the token that owns it.

    `echoes` are calls of ended jobs on the same resource whose own end nobody knows,
    without those that their jobs have seen land; however old they are. `heard` is the
    newest answer to a probe of this run.
    """

    job: Job
    intents: tuple[Intent, ...]
    fence_token: int
    claimed_at: float
    echoes: tuple[Intent, ...] = ()
    heard: Heard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One job's part of a transaction: written only while we own it unchanged.

    Applied `WHERE id AND active AND fence_token AND version = job_version`; it sets
    every engine column from `job`, whose `version` is `job_version + 1`. `intent`
    is inserted and pays one token of its API; `leave` attaches must be left then. A
    terminal `job.state` frees the locks, closes nothing else, and sets the pair's
    desired holder to `holder` (an instance id, or None for a resource that was asked
    to lie free); `holder_known` False makes it `unknown`. `is_overdue` tells humans
    that its probe has not passed for too long.
    """

    job: Job
    job_version: int
    fence_token: int
    intent: Intent | None = None
    leave: float = 0.0
    holder: InstanceId | None = None
    holder_known: bool = True
    is_overdue: bool = False


class Store(Protocol):
    """Jobs, intents, leases and locks in a database. Every method is one transaction.

    A lost lease, a changed version or a finished job makes the write a no-op that is
    reported, never an error. Raises nothing of its own; a database error is the
    caller's crash.
    """

    def take_region(self, *, region_id: int, owner: str, ttl_s: float) -> int | None:
        """Lease the region row; its `wake_seq`, or None while another lease lives."""
        ...

    def release_region(
        self, *, region_id: int, owner: str, wake_seq: int
    ) -> int | None:
        """Give the lease back unless somebody woke the region since `wake_seq`.

        None when released (or no longer ours); else the newer `wake_seq`: go on.
        """
        ...

    def claim(
        self,
        *,
        region_id: int,
        owner: str,
        ttl_s: float,
        held: Mapping[UUID, int],
    ) -> tuple[Work, ...]:
        """Claim every due job of the region in one UPDATE, raising its fence token.

        Due: active, `next_run_at` past (or over 60 s ahead), no live lease. Jobs in
        `held` (id -> token) that are still ours are not claimed again.
        """
        ...

    def read(self, *, held: Mapping[UUID, int]) -> tuple[Work, ...]:
        """The held jobs as they are now; those no longer ours are left out."""
        ...

    def renew(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> None:
        """Renew the region's lease and all held jobs' leases."""
        ...

    def release(self, *, held: Mapping[UUID, int]) -> None:
        """Give the jobs' leases back; they are due at once, or when they said."""
        ...

    def versions(self, *, held: Mapping[UUID, int]) -> Mapping[UUID, int]:
        """The held jobs that are still ours -> their versions; cheaper than `read`."""
        ...

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        """Apply each change that is still allowed; the ids of the jobs it applied to.

        All in one transaction: the intents of a round exist together or not at all.
        Intents pay in the order given; a change whose intent cannot pay is left out.
        A job that was parked takes its slot locks again as it goes on; where another
        job has the one it needs, it is parked with that reason instead.
        """
        ...

    def budget(self, *, region_id: int) -> Budget:
        """The region's token buckets, by `Clock.now`'s seconds."""
        ...

    def spend(self, *, region_id: int, api: Api, tokens: float = 1.0) -> bool:
        """Pay for calls that no job makes. False, nothing paid: too few are left.

        What the dark may still need stays in the bucket, and of reads what a driver
        needs to look densely: others back off first.
        """
        ...

    def owe(self, *, region_id: int, api: Api, tokens: float) -> Budget:
        """Count calls that were made already; the budget after it, as `budget`."""
        ...

    def permit(self, *, region_id: int) -> None:
        """Note that a DryRun has just said that our role may attach."""
        ...

    def is_braked(self, *, region_id: int, held: Mapping[UUID, int]) -> bool:
        """Whether a job not held is dark and its attach was refused for good (P6)."""
        ...

    def learned(self, *, region_id: int) -> Learned:
        """How long transitions lately took in the region."""
        ...

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        """Complete intents with how their calls ended, while the job is ours.

        What throttled ones teach of the region's budget is kept with it.
        """
        ...

    def is_open_for(self, fence: Fence) -> bool:
        """Whether a request under this fence may leave now.

        Token and version unchanged, the job active, at least a third of the lease
        left.
        """
        ...

    def mirror(self, *, region_id: int, observation: Observation) -> None:
        """Put what was seen into the inventory where it is newer (P7)."""
        ...


def describe(call: Call) -> dict[str, str | int | bool]:
    """The call's arguments by EC2's own parameter names, without the empty ones."""
    named: dict[str, str | int | bool | None] = {
        "NetworkInterfaceId": call.interface_id,
        "AttachmentId": call.attachment_id,
        "InstanceId": call.instance_id,
        "DeviceIndex": call.device_index,
        "AllocationId": call.allocation_id,
        "RouteTableId": call.route_table_id,
        "DestinationCidrBlock": call.destination_cidr or None,
        "PrivateIpAddress": call.private_ip or None,
        "Force": call.force or None,
    }
    if call.action is Action.ASSOCIATE:
        named["AllowReassociation"] = call.may_take
    if call.action is Action.ASSIGN:
        named["AllowReassignment"] = call.may_take
    return {name: value for name, value in named.items() if value is not None}
