"""Errors outside any view: a problem for a program, a page for a browser."""

from django.http import HttpRequest, HttpResponse

from failover.api import problems
from failover.services import refusals
from failover.web import errors as pages

PROGRAMS = ("/api/", "/metrics/")


def _is_program(request: HttpRequest) -> bool:
    return f"{request.path}/".startswith(PROGRAMS)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    if _is_program(request):
        said = "The request cannot be read: its host, its path or its headers."
        return problems.answer(refusals.Malformed(detail=said))
    return pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    if _is_program(request):
        return problems.answer(refusals.Forbidden(detail="Not allowed."))
    return pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if _is_program(request):
        return problems.answer(refusals.NotFound(what="such path", id="here"))
    return pages.not_found(request, exception)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: who signs in, or shows who they are, too often."""
    return pages.too_many(request)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    if _is_program(request):
        request_id = request.META.get("swapboard.request_id", "")
        return problems.answer(problems.Broken(request_id=request_id))
    return pages.broken(request)
