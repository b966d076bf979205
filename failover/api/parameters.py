"""What calls may be asked with, beside their bodies, as the schema tells it."""

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from failover.services.filters import Table

PATH: Final = "path"
QUERY: Final = "query"
HEADER: Final = "header"
YES_OR_NO: Final = ("true", "false", "yes", "no", "on", "off", "1", "0")
UUID: Final = {"type": "string", "format": "uuid"}


def _in_path(name: str, schema: dict[str, Any], said: str) -> OpenApiParameter:
    return OpenApiParameter(name, type=schema, location=PATH, description=said)


def _text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


PATHS: Final[Mapping[str, OpenApiParameter]] = {
    parameter.name: parameter
    for parameter in (
        _in_path("name", _text("^[a-z0-9][a-z0-9-]{0,62}$"), "The pair's name."),
        _in_path("eni", _text("^eni-[0-9a-f]{8,17}$"), "The interface's id."),
        _in_path("instance_id", _text("^i-[0-9a-f]{8,17}$"), "The instance's id."),
        _in_path(
            "allocation_id", _text("^eipalloc-[0-9a-f]{8,17}$"), "The address's id."
        ),
        _in_path("region_id", UUID, "The region's id, as `regions/` lists it."),
        _in_path("job_id", UUID, "The job's id."),
        _in_path("action_id", UUID, "The action's id."),
    )
}
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    type={"type": "string", "minLength": 1, "maxLength": 255},
    location=HEADER,
    description=(
        "A key of yours for this request. Sent again with the same body within 24 "
        "hours it is answered with the same bytes and does nothing; with another body "
        "it is 409 `key_reused`. While the first is at work the second waits at most "
        "five seconds, then it is 409 `in_progress`."
    ),
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    type=str,
    location=HEADER,
    description="The ETag that you read; 412 `changed` if the pair has another now.",
)
ETAG: Final = OpenApiParameter(
    "ETag",
    type=str,
    location=HEADER,
    response=[200, 201],
    description="The version of what is answered, for If-Match.",
)
RETRY_AFTER: Final = OpenApiParameter(
    "Retry-After",
    type={"type": "integer", "minimum": 1},
    location=HEADER,
    response=[429],
    description="Seconds after which the call may be made.",
)
WAIT: Final = OpenApiParameter(
    "wait",
    type={"type": "number", "minimum": 0},
    location=QUERY,
    description=(
        "Seconds to wait for a change; more than 30 count as 30. The answer comes as "
        "soon as the job changes. With many waiting already it comes at once."
    ),
)
SEEN: Final = OpenApiParameter(
    "If-None-Match",
    type=str,
    location=HEADER,
    description="With `wait`: the ETag that you have seen; another is told at once.",
)
TO: Final = OpenApiParameter(
    "to",
    type=_text("^(i-[0-9a-f]{8,17})?$"),
    location=QUERY,
    description="An instance of the pair; without it the passive one.",
)
FORMAT: Final = OpenApiParameter(
    "format",
    type={"type": "string", "enum": ["json", "csv", "jsonl"], "default": "json"},
    location=QUERY,
    description="A page in JSON, or all rows as CSV or JSON lines.",
)
LOCATION: Final = OpenApiParameter(
    "Location",
    type=str,
    location=HEADER,
    response=[201, 202],
    description="Where what was made is found.",
)


def of_list(table: type[Table]) -> list[OpenApiParameter]:
    """What a list is cut, ordered and filtered by."""
    names = "|".join(sorted(table.ordered))
    ordered = f"^(-?({names})(,-?({names}))*)?$" if names else "^$"
    found = [
        _in_query(
            "limit",
            {"type": "integer", "minimum": 0, "default": 50},
            "Rows of a page; more than 1,000 count as 1,000.",
        ),
        _in_query(
            "offset",
            {"type": "integer", "minimum": 0, "default": 0},
            "Rows to leave out before the first.",
        ),
        _in_query(
            "ordering", _text(ordered), "Names, with - for descending, by commas."
        ),
        _in_query(
            "q", {"type": "string"}, "Words, each of which must occur somewhere."
        ),
        OpenApiParameter(
            "f",
            type=str,
            location=QUERY,
            many=True,
            description="A filter: a property, an operator and a value (docs/api.md).",
        ),
    ]
    if table.table_id:
        said = "The slug of a saved view: its filters and its order, before your own."
        found.append(_in_query("view", {"type": "string"}, said))
    for one in table.properties:
        if one.name == "tag":
            continue
        said = f"{one.label}: only with this one."
        schema: dict[str, Any] = {"type": "string"}
        if one.choices == ("true", "false"):
            # An empty one asks for nothing, as a form sends it.
            schema["enum"] = [*YES_OR_NO, ""]
        elif one.choices:
            # No enumeration: EC2 learns new words, and an unknown one finds nothing.
            said = f"{one.label}, such as {', '.join(one.choices)}."
        found.append(_in_query(one.name, schema, said))
    return found


def _in_query(name: str, schema: dict[str, Any], said: str) -> OpenApiParameter:
    return OpenApiParameter(name, type=schema, location=QUERY, description=said)
