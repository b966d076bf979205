"""Waiting for a job: readers who hold a thread, and so may not be too many.

No transaction is held meanwhile: the row is looked at again and again.
"""

import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from failover import wiring
from failover.models import Job
from failover.models.jobs import ACTIVE_STATES
from failover.services import queries

# How often a waiting reader looks at the row.
LOOK_EVERY_S = 0.1
MOST_WAIT_S = 30.0
# Half of a web process's threads: the others go on answering whoever does not wait.
MOST_WAITING = 12

_places = threading.BoundedSemaphore(MOST_WAITING)


def wait_for_change(job: Job, *, timeout_s: float) -> tuple[Job, bool]:
    """The job as soon as its row changes, or as it is when the time is up.

    False beside it: too many wait in this process already, so nobody waited.
    """
    if job.state not in ACTIVE_STATES:
        return job, True
    if not _places.acquire(blocking=False):
        return job, False
    try:
        until = wiring.monotonic() + min(max(timeout_s, 0.0), MOST_WAIT_S)
        while wiring.monotonic() < until:
            wiring.sleep(LOOK_EVERY_S)
            now = Job.objects.filter(id=job.id).values_list("version", "state").first()
            if now is None or now != (job.version, job.state):
                break
    finally:
        _places.release()
    return queries.get_job(job.id), True


def wait_for_end(job_id: UUID, *, states: Sequence[str]) -> dict[str, Any]:
    """Block until the job is in one of the states; its fields then."""
    job = queries.get_job(job_id)
    while job.state not in states:
        wiring.sleep(LOOK_EVERY_S)
        job = queries.get_job(job_id)
    return queries.job_fields(job_id)


def etag(job: Job) -> str:
    """The job's version as an HTTP entity tag."""
    return f'"{job.version}-{job.state}"'
