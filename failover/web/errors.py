"""Error pages: what happened, what to do, and the request's id."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from failover.services import refusals
from failover.web import access

PAGES = {
    400: ("Bad request", "The request cannot be read. Go back and try again."),
    403: ("Not allowed", "Your role does not allow this."),
    429: (
        "Too many attempts",
        "Signing in with this name from here is locked for a while. Try again later.",
    ),
    404: ("Not found", "There is nothing at this address, or not any more."),
    500: (
        "Something broke",
        "The error is recorded. Jobs that are running go on without this page.",
    ),
    503: (
        "Not now",
        "The database does not answer, or the audit cannot be written. Without its row"
        " in the audit nothing is changed. Try again, and look before you do.",
    ),
}
NO_CSRF = (
    "The form is too old, or cookies are off. Go back, reload the page, and send it"
    " again. Nothing was done."
)


@access.open_to_anyone
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    del exception
    return _page(request, 400)


@access.open_to_anyone
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the reason where the view gave one."""
    return _page(request, 403, text=str(exception))


@access.open_to_anyone
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    del exception
    return _page(request, 404)


@access.open_to_anyone
def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, 500)


@access.open_to_anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token."""
    del reason
    return _page(request, 403, text=NO_CSRF)


@access.open_to_anyone
def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: object
) -> HttpResponse:
    """429 for a guesser; it does not say whether the name exists."""
    del response, credentials
    return _page(request, 429)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503, without a question to the database: for programs as a problem."""
    title, text = PAGES[503]
    if request.path.startswith("/api/"):
        problem = refusals.Unavailable().to_json()
        kind = "application/problem+json"
        return HttpResponse(problem, status=503, content_type=kind)
    context = {
        "error_status": 503,
        "error_title": title,
        "error_text": text,
        "request_id": request.META.get("swapboard.request_id", ""),
    }
    # Without the request: what frames a page asks the database.
    page = render_to_string("failover/error.html", context)
    return HttpResponse(page, status=503)


def _page(request: HttpRequest, status: int, *, text: str = "") -> HttpResponse:
    title, usual = PAGES[status]
    context = {
        "error_status": status,
        "error_title": title,
        "error_text": text or usual,
    }
    return render(request, "failover/error.html", context, status=status)
