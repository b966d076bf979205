"""The middleware behind which no request that changes something goes unrecorded."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError

from failover.audit import asking
from failover.audit.asking import Asking
from failover.models import User
from failover.services import recording
from failover.services.people import tokens
from failover.services.recording import Answered
from failover.web import errors

log = structlog.get_logger(__name__)

API = "/api/"
# A view with this attribute changes nothing but the browser that asks.
CHANGES_NOTHING = "changes_nothing"
# An answer with this attribute is a form drawn anew: nothing was asked for yet.
IS_DRAFT = "is_draft"
MOST_BODY = 64 * 1024
UNREADABLE = (RequestDataTooBig, UnreadablePostError, RawPostDataException, ValueError)
Answer = Callable[[HttpRequest], HttpResponse]


def changes_nothing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose POST changes nothing of ours: it is recorded when refused."""
    setattr(view, CHANGES_NOTHING, True)
    return view


def as_draft(response: HttpResponse) -> HttpResponse:
    """Mark the answer to a form that somebody is still filling in."""
    setattr(response, IS_DRAFT, True)
    return response


class Recording:
    """Record what has left no row of its own; without that row, no answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = Asking(source_ip=str(request.META.get("REMOTE_ADDR", "")))
        with asking.answering(asked):
            response = self.get_response(request)
            try:
                _tell(request, response, asked)
            except (DatabaseError, InterfaceError) as error:
                log.error(  # noqa: TRY400 - the trace says nothing more.
                    "audit.not_written",
                    method=request.method,
                    path=request.path,
                    status=response.status_code,
                    error=str(error),
                )
                return errors.unavailable(request)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """A database that does not answer is no defect: say so, and what was done."""
        if isinstance(exception, DatabaseError | InterfaceError):
            log.warning("request.failed", path=request.path, error=str(exception))
            return errors.unavailable(request)
        return None


def _tell(request: HttpRequest, response: HttpResponse, asked: Asking) -> None:
    if getattr(response, IS_DRAFT, False) and not asked.rows:
        return
    status = _status(request, response, asked)
    match = getattr(request, "resolver_match", None)
    answered = Answered(
        method=str(request.method),
        path=request.path,
        route=match.route if match else "",
        arguments=match.kwargs if match else {},
        status=status,
        authorization=str(request.META.get("HTTP_AUTHORIZATION", "")),
    )
    is_nothing = status < 400 and getattr(match and match.func, CHANGES_NOTHING, False)
    if is_nothing or not recording.must_tell(answered, asked):
        return
    _name_asker(request, answered, asked)
    fields = {} if answered.is_read else _fields(request)
    recording.tell(replace(answered, fields=fields), asked)


def _status(request: HttpRequest, response: HttpResponse, asked: Asking) -> int:
    """What the answer means: pages say no in forms and on the way to the login."""
    status = int(response.status_code)
    if request.path.startswith(API) or request.method in recording.READS:
        return status
    login = str(settings.LOGIN_URL)
    if status == 302 and response["Location"].startswith(f"{login}?next="):
        return 401
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    # Every page that did what it was asked leads on; one that stays shows its errors.
    if status == 200 and is_page and not asked.rows:
        return 422
    return status


def _name_asker(request: HttpRequest, answered: Answered, asked: Asking) -> None:
    if asked.actor:
        return
    if answered.authorization:
        # Refused before anybody asked who it is (contract.md: 400 before 401).
        _, _, raw = answered.authorization.partition(" ")
        actor = tokens.authenticate(raw.strip(), source_ip=asked.source_ip)
        if actor is not None:
            asked.actor, asked.token_id = actor.name, actor.token_id
        return
    user = getattr(request, "user", None)
    if isinstance(user, User):
        asked.actor = user.get_username()


def _fields(request: HttpRequest) -> Mapping[str, Any]:
    """What was sent, as far as it can be read: an object of JSON, or a form."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return {}
    try:
        if request.content_type == "application/json":
            body = request.body
            said = json.loads(body) if len(body) <= MOST_BODY else {}
            return said if isinstance(said, dict) else {}
        return {
            name: values if len(values) > 1 else values[0]
            for name, values in request.POST.lists()
            if values
        }
    except (*UNREADABLE, RecursionError):
        return {}
