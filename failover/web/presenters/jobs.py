"""Jobs in the list, and one live job with its steps, calls and clocks."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.urls import reverse

from failover.services import steps, views
from failover.web.presenters import badges, inventory, resources, texts, timing
from failover.web.presenters.badges import Badge
from failover.web.presenters.hrefs import page_of
from failover.web.presenters.inventory import Holder
from failover.web.presenters.resources import Resource
from failover.web.presenters.timing import Moment

STEPS: Mapping[str, str] = {
    "check": "Check",
    "detach": "Detach",
    "wait_detached": "Wait until the interface is available",
    "attach": "Attach",
    "wait_attached": "Wait until the interface is in use",
    "move": "Move",
    "verify": "Verify",
}
HEADLINES: Mapping[str, str] = {
    "queued": "Waiting to begin",
    "running": "At work",
    "succeeded": "Done, and verified with EC2",
    "reversed": "Turned back: everything is where it was",
    "cancelled": "Cancelled",
    "parked": "Parked: a human is needed",
}
ADVICE: Mapping[str, str] = {
    "reversed": "Mend what EC2 refused, check the pair's readiness, then swap again.",
    "parked": (
        "Swapboard keeps its locks, keeps looking, and tries again by itself. Start or"
        " repair one of the instances in EC2; or cancel to give up."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One line of the jobs table."""

    id: str
    short_id: str
    href: str
    title: str
    state: Badge
    source: Holder | None
    target: Holder | None
    requested: Moment | None
    duration: str
    outage: str
    requested_by: str
    trigger: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One call to EC2 with its request id."""

    action: str
    badge: Badge
    duration: str
    error_code: str
    request_id: str
    cli: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step; `running_s` while it runs, seconds."""

    label: str
    state: str
    badge: Badge
    duration: str
    running_s: float | None
    detail: str
    calls: tuple[CallView, ...]

    @property
    def icon_class(self) -> str:
        return f"{self.badge.icon_class} tone-{self.badge.tone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveJob:
    """The job's page. `rev` changes when anything but the clocks does."""

    row: JobRow
    rev: str
    is_active: bool
    is_parked: bool
    is_dark: bool
    is_cancelling: bool
    waits_for_probe: bool
    headline: str
    advice: str
    outage_s: float
    duration_s: float
    pair: str
    resource: Resource
    steps: tuple[StepView, ...]
    swap_back_href: str

    @property
    def pair_href(self) -> str:
        return page_of("pair", self.pair) if self.pair else ""

    @property
    def done(self) -> int:
        return sum(1 for s in self.steps if s.state in ("done", "skipped"))

    @property
    def progress(self) -> str:
        return f"{self.done} of {len(self.steps)} done"

    @property
    def announcement(self) -> str:
        """What a screen reader hears after a change."""
        running = next((s for s in self.steps if s.state == "running"), None)
        if self.is_active and running:
            return f"{running.label}: step {self.done + 1} of {len(self.steps)}"
        return f"{self.headline}. {self.row.message}"


def title(job: views.JobView, names: Mapping[str, str]) -> str:
    target = job.to_instance_id or ""
    where = texts.short(names.get(target) or target)
    subject = job.pair or resources.resource(job).id
    match job.kind:
        case "swap":
            return f"Swap {subject} to {where}"
        case "attach":
            return f"Attach {subject} to {where}"
        case _:
            return f"Detach {subject}"


def row(job: views.JobView, *, names: Mapping[str, str], now: datetime) -> JobRow:
    job_id = str(job.id)
    return JobRow(
        id=job_id,
        short_id=job_id[:8],
        href=page_of("job", job_id),
        title=title(job, names),
        state=badges.for_job(job.state),
        source=inventory.holder(job.from_instance_id or "", names),
        target=inventory.holder(job.to_instance_id or "", names),
        requested=timing.moment(job.requested_at, now),
        duration=timing.duration(duration_s(job, now)),
        outage=timing.duration(outage_s(job, now)),
        requested_by=job.requested_by,
        trigger=texts.trigger(job.trigger),
        reason=job.reason,
        message=job.message,
    )


def outage_s(job: views.JobView, now: datetime) -> float | None:
    """The outage in seconds, running while it lasts; None without one."""
    if job.outage_s is None and job.outage_started_at and job.is_active:
        return (now - job.outage_started_at).total_seconds()
    return job.outage_s


def duration_s(job: views.JobView, now: datetime) -> float | None:
    """From the request to the end, or to now, seconds."""
    if job.duration_s is None and job.is_active:
        return (now - job.requested_at).total_seconds()
    return job.duration_s


def live(
    job: views.JobView, *, names: Mapping[str, str], has_pair: bool, now: datetime
) -> LiveJob:
    is_dark = (
        job.is_active and job.outage_started_at is not None and job.restored_at is None
    )
    pair = (job.pair or "") if has_pair else ""
    may_swap_back = pair and job.kind == "swap" and job.state == "succeeded"
    return LiveJob(
        row=row(job, names=names, now=now),
        rev=_rev(job),
        is_active=job.is_active,
        is_parked=job.state == "parked",
        is_dark=is_dark,
        is_cancelling=job.is_active and job.cancel_requested_at is not None,
        waits_for_probe=job.state == "running" and job.waiting_for == "probe",
        headline=HEADLINES[job.state],
        advice=ADVICE.get(job.state, ""),
        outage_s=outage_s(job, now) or 0.0,
        duration_s=duration_s(job, now) or 0.0,
        pair=pair,
        resource=resources.resource(job),
        steps=_steps(job, now),
        swap_back_href=reverse("pair-swap", args=[pair]) if may_swap_back else "",
    )


def _steps(job: views.JobView, now: datetime) -> tuple[StepView, ...]:
    shown = []
    for step in job.steps:
        running_s = (
            (now - step.started_at).total_seconds()
            if step.state == "running" and step.started_at
            else None
        )
        shown.append(
            StepView(
                label=STEPS[step.name],
                state=step.state,
                badge=badges.for_step(step.state),
                duration=timing.duration(
                    step.duration_s if running_s is None else running_s
                ),
                running_s=running_s,
                detail=step.detail,
                calls=_calls(
                    [
                        c
                        for c in job.calls
                        if steps.step_of(job.strategy, c.action) == step.name
                    ]
                ),
            )
        )
    return tuple(shown)


def _calls(calls: Sequence[views.CallView]) -> tuple[CallView, ...]:
    return tuple(
        CallView(
            action=call.action,
            badge=badges.for_call(call.outcome or ""),
            duration=timing.duration(call.duration_s),
            error_code=call.error_code or "",
            request_id=call.aws_request_id or "",
            cli=call.cli,
        )
        for call in calls
    )


def _rev(job: views.JobView) -> str:
    """A short digest of all that the page shows, the running clocks left out."""
    facts = asdict(job)
    del facts["outage_s"], facts["duration_s"]
    text = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
