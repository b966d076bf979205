"""Between the engine's dataclasses and the tables' rows, and nothing else."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from failover import models
from failover.engine.job import (
    Action,
    Aim,
    Call,
    End,
    Intent,
    Job,
    Kind,
    Memory,
    Moving,
    Outcome,
    Part,
    State,
    Strategy,
    Trace,
)
from failover.engine.ports import describe
from failover.engine.probes import Heard, Probe, ProbeKind, ProbeOutcome, Verdict
from failover.engine.topology import (
    AllocationId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    Rank,
    RouteTableId,
)

HTTP_PORT = 80
# EC2's two names for taking a resource from whoever has it.
MAY_TAKE = ("AllowReassociation", "AllowReassignment")


def stamp(at: float | None) -> datetime | None:
    """Database seconds as an aware UTC datetime."""
    return None if at is None else datetime.fromtimestamp(at, tz=UTC)


def seconds(at: datetime | None) -> float | None:
    """An aware datetime as database seconds."""
    return None if at is None else at.timestamp()


def to_job(row: models.Job, *, is_preflight_current: bool) -> Job:
    """The row as the engine reads it."""
    return Job(
        id=row.id,
        region_id=row.region_id,
        kind=Kind(row.kind),
        state=State(row.state),
        interface_id=InterfaceId(row.network_interface_id),
        device_index=row.device_index,
        from_device_index=row.from_device_index,
        from_instance_id=_instance(row.from_instance_id),
        to_instance_id=_instance(row.to_instance_id),
        requested_at=row.requested_at.timestamp(),
        aim=Aim(row.aim),
        version=row.version,
        turns=row.turns,
        snapshot=tuple((AllocationId(a), str(ip)) for a, ip in row.snapshot),
        force_after_s=row.force_after_s,
        preflight_at=seconds(row.preflight_at),
        preflight_attachment_id=_attachment(row.preflight_attachment_id),
        is_preflight_current=is_preflight_current,
        cancel_requested_at=seconds(row.cancel_requested_at),
        started_at=seconds(row.started_at),
        first_intent_at=seconds(row.first_intent_at),
        outage_started_at=seconds(row.outage_started_at),
        detached_at=seconds(row.detached_at),
        restored_at=seconds(row.restored_at),
        finished_at=seconds(row.finished_at),
        parked_at=seconds(row.parked_at),
        is_index_burnt=row.is_index_burnt,
        waiting_for=row.waiting_for,
        why=row.why,
        why_args=tuple((str(k), str(v)) for k, v in row.why_args.items()),
        memory=_to_memory(row),
        strategy=Strategy(row.strategy),
        moving=to_moving(row.moving),
        probe=to_probe(row.probe),
        heard=_to_heard(row.heard),
        overdue_at=seconds(row.probe_overdue_at),
        waived_at=seconds(row.probe_waived_at),
    )


def to_moving(kept: Mapping[str, Any] | None) -> Moving | None:
    """What moves, as the engine reads it; None for an interface."""
    if kept is None:
        return None
    return Moving(
        parts=tuple(Part(**part) for part in kept["parts"]),
        source=_end(kept["source"]),
        target=_end(kept["target"]),
    )


def from_moving(moving: Moving | None) -> dict[str, Any] | None:
    """What moves, as the row keeps it."""
    return None if moving is None else asdict(moving)


def to_probe(kept: Mapping[str, Any] | None) -> Probe | None:
    """A probe as a pair or a job keeps it; None where nothing is asked."""
    if not kept or kept.get("kind", "none") == "none":
        return None
    return Probe(
        kind=ProbeKind(kept["kind"]),
        port=int(kept.get("port") or HTTP_PORT),
        path=str(kept.get("path") or "/"),
        expect=str(kept.get("expect") or ""),
    )


def from_probe(probe: Probe | None) -> dict[str, Any] | None:
    """The probe as a job's row keeps it."""
    return None if probe is None else asdict(probe)


