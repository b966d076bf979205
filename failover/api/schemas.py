"""The OpenAPI schema of the calls, from what they declare."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from failover.api import shapes


class Schema(AutoSchema):
    """Reads `bodies` and `answers` of a Door, and its name for the operation."""

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "bodies", {}).get(self.method)

    def get_response_serializers(self) -> Any:
        answer = getattr(self.view, "answers", {}).get(self.method)
        status = getattr(self.view, "statuses", {}).get(self.method, 200)
        return {status: answer, "default": shapes.Problem}

    def get_override_parameters(self) -> list[Any]:
        """What a list may be asked with."""
        table = vars(type(self.view)).get("table")
        if table is None or self.method != "GET":
            return []
        names = ("limit", "offset", "ordering", *table.base_filters)
        return [OpenApiParameter(name, type=str, required=False) for name in names]

    def get_tags(self) -> list[str]:
        parts = [p for p in self.path.split("/") if p and "{" not in p]
        return parts[2:3] or ["api"]

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        return f"{str(self.method).lower()}_{name}"

    def _get_paginator(self) -> None:
        return None


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of our tokens; it registers itself by being defined."""

    target_class = "failover.api.authentication.TokenAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def without_doubles(
    endpoints: Sequence[tuple[str, str, str, Any]], **_: object
) -> list[tuple[str, str, str, Any]]:
    """Each path once: the form without the slash is answered too."""
    seen: dict[tuple[str, str], tuple[str, str, str, Any]] = {}
    for path, regex, method, callback in endpoints:
        # The form with the slash comes first in `urls`.
        seen.setdefault((path.rstrip("/"), method), (path, regex, method, callback))
    return list(seen.values())
