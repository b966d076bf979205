"""The cast of the engine's tests: one interface, its two instances, and a stranger."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from failover.engine.decide import Case
from failover.engine.job import Action, Call, Intent, Job, Kind, Memory, Outcome, State
from failover.engine.limits import Limits
from failover.engine.ports import Work
from failover.engine.refusals import Fact
from failover.engine.sight import Kind as Sight
from failover.engine.sight import Seen
from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    PrivateAddress,
    Scope,
    Slot,
)

PRIMARY = InstanceId("i-primary")
STANDBY = InstanceId("i-standby")
STRANGER = InstanceId("i-stranger")
INTERFACE = InterfaceId("eni-415e9270")
ADDRESS = AllocationId("eipalloc-4f07e372")
PRIVATE_IP = "20.0.1.25"
AT_PRIMARY = AttachmentId("eni-attach-1")
AT_STANDBY = AttachmentId("eni-attach-2")
NOW = 1000.0
LIMITS = Limits()
JOB_ID = UUID(int=1)


def a_job(**changes: Any) -> Job:
    """A swap from primary to standby that has not begun."""
    job = Job(
        id=JOB_ID,
        region_id=1,
        kind=Kind.SWAP,
        state=State.RUNNING,
        interface_id=INTERFACE,
        device_index=1,
        from_instance_id=PRIMARY,
        to_instance_id=STANDBY,
        requested_at=NOW - 10,
    )
    return replace(job, **changes)


def under_way(**changes: Any) -> Job:
    """The same, with its first call made."""
    return a_job(first_intent_at=NOW - 9, outage_started_at=NOW - 9, **changes)


def held(
    holder: InstanceId = PRIMARY, status: str = "attached", *, flag: bool = False
) -> Attachment:
    return Attachment(
        id=AT_PRIMARY if holder == PRIMARY else AT_STANDBY,
        instance_id=holder,
        device_index=1,
        status=status,
        delete_on_termination=flag,
    )


def seen(attachment: Attachment | None = None, **changes: Any) -> Seen:
    """A sight of that attachment, or of a free interface."""
    sight = Seen(
        kind=Sight.HELD if attachment else Sight.FREE,
        began_at=NOW - 0.1,
        ended_at=NOW,
        since=NOW - 1,
        attachment=attachment,
    )
    return replace(sight, **changes)


def an_instance(
    instance_id: InstanceId = STANDBY, state: str = "running", **changes: Any
) -> Instance:
    instance = Instance(
        id=instance_id,
        state=state,
        availability_zone="eu-west-1a",
        vpc_id="vpc-1",
        slots=(Slot(interface_id=InterfaceId("eni-primary"), device_index=0),),
        interface_limit=2,
    )
    return replace(instance, **changes)


def facts(*instances: Instance, began_at: float = NOW - 0.1) -> dict[InstanceId, Fact]:
    """Fresh facts of the two ends, or of these instances."""
    known = instances or (an_instance(PRIMARY), an_instance(STANDBY))
    return {i.id: Fact(began_at=began_at, instance=i) for i in known}


def a_case(job: Job, sight: Seen, *intents: Intent, **changes: Any) -> Case:
    case = Case(
        job=job, intents=intents, seen=sight, facts=facts(), now=NOW, limits=LIMITS
    )
    return replace(case, **changes)


def an_intent(action: Action, **changes: Any) -> Intent:
    """An accepted call of five seconds ago."""
    intent = Intent(
        id=UUID(int=100),
        job_id=JOB_ID,
        seq=1,
        fence_token=1,
        call=Call(action=action, interface_id=INTERFACE),
        intent_at=NOW - 5.2,
        sent_at=NOW - 5.1,
        ended_at=NOW - 5,
        outcome=Outcome.OK,
    )
    return replace(intent, **changes)


def a_detach(
    attachment_id: AttachmentId = AT_PRIMARY, *, force: bool = False, **changes: Any
) -> Intent:
    call = Call(
        action=Action.DETACH,
        interface_id=INTERFACE,
        attachment_id=attachment_id,
        force=force,
    )
    return an_intent(Action.DETACH, call=call, **changes)


def an_attach(to: InstanceId = STANDBY, **changes: Any) -> Intent:
    call = Call(
        action=Action.ATTACH, interface_id=INTERFACE, instance_id=to, device_index=1
    )
    if changes.get("outcome", Outcome.OK) is Outcome.OK:
        changes.setdefault("attachment_id", AT_STANDBY)
    return an_intent(Action.ATTACH, call=call, **changes)


def refused(intent: Intent, code: str, **changes: Any) -> Intent:
    return replace(
        intent,
        outcome=Outcome.REFUSED,
        error_code=code,
        attachment_id=None,
        **changes,
    )


def an_interface(attachment: Attachment | None = None, **changes: Any) -> Interface:
    interface = Interface(
        id=INTERFACE,
        status="in-use" if attachment else "available",
        availability_zone="eu-west-1a",
        vpc_id="vpc-1",
        subnet_id="subnet-a",
        addresses=(
            PrivateAddress(address=PRIVATE_IP, primary=True, allocation_id=ADDRESS),
        ),
        attachment=attachment,
    )
    return replace(interface, **changes)


def a_look(
    interface: Interface | None,
    *instances: Instance,
    began_at: float = NOW - 0.1,
    ended_at: float | None = None,
    addresses: tuple[ElasticIp, ...] | None = None,
    not_found: bool = False,
) -> Observation:
    """A complete look at the interface (None: omitted) and these instances."""
    asked = {a.allocation_id for a in addresses or ()} | {ADDRESS}
    return Observation(
        scope=Scope(
            interface_ids=frozenset({INTERFACE}),
            instance_ids=frozenset(i.id for i in instances),
            allocation_ids=frozenset() if addresses is None else frozenset(asked),
        ),
        began_at=began_at,
        ended_at=began_at + 0.05 if ended_at is None else ended_at,
        interfaces={} if interface is None else {interface.id: interface},
        instances={i.id: i for i in instances},
        elastic_ips={a.allocation_id: a for a in addresses or ()},
        not_found=frozenset({INTERFACE}) if not_found else frozenset(),
    )


def work(job: Job, *intents: Intent, token: int = 1) -> Work:
    return Work(job=job, intents=intents, fence_token=token, claimed_at=NOW - 10)


def remembering(**changes: Any) -> Memory:
    return replace(Memory(), **changes)
