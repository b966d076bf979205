"""The audit log, as JSON, CSV or JSON lines."""

from datetime import UTC
from typing import Any, ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from failover.api import audit_shapes, door, parameters
from failover.api.door import Door
from failover.models import AuditEntry
from failover.services import exports, fields, filters, queries, refusals

COLUMNS = (
    "seq",
    "at",
    "actor",
    "token",
    "source_ip",
    "action",
    "object",
    "outcome",
    "before",
    "after",
    "reason",
    "job",
    "aws_request_id",
    "hash",
    "prev_hash",
    "plan_hash",
)
KINDS = ("json", "csv", "jsonl")


def as_fields(row: AuditEntry) -> dict[str, Any]:
    """As contract.md writes an audit row."""
    plain = {name: getattr(row, name) for name in COLUMNS if name != "job"}
    # To the microsecond always: the hash covers it, and an auditor makes it himself.
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    shown = {**plain, "at": at.replace("+00:00", "Z"), "job": row.job_id}
    return {name: fields.plain(shown[name]) for name in COLUMNS}


class Audit(Door):
    """Who did what."""

    table: ClassVar = filters.AuditFilter
    forms: ClassVar = ("application/json", "text/csv", "application/jsonl")
    required_role: ClassVar = {"GET": "viewer"}
    asked: ClassVar = {"GET": (parameters.FORMAT,)}
    answers: ClassVar = {"GET": audit_shapes.AuditList}

    def read_query(self, request: Request) -> None:
        super().read_query(request)
        self.kind = request.query_params.get("format", "json")
        if self.kind not in KINDS:
            raise refusals.Invalid(errors={"format": ["csv, jsonl or json."]})

    def get(self, request: Request) -> HttpResponseBase:
        kind = self.kind
        if kind == "json":
            return self.list(
                queries.list_audit(),
                lambda rows: [as_fields(row) for row in rows],
            )
        query = self.whole_query()
        found = door.sift(queries.list_audit(), filters.AuditFilter, query).qs
        order = door.order_by(filters.AuditFilter, query.get("ordering"))
        rows = found.order_by(*order)
        plain = exports.read(rows, lambda chunk: [as_fields(row) for row in chunk])
        response = StreamingHttpResponse(
            exports.lines(kind, COLUMNS, plain), content_type=exports.FORMATS[kind]
        )
        response["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
        return response
