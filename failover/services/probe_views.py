"""What a job shows of its probe, and what its message says for it."""

from failover import rows
from failover.models import Job
from failover.services import probe_words, steps, words
from failover.services.views import ProbeView


def view(job: Job) -> ProbeView | None:
    """The job's probe with its newest answer; None where nothing is asked."""
    if job.probe is None:
        return None
    heard = job.heard or {}
    verdict = heard.get("verdict") or {}
    return ProbeView(
        kind=job.probe["kind"],
        port=job.probe["port"],
        path=job.probe["path"],
        expect=job.probe["expect"],
        address=verdict.get("address"),
        outcome=verdict.get("outcome"),
        code=verdict.get("code"),
        detail=steps.tell_probe(job),
        since=rows.stamp(heard.get("began_at")),
        overdue_at=job.probe_overdue_at,
        waived_by=job.probe_waived_by or None,
    )


def message(job: Job, waiting_for: str) -> str:
    """What is so with the job, and what a human can do about it."""
    verdict = job.heard["verdict"] if job.heard else None
    if job.probe is not None and waiting_for == "probe" and job.state == "running":
        return probe_words.waiting(
            probe=job.probe,
            verdict=verdict,
            strategy=job.strategy,
            noun=words.noun(job.strategy),
            overdue_minutes=_overdue_minutes(job),
        )
    by = {"by": job.probe_waived_by} if job.probe_waived_by else {}
    said = words.job(
        state=job.state,
        waiting_for=waiting_for,
        why=job.why,
        args={**by, **job.why_args},
        to=job.to_instance_id,
        source=job.from_instance_id,
        strategy=job.strategy,
    )
    has_failed = verdict is not None and verdict["outcome"] != "passed"
    if job.probe is not None and has_failed and job.finished_at is not None:
        return f"{said} Its probe: {probe_words.told(job.probe, verdict or {})}."
    return said


def _overdue_minutes(job: Job) -> int | None:
    since = job.restored_at or job.requested_at
    if job.probe_overdue_at is None:
        return None
    return max(1, round((job.probe_overdue_at - since).total_seconds() / 60))