def from_verdict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain JSON; a list, because PostgreSQL sorts the keys of objects."""
    return {**asdict(verdict), "args": [list(pair) for pair in verdict.args]}


def _to_heard(kept: Mapping[str, Any] | None) -> Heard | None:
    if kept is None:
        return None
    said = dict(kept["verdict"])
    outcome = ProbeOutcome(said.pop("outcome"))
    args = tuple((str(k), str(v)) for k, v in said.pop("args"))
    verdict = Verdict(outcome=outcome, args=args, **said)
    return Heard(began_at=kept["began_at"], verdict=verdict)


def _from_heard(heard: Heard | None) -> dict[str, Any] | None:
    if heard is None:
        return None
    return {"began_at": heard.began_at, "verdict": from_verdict(heard.verdict)}


def engine_columns(job: Job) -> dict[str, Any]:
    """The columns that a change of the engine writes, all of them each time."""
    return {
        "state": job.state.value,
        "aim": job.aim.value,
        "version": job.version,
        "turns": job.turns,
        "started_at": stamp(job.started_at),
        "first_intent_at": stamp(job.first_intent_at),
        "outage_started_at": stamp(job.outage_started_at),
        "detached_at": stamp(job.detached_at),
        "restored_at": stamp(job.restored_at),
        "finished_at": stamp(job.finished_at),
        "parked_at": stamp(job.parked_at),
        "is_index_burnt": job.is_index_burnt,
        "waiting_for": job.waiting_for,
        "why": job.why,
        "why_args": dict(job.why_args),
        "memory": _from_memory(job.memory),
        "heard": _from_heard(job.heard),
        "probe_overdue_at": stamp(job.overdue_at),
    }


def to_intent(row: models.Intent) -> Intent:
    """The row as the engine reads it."""
    return Intent(
        id=row.id,
        job_id=row.job_id,
        seq=row.seq,
        fence_token=row.fence_token,
        call=_to_call(row.action, row.args),
        intent_at=row.intent_at.timestamp(),
        sent_at=seconds(row.sent_at),
        ended_at=seconds(row.ended_at),
        duration_s=row.duration_s,
        outcome=Outcome(row.outcome) if row.outcome else None,
        error_code=row.error_code,
        error_message=row.error_message,
        aws_request_id=row.aws_request_id,
        attachment_id=_attachment(row.attachment_id),
    )


def from_intent(intent: Intent) -> models.Intent:
    """A new row for an intent that has not been sent."""
    return models.Intent(
        id=intent.id,
        job_id=intent.job_id,
        seq=intent.seq,
        fence_token=intent.fence_token,
        action=intent.call.action.value,
        args=describe(intent.call),
        intent_at=datetime.fromtimestamp(intent.intent_at, tz=UTC),
    )


def _to_call(action: str, args: Mapping[str, Any]) -> Call:
    index = args.get("DeviceIndex")
    return Call(
        action=Action(action),
        interface_id=InterfaceId(args.get("NetworkInterfaceId", "")),
        attachment_id=_attachment(args.get("AttachmentId", "")),
        instance_id=_instance(args.get("InstanceId", "")),
        device_index=None if index is None else int(index),
        allocation_id=cast("AllocationId | None", args.get("AllocationId")),
        private_ip=str(args.get("PrivateIpAddress", "")),
        route_table_id=cast("RouteTableId | None", args.get("RouteTableId")),
        destination_cidr=str(args.get("DestinationCidrBlock", "")),
        may_take=any(bool(args.get(name, False)) for name in MAY_TAKE),
        force=bool(args.get("Force", False)),
    )


def _end(kept: Mapping[str, Any] | None) -> End | None:
    return None if kept is None else End(**kept)


def _instance(value: str) -> InstanceId | None:
    return InstanceId(value) if value else None


def _attachment(value: str) -> AttachmentId | None:
    return AttachmentId(value) if value else None


def _to_memory(row: models.Job) -> Memory:
    kept: dict[str, Any] = dict(row.memory)
    if not kept:
        # The attachment that the request saw is the first one known.
        known = _attachment(row.preflight_attachment_id)
        return Memory(attachment_id=known, rank=Rank.ATTACHED if known else None)
    rank = kept.pop("rank", None)
    dead = kept.pop("dead", ())
    traces = kept.pop("traces", ())
    landed = kept.pop("landed", ())
    return Memory(
        rank=None if rank is None else Rank(rank),
        dead=tuple(AttachmentId(i) for i in dead),
        traces=tuple(_trace(trace) for trace in traces),
        landed=tuple(landed),
        **kept,
    )


def _trace(kept: Mapping[str, Any]) -> Trace:
    # JSON has no tuples, and `replace` compares by them.
    left = {"left": tuple((str(k), float(at)) for k, at in kept.get("left", ()))}
    return Trace(**(dict(kept) | (left if "left" in kept else {})))


def _from_memory(memory: Memory) -> dict[str, Any]:
    return {
        "attachment_id": memory.attachment_id,
        "rank": None if memory.rank is None else int(memory.rank),
        "dead": list(memory.dead),
        "buried_at": memory.buried_at,
        "state_key": memory.state_key,
        "state_since": memory.state_since,
        "seen_at": memory.seen_at,
        "last_attached_at": memory.last_attached_at,
        "omitted_since": memory.omitted_since,
        "settled_since": memory.settled_since,
        "polls_detach": memory.polls_detach,
        "polls_attach": memory.polls_attach,
        "traces": [asdict(trace) for trace in memory.traces],
        "landed": list(memory.landed),
    }
