"""The OpenAPI schema of the calls, from what they declare."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from failover.api import examples, media, parameters, shapes

READS = frozenset({"GET", "HEAD"})
# What the methods of start calls call.
STARTERS = frozenset({"start", "carry_out"})
PROBLEMS: Final[Mapping[int, str]] = {
    400: "`malformed`, `invalid` with `errors`, `ambiguous_account`.",
    401: "`anonymous`: no token, or none that is valid.",
    403: "`forbidden`: the role does not allow it.",
    404: "`not_found`.",
    409: (
        "`job_active` with `job`, `already_there`, `belongs_to_pair`, `in_use`, "
        "`key_reused`, `in_progress`, and what else the state of things forbids."
    ),
    412: "`changed`: it is not as you saw it.",
    413: "`too_large`: more than a MiB.",
    415: "`unsupported_media_type`: a body that is not JSON in UTF-8.",
    422: "`preflight` with `checks`.",
    429: "`throttled`, with `Retry-After`.",
    503: "`ec2_unreachable`: nothing was done; `unavailable`: not known.",
}
OF_READS = (400, 401, 403, 404, 429, 503)
SUCCESSES: Final[Mapping[int, str]] = {
    200: "As it is.",
    201: "Made.",
    202: "Begun.",
    204: "Gone.",
}


class Schema(AutoSchema):
    """Reads what a Door declares."""

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "bodies", {}).get(self.method)

    def get_response_serializers(self) -> Any:
        answer = getattr(self.view, "answers", {}).get(self.method)
        status = self._status()
        forms = getattr(self.view, "forms", (media.JSON,))
        found: dict[Any, Any] = {
            (status, media.JSON): OpenApiResponse(answer, SUCCESSES.get(status, ""))
        }
        if answer is None:
            found = {status: OpenApiResponse(None, SUCCESSES.get(status, ""))}
        for form in forms[1:]:
            found[(status, form)] = OpenApiResponse(str)
        codes = OF_READS if self.method in READS else tuple(PROBLEMS)
        for code in codes:
            if code == 404 and "{" not in self.path:
                continue
            found[(code, media.PROBLEM)] = OpenApiResponse(
                shapes.Problem, PROBLEMS[code]
            )
        other = OpenApiResponse(shapes.Problem, "405, 406, 411, 414, 500.")
        found[("default", media.PROBLEM)] = other
        return found

    def get_override_parameters(self) -> list[Any]:
        """What the path, the query and the headers may say, and what they answer."""
        named = re.findall(r"{(\w+)}", self.path)
        found = [parameters.PATHS[n] for n in named if n in parameters.PATHS]
        table = vars(type(self.view)).get("table")
        if table is not None and self.method in READS:
            found += parameters.of_list(table)
        if self._is_start():
            found.append(parameters.IDEMPOTENCY_KEY)
        found += getattr(self.view, "asked", {}).get(self.method, ())
        return [*found, parameters.RETRY_AFTER]

    def get_examples(self) -> list[OpenApiExample]:
        """Of the body, of the answer, and of the usual problems."""
        found = []
        body = self.get_request_serializer()
        if body in examples.OF:
            found.append(
                OpenApiExample("Request", value=examples.OF[body], request_only=True)
            )
        answer = getattr(self.view, "answers", {}).get(self.method)
        shown = examples.of_answer(answer)
        if shown is not None:
            found.append(
                OpenApiExample(
                    "Answer",
                    value=shown,
                    response_only=True,
                    status_codes=[str(self._status())],
                )
            )
        for status, problem in examples.PROBLEMS.items():
            found.append(
                OpenApiExample(
                    str(problem["code"]),
                    value=problem,
                    response_only=True,
                    status_codes=[status],
                    media_type=media.PROBLEM,
                )
            )
        return found

    def get_summary(self) -> str:
        """The first sentence of the method's docstring, else of the class's."""
        method = getattr(self.view, str(self.method).lower(), None)
        said = getattr(method, "__doc__", "") or type(self.view).__doc__ or ""
        return said.strip().split("\n")[0].split("; ")[0].rstrip(".")

    def get_tags(self) -> list[str]:
        parts = [p for p in self.path.split("/") if p and "{" not in p]
        return parts[2:3] or ["api"]

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        words = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        is_list = "table" in vars(type(self.view))
        verb = "list" if is_list and self.method == "GET" else str(self.method).lower()
        return f"{verb}_{words}"

    def _is_start(self) -> bool:
        """Whether the method calls `Door.start`, by itself or as an action.

        Read off its code, so that the schema cannot forget one.
        """
        method = getattr(self.view, str(self.method).lower(), None)
        code = getattr(method, "__code__", None)
        return code is not None and bool(STARTERS & set(code.co_names))

    def _status(self) -> int:
        status: int = getattr(self.view, "statuses", {}).get(self.method, 200)
        return status

    def _get_paginator(self) -> None:
        return None

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema: Any = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if direction == "request":
            # A field that there is not is refused, so that no slip goes unseen.
            schema["additionalProperties"] = False
            for name in getattr(serializer, "ignored", ()):
                schema["properties"][name] = {"description": "Changes nothing."}
        return schema


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of our tokens; it registers itself by being defined."""

    target_class = "failover.api.authentication.TokenAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "sb_<id>_<secret>",
            "description": "A token of yours; never in an address.",
        }


def without_doubles(
    endpoints: Sequence[tuple[str, str, str, Any]], **_: object
) -> list[tuple[str, str, str, Any]]:
    """Each path once: the form without the slash is answered too."""
    seen: dict[tuple[str, str], tuple[str, str, str, Any]] = {}
    for path, regex, method, callback in endpoints:
        # The form with the slash comes first in `urls`.
        seen.setdefault((path.rstrip("/"), method), (path, regex, method, callback))
    return list(seen.values())


def with_health(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """The call that answers by its status alone, and asks nobody who they are."""
    name: OpenApiParameter = parameters.PATHS["name"]
    result["paths"]["/api/v1/pairs/{name}/health/"] = {
        "get": {
            "operationId": "get_pair_health",
            "summary": "Whether the pair is ready to swap, without login or body",
            "tags": ["pairs"],
            "security": [{}],
            "parameters": [
                {
                    "in": "path",
                    "name": "name",
                    "required": True,
                    "schema": name.type,
                    "description": name.description,
                }
            ],
            "responses": {
                "200": {"description": "Ready."},
                "404": {"description": "There is no such pair."},
                "503": {"description": "Not ready, or not known."},
            },
        }
    }
    return result
