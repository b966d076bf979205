"""What every contract of a Store is told with: a bench, a job, its calls."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from uuid import UUID, uuid4

from failover.engine.job import Action, Call, Intent, Job, Kind, Outcome, State
from failover.engine.ports import Change, Fence, Receipt, Store, Work
from failover.engine.topology import AttachmentId, InstanceId, InterfaceId

TTL_S = 15.0
PRIMARY = InstanceId("i-primary")
STANDBY = InstanceId("i-standby")
EPOCH = 1_790_000_000.25
LOCKS = frozenset(
    {
        "1:eu-west-1:interface:eni-1",
        "1:eu-west-1:slot:i-primary:1",
        "1:eu-west-1:slot:i-standby:1",
    }
)


class Bench(Protocol):
    """A store with one region, and the hands of those who are not the engine."""

    @property
    def store(self) -> Store: ...

    @property
    def region_id(self) -> int: ...

    def advance(self, seconds: float) -> None:
        """Let time pass for leases and due moments."""
        ...

    def add(self, job: Job, *, locks: frozenset[str] = frozenset()) -> None: ...

    def cancel(self, job_id: UUID) -> None: ...

    def wake(self) -> None: ...

    def locks(self) -> Mapping[str, UUID]: ...

    def desired(self, job: Job) -> tuple[str, str]:
        """(`instance`, its id), or (`none`, ""), or (`unknown`, "")."""
        ...


def a_job(bench: Bench, *, interface: str = "eni-1") -> Job:
    return Job(
        id=uuid4(),
        region_id=bench.region_id,
        kind=Kind.SWAP,
        state=State.QUEUED,
        interface_id=InterfaceId(interface),
        device_index=1,
        from_instance_id=PRIMARY,
        to_instance_id=STANDBY,
        requested_at=EPOCH,
    )


def an_intent(work: Work, *, seq: int = 1) -> Intent:
    return Intent(
        id=uuid4(),
        job_id=work.job.id,
        seq=seq,
        fence_token=work.fence_token,
        call=Call(
            action=Action.DETACH,
            interface_id=work.job.interface_id,
            attachment_id=AttachmentId("eni-attach-1"),
        ),
        intent_at=EPOCH + 1,
    )


def a_change(
    work: Work, *, intent: Intent | None = None, job: Job | None = None
) -> Change:
    changed = job or replace(work.job, state=State.RUNNING)
    return Change(
        job=replace(changed, version=work.job.version + 1),
        job_version=work.job.version,
        fence_token=work.fence_token,
        intent=intent,
    )


def a_receipt(intent: Intent, *, outcome: Outcome = Outcome.OK) -> Receipt:
    return Receipt(
        intent_id=intent.id,
        job_id=intent.job_id,
        outcome=outcome,
        sent_at=EPOCH + 1.125,
        ended_at=EPOCH + 1.5,
        duration_s=0.375,
        aws_request_id="req-1",
        attachment_id=AttachmentId("eni-attach-2"),
    )


def claim(
    bench: Bench, *, owner: str = "alice", held: dict[UUID, int] | None = None
) -> tuple[Work, ...]:
    return bench.store.claim(
        region_id=bench.region_id, owner=owner, ttl_s=TTL_S, held=held or {}
    )


def claim_one(bench: Bench, *, owner: str = "alice") -> Work:
    (work,) = claim(bench, owner=owner)
    return work


def held(work: Work) -> dict[UUID, int]:
    return {work.job.id: work.fence_token}


def fence(work: Work, *, version: int | None = None) -> Fence:
    return Fence(
        job_id=work.job.id,
        fence_token=work.fence_token,
        version=work.job.version if version is None else version,
    )
