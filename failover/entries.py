"""What the engine's writes say in the audit: calls, ends, and probes overdue."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from failover import models
from failover.audit import Entry
from failover.engine.job import Intent, Job
from failover.engine.ports import Change, Receipt, describe

ENGINE = "engine"
SUBJECTS = (
    ("RouteTableId", "route-table"),
    ("AllocationId", "elastic-ip"),
    ("NetworkInterfaceId", "network-interface"),
)


def tell(changes: Iterable[Change], *, at: float) -> list[Entry]:
    """The intents and the ends among changes; `at` is database seconds."""
    told: list[Entry] = []
    for change in changes:
        if change.intent is not None:
            told.append(_tell_intent(change.job, change.intent, change.fence_token))
        if change.is_overdue:
            told.append(_tell_overdue(change.job, at))
        if not change.job.state.is_active:
            told.append(_tell_finish(change, at))
    return told


def tell_end(receipt: Receipt, intent: models.Intent) -> Entry:
    """How a call ended."""
    return Entry(
        at=_utc(receipt.ended_at),
        actor=ENGINE,
        action=intent.action,
        subject=_subject(intent.args),
        outcome=receipt.outcome.value,
        reason=receipt.error_code,
        after={
            **intent.args,
            **_marks(intent.seq, intent.fence_token),
            # What CloudTrail has as the event's time lies between these two.
            "sent_at": None if receipt.sent_at is None else _rfc3339(receipt.sent_at),
            "ended_at": _rfc3339(receipt.ended_at),
        },
        job_id=receipt.job_id,
        aws_request_id=receipt.aws_request_id,
    )


def _tell_intent(job: Job, intent: Intent, fence_token: int) -> Entry:
    args = describe(intent.call)
    return Entry(
        at=_utc(intent.intent_at),
        actor=ENGINE,
        action=intent.call.action.value,
        subject=_subject(args),
        outcome="intended",
        after={**args, **_marks(intent.seq, fence_token)},
        job_id=job.id,
    )


def _tell_overdue(job: Job, at: float) -> Entry:
    """The alarm: it is where it should be, and its service does not answer."""
    verdict = job.heard.verdict if job.heard else None
    found = {"address": verdict.address, "port": verdict.port} if verdict else {}
    return Entry(
        at=_utc(job.overdue_at or at),
        actor=ENGINE,
        action="job.probe",
        subject=f"job/{job.id}",
        outcome="overdue",
        after={"instance_id": job.aimed, **found},
        reason=verdict.code if verdict else "no_data",
        job_id=job.id,
    )


def _tell_finish(change: Change, at: float) -> Entry:
    job = change.job
    return Entry(
        at=_utc(job.finished_at or at),
        actor=ENGINE,
        action="job.finish",
        subject=f"job/{job.id}",
        outcome=job.state.value,
        before={"instance_id": job.from_instance_id},
        after={"instance_id": change.holder, **dict(job.why_args)},
        reason=job.why,
        job_id=job.id,
    )


def _subject(args: Mapping[str, object]) -> str:
    """What the call is about: what it moves, or the interface that it changes."""
    for name, kind in SUBJECTS:
        if args.get(name):
            return f"{kind}/{args[name]}"
    return "network-interface/"


def _marks(seq: int, fence_token: int) -> dict[str, int]:
    """Which call of its job it is, and by whose claim: both rows of a call agree."""
    return {"call": seq, "fence_token": fence_token}


def _rfc3339(at: float) -> str:
    return _utc(at).isoformat(timespec="milliseconds")


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, tz=UTC)
