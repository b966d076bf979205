"""Every error as a problem document (RFC 9457)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from failover.services import refusals
from failover.services.refusals import Refusal

CONTENT_TYPE = "application/problem+json"


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None, a bug of ours, becomes Django's 500."""
    del context
    refusal = as_refusal(error)
    if refusal is not None:
        return _answer(refusal.as_problem(), refusal.status, _headers(refusal))
    if isinstance(error, exceptions.MethodNotAllowed):
        return _plain(405, "method_not_allowed", "Not allowed", str(error.detail))
    if isinstance(error, exceptions.APIException):
        return _plain(error.status_code, "malformed", "Bad request", str(error.detail))
    return None


def as_refusal(error: Exception) -> Refusal | None:
    """The refusal that an error of Django or DRF stands for."""
    match error:
        case Refusal():
            return error
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return refusals.Anonymous()
        case exceptions.PermissionDenied() | PermissionDenied():
            return refusals.Forbidden(detail=str(error) or "Not allowed.")
        case exceptions.NotFound() | Http404():
            return refusals.NotFound(what="such path", id="here")
        case DatabaseError():
            return refusals.Unavailable()
        case _:
            return None


def _plain(status: int, code: str, title: str, detail: str) -> Response:
    problem = {
        "type": f"urn:swapboard:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return _answer(problem, status, {})


def _answer(
    problem: dict[str, object], status: int, headers: dict[str, str]
) -> Response:
    return Response(problem, status=status, content_type=CONTENT_TYPE, headers=headers)


def _headers(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, refusals.Anonymous):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(refusal, refusals.Throttled):
        return {"Retry-After": str(refusal.retry_after_s)}
    return {}
