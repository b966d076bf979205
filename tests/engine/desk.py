"""A driver at a desk: a store in memory, errands that only note what was asked."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from failover.engine.drive import Driver
from failover.engine.errands import Event, LookFailed, Pause
from failover.engine.job import Call, Intent, Job, Outcome
from failover.engine.limits import Limits
from failover.engine.ports import Ec2Busy, Fence, Receipt
from failover.engine.probes import Question
from failover.engine.topology import (
    Attachment,
    AttachmentId,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    Scope,
)
from tests.engine.cast import (
    AT_PRIMARY,
    AT_STANDBY,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    a_job,
    an_instance,
    an_interface,
    remembering,
    under_way,
)
from tests.simulation.memory_store import MemoryStore

REGION = 1
SECOND = UUID(int=2)


def another(job: Job) -> Job:
    """The same for another interface."""
    return replace(job, id=SECOND, interface_id=InterfaceId("eni-second"))


def many(count: int, **changes: Any) -> list[Job]:
    """Jobs that were asked for one after the other, each of its own pair."""
    return [
        a_job(
            id=UUID(int=100 + n),
            interface_id=InterfaceId(f"eni-{n:04d}"),
            from_instance_id=InstanceId(f"i-{n:04d}-a"),
            to_instance_id=InstanceId(f"i-{n:04d}-b"),
            requested_at=NOW - 100 + n / 100,
            **changes,
        )
        for n in range(count)
    ]


def fresh_request(**changes: Any) -> Job:
    """One whose request has looked at EC2 half a second ago."""
    return a_job(preflight_at=NOW - 0.5, preflight_attachment_id=AT_PRIMARY, **changes)


def settled_job(**changes: Any) -> Job:
    """One that has arrived and needs only its second look."""
    memory = remembering(
        settled_since=NOW - 6,
        attachment_id=AT_STANDBY,
        state_key="eni-attach-2:ATTACHED",
        state_since=NOW - 6,
    )
    return under_way(memory=memory, restored_at=NOW - 6, **changes)


def dark(**changes: Any) -> Job:
    """Another interface, which lies free."""
    memory = remembering(dead=(AT_PRIMARY,), state_key="free")
    return another(under_way(memory=memory, detached_at=NOW - 6, **changes))


@dataclass(slots=True)
class Desk:
    """Everything that a driver has around it; time moves only by `at`."""

    limits: Limits = LIMITS
    at: float = NOW
    looks: list[Scope] = field(default_factory=list)
    sent: list[tuple[Intent, Fence]] = field(default_factory=list)
    rehearsed: list[Call] = field(default_factory=list)
    probed: list[tuple[UUID, Question]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    is_stopping: bool = False
    result: bool | None = None
    pause: Pause | None = None
    store: MemoryStore = field(init=False)
    _ids: int = 1000
    _run: Generator[Pause, Sequence[Event], bool] | None = None

    def __post_init__(self) -> None:
        self.store = MemoryStore(now=lambda: self.at)
        self.store.add_region(region_id=REGION)

    # Ports.

    def now(self) -> float:
        # Readings differ, so that "begun after" can be told from "begun at".
        self.at += 1e-6
        return self.at

    def look(self, scope: Scope) -> None:
        self.looks.append(scope)

    def send(self, intent: Intent, fence: Fence) -> None:
        self.sent.append((intent, fence))

    def rehearse(self, call: Call) -> None:
        self.rehearsed.append(call)

    def probe(self, job_id: UUID, question: Question) -> None:
        self.probed.append((job_id, question))

    def tick_failed(self, job_id: UUID, error: Exception) -> None:
        del job_id
        self.failures.append(error)

    def probe_failed(self, job_id: UUID, error: Exception) -> None:
        del job_id
        self.failures.append(error)

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    # The story of a test.

    def add(self, job: Job, *intents: Intent) -> None:
        taken = self.store.request(job=job, locks=frozenset({str(job.id)}))
        assert taken is None
        self.store.rows[job.id].intents = intents

    def job(self, job_id: UUID) -> Job:
        return self.store.rows[job_id].job

    def drive(self, *, owner: str = "me") -> None:
        driver = Driver(
            region_id=REGION,
            owner=owner,
            store=self.store,
            errands=self,
            clock=self,
            limits=self.limits,
            new_id=self.new_id,
            should_stop=lambda: self.is_stopping,
            log=self,
        )
        self._run = driver.run()
        try:
            self.pause = next(self._run)
        except StopIteration as end:
            self.result = end.value

    def tell(self, *events: Event, after_s: float = 0.01) -> None:
        """Let time pass and hand over what has ended in it."""
        self.at += after_s
        assert self._run is not None
        try:
            self.pause = self._run.send(events)
        except StopIteration as end:
            self.result = end.value
            self.pause = None

    def seen(
        self,
        *attachments: Attachment | None,
        instances: Sequence[Instance] | None = None,
        began_at: float | None = None,
        age_s: float = 0.0,
    ) -> Observation:
        """The answer to the latest look: each interface of it in turn, like that."""
        scope = self.looks[-1]
        known = (
            [an_instance(PRIMARY), an_instance(STANDBY)]
            if instances is None
            else instances
        )
        began_at = self.now() if began_at is None else began_at
        interfaces: dict[InterfaceId, Interface] = {}
        for interface_id, attachment in zip(
            sorted(scope.interface_ids), attachments, strict=True
        ):
            shown = an_interface(attachment)
            interfaces[interface_id] = replace(shown, id=interface_id)
        return Observation(
            scope=scope,
            began_at=began_at,
            ended_at=began_at + 1e-6 - age_s,
            interfaces=interfaces,
            instances={i.id: i for i in known if i.id in scope.instance_ids},
        )

    def nothing(self) -> Observation:
        """The answer to the latest look: EC2 omits whatever was asked for."""
        at = self.now()
        return Observation(scope=self.looks[-1], began_at=at, ended_at=at)

    def failed(self) -> LookFailed:
        return LookFailed(scope=self.looks[-1], error=Ec2Busy(code="Busy"))

    def receipt(
        self,
        outcome: Outcome = Outcome.OK,
        *,
        code: str = "",
        attachment_id: AttachmentId | None = None,
        nth: int = -1,
    ) -> Receipt:
        intent, _ = self.sent[nth]
        now = self.now()
        return Receipt(
            intent_id=intent.id,
            job_id=intent.job_id,
            outcome=outcome,
            sent_at=now,
            ended_at=now,
            duration_s=0.0,
            error_code=code,
            attachment_id=attachment_id,
        )
