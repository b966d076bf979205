"""The audit log, as JSON, CSV or JSON lines."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from failover.api import door, parameters, shapes
from failover.api.door import Door
from failover.models import AuditEntry
from failover.services import fields, filters, queries, refusals

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
)
KINDS = ("json", "csv", "jsonl")
# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def as_fields(row: AuditEntry) -> dict[str, Any]:
    """As contract.md writes an audit row."""
    plain = {name: getattr(row, name) for name in COLUMNS if name != "job"}
    shown = {**plain, "at": fields.rfc3339(row.at), "job": row.job_id}
    return {name: fields.plain(shown[name]) for name in COLUMNS}


class Audit(Door):
    """Who did what."""

    table: ClassVar = filters.AuditFilter
    forms: ClassVar = ("application/json", "text/csv", "application/jsonl")
    required_role: ClassVar = {"GET": "viewer"}
    asked: ClassVar = {"GET": (parameters.FORMAT,)}
    answers: ClassVar = {"GET": shapes.AuditList}

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
        found = door.sift(queries.list_audit(), filters.AuditFilter, request)
        ordering = request.query_params.get("ordering")
        rows = door.order(found, filters.AuditFilter, ordering)
        return _export(kind, (as_fields(r) for r in rows.iterator(chunk_size=500)))


def _export(kind: str, rows: Iterable[dict[str, Any]]) -> StreamingHttpResponse:
    if kind == "csv":
        response = StreamingHttpResponse(
            _csv_lines(rows), content_type="text/csv; charset=utf-8"
        )
    else:
        response = StreamingHttpResponse(
            (json.dumps(row) + "\n" for row in rows),
            content_type="application/jsonl",
        )
    response["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    return response


def _csv_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield _csv_line(COLUMNS)
    for row in rows:
        yield _csv_line(row[name] for name in COLUMNS)


def _csv_line(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow([_cell(c) for c in cells])
    return line.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value) if isinstance(value, dict | list) else str(value)
    is_formula = text.lstrip(" ").startswith(FORMULA)
    return f"'{text}" if is_formula else text
