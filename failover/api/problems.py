"""Every error as a problem document (RFC 9457)."""

import json
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from failover.api import media
from failover.services import refusals
from failover.services.refusals import Refusal

log = structlog.get_logger(__name__)


class MethodNotAllowed(Refusal):
    """The path is there, but not for this method."""

    code = "method_not_allowed"
    status = 405


class Broken(Refusal):
    """A bug of ours."""

    code = "broken"
    status = 500

    @property
    def extra(self) -> dict[str, object]:
        return {"request_id": self.fields["request_id"]}


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's exception handler: every error is a problem, a bug of ours too."""
    refusal = as_refusal(error)
    if refusal is not None:
        return answer(refusal)
    if isinstance(error, exceptions.MethodNotAllowed):
        method = str(context["request"].method)[:16]
        allowed = ", ".join(context["view"].allowed_methods)
        return answer(MethodNotAllowed(method=method, allowed=allowed))
    if isinstance(error, exceptions.NotAcceptable):
        view = context["view"]
        forms = [str(r.media_type) for r in view.get_renderers()]
        return answer(media.NotAcceptable(forms=", ".join(forms)))
    if isinstance(error, exceptions.APIException):
        return answer(refusals.Malformed(detail=str(error.detail)))
    return break_down(error, context["request"]._request)  # noqa: SLF001


def break_down(error: Exception, request: HttpRequest) -> HttpResponse:
    """500: said to the log, to whoever listens for Django's signal, and by id."""
    log.error("api.request.broken", path=request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return answer(Broken(request_id=request.META.get("swapboard.request_id", "")))


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


def answer(refusal: Refusal) -> HttpResponse:
    """The problem as it leaves, whatever the call would have answered in."""
    body = json.dumps(refusal.as_problem(), ensure_ascii=False).encode()
    return HttpResponse(
        body,
        status=refusal.status,
        content_type=media.PROBLEM,
        headers=_headers(refusal),
    )


def _headers(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, refusals.Anonymous):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(refusal, refusals.Throttled):
        return {"Retry-After": str(refusal.retry_after_s)}
    return {}
