"""Reading what was sent: bodies, headers and queries, strictly and without a 500."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from rest_framework import serializers
from rest_framework.request import Request

from failover.api import media
from failover.services import refusals

MOST_KEY = 255
# What can mean one thing only; filters that take several values say so themselves.
SINGLE = frozenset({"format", "limit", "offset", "ordering", "q", "to", "wait"})


def require_plain_query(request: Request) -> None:
    """Raises Malformed for what is no text, Invalid for what is said twice."""
    for name, values in request.query_params.lists():
        require_text(name)
        for value in values:
            require_text(value)
        if name in SINGLE and len(values) > 1:
            raise refusals.Invalid(errors={name: ["It is given more than once."]})


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; none at all is an empty one.

    Raises Malformed, and what `media.require_json` raises.
    """
    media.require_json(request)
    try:
        raw = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise refusals.Malformed(detail="The body cannot be read.") from error
    if not raw.strip():
        return {}
    try:
        body = json.loads(
            raw, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise refusals.Malformed(detail="The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise refusals.Malformed(detail="The body must be a JSON object.")
    require_text(body)
    return body


def require_text(value: object) -> None:
    """Raises Malformed for text that no database takes: NUL, lone surrogates."""
    match value:
        case str():
            if "\0" in value or not _is_unicode(value):
                said = "The request contains characters that are not text."
                raise refusals.Malformed(detail=said)
        case dict():
            for key, inner in value.items():
                require_text(key)
                require_text(inner)
        case list():
            for inner in value:
                require_text(inner)
        case _:
            return


def validate(
    body: Mapping[str, Any], serializer: type[serializers.Serializer[Any]]
) -> dict[str, Any]:
    """The body's fields by the serializer. Raises Invalid."""
    checked = serializer(data=dict(body))
    errors: dict[str, list[str]] = {}
    known = set(checked.fields) | set(getattr(serializer, "ignored", ()))
    for name in body:
        if name not in known:
            errors[name] = ["There is no such field."]
    if not checked.is_valid():
        errors |= {k: _flatten(v) for k, v in checked.errors.items()}
    if errors:
        raise refusals.Invalid(errors=errors)
    return dict(checked.validated_data)


def read_key(request: Request) -> str:
    """The Idempotency-Key, or an empty string. Raises Invalid."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not key or len(key) > MOST_KEY or not key.isascii() or not key.isprintable():
        said = f"1 to {MOST_KEY} printable ASCII characters."
        raise refusals.Invalid(errors={"Idempotency-Key": [said]})
    return key


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of the body's meaning: neither spaces nor order change it."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_number(request: Request, name: str, *, default: int, most: int) -> int:
    """A whole number of the query, at most `most`. Raises Invalid."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise refusals.Invalid(errors={name: ["A whole number, 0 or more."]})
    return min(int(text), most)


def read_seconds(request: Request, name: str) -> float | None:
    """Seconds of the query. Raises Invalid."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e6:
        raise refusals.Invalid(errors={name: ["Seconds, 0 or more."]})
    return seconds


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name occurs twice in one object.")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _flatten(errors: Any) -> list[str]:
    if isinstance(errors, Mapping):
        return [f"{k}: {said}" for k, v in errors.items() for said in _flatten(v)]
    if isinstance(errors, list | tuple):
        return [said for e in errors for said in _flatten(e)]
    return [str(errors)]
