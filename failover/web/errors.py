"""Error pages: what happened, what to do next, and the request's id."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse

from failover.services import refusals, vanished
from failover.web import access
from failover.web.presenters import timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One kind of error, in words: what it is, and what to do about it."""

    title: str
    text: str
    advice: str = ""


PAGES: Mapping[int, Trouble] = {
    400: Trouble(
        title="Bad request",
        text="The request cannot be read. Nothing was done.",
        advice="Go back, reload the page and try again.",
    ),
    403: Trouble(
        title="Not allowed",
        text="Your role does not allow this.",
        advice="Ask an administrator for the role, or go on with what you may see.",
    ),
    404: Trouble(
        title="Not found",
        text="There is nothing at this address, or not any more.",
        advice="Paste an id into the search, or start from one of the lists.",
    ),
    405: Trouble(
        title="Not this way",
        text="This address only takes what a form sends. Nothing was done.",
        advice="Go back to the page and press its button.",
    ),
    413: Trouble(
        title="Too large",
        text="What was sent is larger than we take. Nothing was done.",
        advice="Send less at once: fewer rows, or a shorter text.",
    ),
    414: Trouble(
        title="Too long an address",
        text="The address is longer than we take. Nothing was done.",
        advice="Use fewer filters at once, or a shorter search.",
    ),
    431: Trouble(
        title="Too much sent along",
        text="The headers of the request are larger than we take. Nothing was done.",
        advice="Delete this site's cookies in your browser and sign in again.",
    ),
    429: Trouble(
        title="Too many attempts",
        text="Signing in with this name from here is locked for a while.",
        advice="Try again in a quarter of an hour. Other names and places still work.",
    ),
    500: Trouble(
        title="Something broke",
        text="The error is recorded. Jobs that are running go on without this page.",
        advice="Try again; if it stays, ask for help and name the request.",
    ),
    503: Trouble(
        title="Not now",
        text="The database does not answer, or the audit cannot be written. Without its"
        " row in the audit nothing is changed. Running jobs wait, and then go on.",
        advice="Try again in a moment, and look before you do. Where things are now,"
        " EC2's own console says.",
    ),
}
NO_CSRF = (
    "The form is too old, or cookies are off. Go back, reload the page, and send it"
    " again. Nothing was done."
)
TOO_OFTEN = "This was asked too often from here. Nothing was done."
RETRY_AFTER_S = {429: "900", 503: "5"}
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# An answer with this attribute is one of these pages.
IS_TROUBLE = "is_trouble"
# These are shown without asking the database or the request anything: the one may be
# what broke, and of the other not even its host may be right.
BARE = frozenset({400, 500, 503})


@access.open_to_anyone
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the request is too large to be read."""
    return page(request, 413 if isinstance(exception, TOO_LARGE) else 400)


@access.open_to_anyone
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the reason where the view gave one."""
    return page(request, 403, text=str(exception))


@access.open_to_anyone
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; of what EC2 once had it says so, and leads to what is known of it."""
    del exception
    match = request.resolver_match
    for argument, id in match.kwargs.items() if match else ():
        if gone := vanished.find(argument, str(id)):
            return _gone(request, gone)
    view = request.GET.get("view", "")
    if view and match and not match.kwargs:
        return _without_view(request, view)
    return page(request, 404)


def _without_view(request: HttpRequest, view: str) -> HttpResponse:
    """A link that somebody kept; who saved the view may have deleted or unshared it."""
    said = f"There is no saved view “{view[:80]}” here that you may see."
    return page(request, 404, text=said, link=("The table without it", request.path))


def _gone(request: HttpRequest, gone: vanished.Vanished) -> HttpResponse:
    name = f" ({gone.name})" if gone.name else ""
    was = f" It was {gone.was}." if gone.was else ""
    at = timing.written(gone.at)
    changes = ("What was found changed", f"{reverse('drift')}?q={gone.id}")
    return page(
        request,
        404,
        title="No longer in EC2",
        text=f"{gone.noun} {gone.id}{name} is gone, noticed {at}.{was}",
        link=changes if gone.has_changes else None,
    )


@access.open_to_anyone
def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database does not answer."""
    is_database = isinstance(sys.exception(), OperationalError | InterfaceError)
    return page(request, 503 if is_database else 500)


