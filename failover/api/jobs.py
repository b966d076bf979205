"""Jobs: what is at work and what was."""

from typing import ClassVar

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from failover import models
from failover.api import bodies, door, job_shapes, parameters, reading
from failover.api.door import Door
from failover.services import cancelling, fields, filters, queries, waiting
from failover.services.idempotency import Answer


def job_answer(job: models.Job, **more: object) -> Answer:
    """202 with the job, with more about it, and where to find it."""
    view = queries.view_job(job)
    location = reverse("api-job", args=[job.id])
    answer = {**fields.as_fields(view), **more}
    return door.render(answer, status=202, location=location)


class Jobs(Door):
    """All jobs, newest first."""

    table: ClassVar = filters.JobFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": job_shapes.JobList}

    def get(self, request: Request) -> Response:
        return self.list(queries.list_jobs(), queries.view_jobs)


class Job(Door):
    """One job; `?wait=S` answers as soon as it changes, or after S seconds."""

    required_role: ClassVar = {"GET": "viewer"}
    asked: ClassVar = {"GET": (parameters.WAIT, parameters.SEEN, parameters.ETAG)}
    answers: ClassVar = {"GET": job_shapes.Job}

    def read_query(self, request: Request) -> None:
        self.wait_s = reading.read_seconds(request, "wait")

    def get(self, request: Request, job_id: str) -> Response:
        job, has_waited = queries.get_job(job_id), True
        seen = request.headers.get("If-None-Match")
        if self.wait_s and seen in (None, waiting.etag(job)):
            job, has_waited = waiting.wait_for_change(job, timeout_s=self.wait_s)
        headers = {"ETag": waiting.etag(job)}
        if not has_waited:
            headers["Retry-After"] = "1"
        return Response(fields.as_fields(queries.view_job(job)), headers=headers)


class Cancel(Door):
    """Call the job off, or turn it round."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": job_shapes.Job}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, job_id: str) -> Response:
        job = queries.get_job(job_id)
        job = cancelling.cancel(job_id=job.id, actor=self.actor)
        return Response(fields.as_fields(queries.view_job(job)), status=202)
