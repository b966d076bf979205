"""The messages of jobs that somebody started: in progress, then success or error."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from failover.services import views
from failover.web.presenters import jobs
from failover.web.presenters.badges import Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFlash:
    """One job's message; it changes in place as the job goes on."""

    id: str
    href: str
    title: str
    badge: Badge
    text: str
    # Of so many steps so many are done; the bar has one piece for each.
    steps: tuple[str, ...]
    is_active: bool
    running_s: float

    @property
    def role(self) -> str:
        """An error interrupts, all else waits for a pause in the speech."""
        return "alert" if self.badge.tone == "error" else "status"

    @property
    def tone(self) -> str:
        return self.badge.tone


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFlashes:
    """All of them. `rev` changes when anything but the clocks does."""

    items: tuple[JobFlash, ...] = ()
    more: int = 0
    more_href: str = ""
    rev: str = ""
    query: str = ""

    @property
    def is_active(self) -> bool:
        """Whether one of them can still change."""
        return any(f.is_active for f in self.items)

    @property
    def is_fading(self) -> bool:
        """Whether one of them will go by itself."""
        return any(f.tone == "success" for f in self.items)


def flashes(
    found: Sequence[views.JobView],
    *,
    names: Mapping[str, str],
    more: int,
    more_href: str,
    query: str,
    now: datetime,
) -> JobFlashes:
    """`query` says what page asks, so that it is not told what it shows anyway."""
    live = [jobs.live(v, names=names, has_pair=True, now=now) for v in found]
    said = "".join([str(more), *(job.rev for job in live)])
    rev = hashlib.sha256(said.encode()).hexdigest()[:16]
    items = tuple(_flash(job) for job in live)
    return JobFlashes(items=items, more=more, more_href=more_href, rev=rev, query=query)


def _flash(job: jobs.LiveJob) -> JobFlash:
    running = next((s for s in job.steps if s.state == "running"), None)
    text = job.row.message
    if job.is_active and not job.is_parked and running:
        text = f"{running.label}. Step {job.done + 1} of {len(job.steps)}."
    elif job.row.outage and not job.is_active:
        text = f"{text} Outage {job.row.outage}."
    return JobFlash(
        id=job.row.id,
        href=job.row.href,
        title=job.row.title,
        badge=job.row.state,
        text=text,
        steps=tuple(s.state for s in job.steps) if job.is_active else (),
        is_active=job.is_active,
        running_s=job.duration_s,
    )