@access.open_to_anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token."""
    del reason
    return page(request, 403, text=NO_CSRF)


@access.open_to_anyone
def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: object
) -> HttpResponse:
    """429 for a guesser; it does not say whether the name exists."""
    del response, credentials
    return page(request, 429)


@access.open_to_anyone
def too_many(request: HttpRequest) -> HttpResponse:
    """429 of the pages that ask who one is."""
    return page(request, 429, text=TOO_OFTEN)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503, without a question to the database: for programs as a problem."""
    if not request.path.startswith("/api/"):
        return page(request, 503)
    problem = refusals.Unavailable().to_json()
    kind = "application/problem+json"
    return HttpResponse(problem, status=503, content_type=kind)


def unreadable(request: HttpRequest, status: int) -> HttpResponse:
    """What the web server could not read; nothing of it is known but this."""
    known = status if status in PAGES else 400
    response = _as_trouble(_bare(request, known))
    response.status_code = status
    response["Cache-Control"] = "no-store"
    return response


def in_clear(request: HttpRequest) -> HttpResponse:
    """403 for a program that came without TLS."""
    del request
    kind = "application/problem+json"
    return HttpResponse(refusals.InClear().to_json(), status=403, content_type=kind)


def token_in_address(request: HttpRequest) -> HttpResponse:
    """400, with nothing that would repeat the address."""
    refusal = refusals.TokenInAddress()
    if request.path.startswith("/api/"):
        kind = "application/problem+json"
        return HttpResponse(refusal.to_json(), status=400, content_type=kind)
    shown = {
        "error_status": 400,
        "error_title": refusal.title,
        "error_text": refusal.detail,
        "request_id": request.META.get("swapboard.request_id", ""),
    }
    # Without the request: the frame's links would lead back to this address.
    told = loader.render_to_string("failover/error.html", shown)
    return _as_trouble(HttpResponse(told, status=400))


def is_trouble(response: HttpResponse) -> bool:
    """Whether it is one of these pages, and no form that is shown again."""
    return getattr(response, IS_TROUBLE, False)


def _as_trouble(response: HttpResponse) -> HttpResponse:
    setattr(response, IS_TROUBLE, True)
    return response


def page(
    request: HttpRequest,
    status: int,
    *,
    title: str = "",
    text: str = "",
    link: tuple[str, str] | None = None,
) -> HttpResponse:
    """The error as a page; to htmx the same words in a header, for a message."""
    trouble = PAGES[status]
    request_id = request.META.get("swapboard.request_id", "")
    context = {
        "error_status": status,
        "error_title": title or trouble.title,
        "error_text": text or trouble.text,
        "error_advice": trouble.advice,
    }
    if getattr(request, "htmx", None):
        response = HttpResponse(status=status)
        said = {**context, "request_id": request_id}
        response["HX-Trigger"] = json.dumps({"trouble": said})
    elif status in BARE:
        response = _bare(request, status, text=text)
    else:
        shown = {**context, "error_link": link}
        response = render(request, "failover/error.html", shown, status=status)
    if status in RETRY_AFTER_S:
        response["Retry-After"] = RETRY_AFTER_S[status]
    return _as_trouble(response)


def _bare(request: HttpRequest, status: int, *, text: str = "") -> HttpResponse:
    """The page without its frame, which asks the database."""
    trouble = PAGES[status]
    shown = {
        "error_status": status,
        "error_title": trouble.title,
        "error_text": text or trouble.text,
        "error_advice": trouble.advice,
        "request_id": request.META.get("swapboard.request_id", ""),
        "theme": request.COOKIES.get("theme", "auto"),
    }
    told = loader.render_to_string("failover/error.html", shown)
    return HttpResponse(told, status=status)
