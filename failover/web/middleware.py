"""What every answer of the pages has in common."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import unquote

from django.conf import settings
from django.contrib import auth, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from failover import redaction, wiring
from failover.services import scoping
from failover.services.people import freshness, sessions, tokens
from failover.web import access, errors, recording, zones

SITTING, SEEN = "sitting", "seen_at"
TOO_OLD = "You were signed out, because this session was unused or open for too long."
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
HEALTH = re.compile(r"/api/v1/pairs/[^/]+/health/?")
OURS = "failover.web"
KEPT_BY_NOBODY = ("text/html", "application/json", "application/problem+json")
# A form that is shown again, or a plan that cannot be carried out, has one of these.
REFUSED = frozenset({400, 409, 412, 422})
Answer = Callable[[HttpRequest], HttpResponse]


def _is_bare(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a page's view refused the method, which Django says with no words."""
    match = request.resolver_match
    is_ours = match is not None and match.func.__module__.startswith(OURS)
    return is_ours and response.status_code == 405


def _is_form(response: HttpResponse) -> bool:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return is_page and not errors.is_trouble(response)


class RequestId:
    """Give each request an id that its error page, its log lines and a proxy share."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else wiring.new_uuid().hex
        request.META["swapboard.request_id"] = request_id
        with redaction.hiding(lambda: _list_secrets(request)):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class FormsAnew:
    """Answer a browser with 200 where the page says itself what was refused.

    A browser writes every 4xx into its console as an error of the page, and a form that
    says what is missing is none. Who reads statuses sends neither of the two headers.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sent = request.headers
        is_browser = sent.get("Sec-Fetch-Dest") == "document" or "HX-Request" in sent
        if is_browser and response.status_code in REFUSED and _is_form(response):
            response.status_code = 200
        return response


class NoLargeBodies:
    """Refuse what is too large before a byte of it is read.

    Django counts the fields of a form only; the files in one it would write to disk,
    as many as a stranger sends.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = str(request.META.get("CONTENT_LENGTH") or "0")
        most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        is_api = request.path.startswith("/api/")
        if is_api or not said.isdigit() or int(said) <= most:
            # The API says so itself, in its own order.
            return self.get_response(request)
        return errors.unreadable(request, 413)


class NoTokensInAddresses:
    """Refuse a token in an address out loud, whether it would be good or not."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = tokens.find_in(unquote(request.get_full_path()))
        if not found:
            return self.get_response(request)
        tokens.tell_exposed(
            public_id=found, source_ip=str(request.META.get("REMOTE_ADDR", ""))
        )
        return errors.token_in_address(request)


class NoTokensInClear:
    """Refuse a program that comes without TLS where we are reached by TLS.

    A redirect would hide from it that its token crosses the network in clear. Who
    only asks after health sends none.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_program = request.path.startswith("/api/")
        if not settings.SECURE_SSL_REDIRECT or not is_program or request.is_secure():
            return self.get_response(request)
        if HEALTH.fullmatch(request.path):
            return self.get_response(request)
        return errors.in_clear(request)


class Sittings:
    """End sessions that were left alone or are too old; note the others' use.

    A page that asks again by itself is nobody's activity: htmx says which requests
    somebody has caused.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        self._keep(request)
        shown = request.session.get(freshness.SHOWN)
        response = self.get_response(request)
        if request.session.get(freshness.SHOWN) != shown:
            self._renew(request)
        return response

    def _renew(self, request: HttpRequest) -> None:
        """Who has shown once more who they are goes on with another cookie."""
        session, old = request.session, str(request.session.session_key)
        if session.get(SITTING) != old:
            return
        session.cycle_key()
        session[SITTING] = new = str(session.session_key)
        sessions.rename(key=old, new=new)

    def _keep(self, request: HttpRequest) -> None:
        session, now = request.session, wiring.now()
        key = str(session.session_key)
        if session.get(SITTING) != key:
            self._begin(request, key, now)
            return
        began_at = _moment(session.get(freshness.SIGNED_IN))
        seen_at = _moment(session.get(SEEN))
        if sessions.is_over(began_at=began_at, seen_at=seen_at, now=now):
            sessions.forget(key=key)
            # Flushes the session: its cookie opens nothing any more.
            auth.logout(request)
            messages.info(request, TOO_OLD)
        elif now - seen_at > sessions.SEEN_EVERY and _is_activity(request):
            session[SEEN] = now.timestamp()
            sessions.see(key=key, now=now)

    def _begin(self, request: HttpRequest, key: str, now: datetime) -> None:
        session = request.session
        session[SITTING] = key
        session[freshness.SIGNED_IN] = session[SEEN] = now.timestamp()
        sessions.begin(
            user_id=request.user.pk or 0,
            key=key,
            source_ip=str(request.META.get("REMOTE_ADDR", "")),
            agent=request.headers.get("User-Agent", ""),
        )


class Eyes:
    """Let every read of the request see what its user may see, and nothing else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with scoping.seen_by(lambda: access.find_actor(request)):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse):
                chunks = cast(Iterable[bytes], response.streaming_content)
                response.streaming_content = scoping.kept(chunks)
            return response


class Unreadable:
    """Answer for a request that the web server could not read, in its place.

    The server says so beside the request, where no header can.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = request.META.get("swapboard.unreadable")
        if status is None:
            return self.get_response(request)
        return errors.unreadable(request, int(status))


class Pages:
    """Shut every view of the pages that names no role; keep fragments out of caches."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_bare(request, response):
            allowed = response.headers.get("Allow", "")
            response = errors.page(request, response.status_code)
            response["Allow"] = allowed
        patch_vary_headers(response, ("HX-Request", "Cookie"))
        if response.headers.get("Content-Type", "").startswith(KEPT_BY_NOBODY):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        _args: tuple[Any, ...],
        _kwargs: dict[str, Any],
    ) -> None:
        if view.__module__.startswith("failover.api"):
            # The API has a door of its own, which is shut by default too.
            timezone.deactivate()
            return
        if not hasattr(view, access.ROLE_ATTRIBUTE):
            raise PermissionDenied("This page does not say who may see it.")
        zones.activate(request)


def _list_secrets(request: HttpRequest) -> list[str]:
    """What came as a secret, as far as it was read: none of it belongs into a log."""
    _, _, sent = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    # `vars`: an error is told here, and must not be what reads the body.
    form = vars(request).get("_post") or _parse(vars(request).get("_body", b""))
    fields = [str(form[name]) for name in form if redaction.is_secret_name(name)]
    # A text of many lines stands in an error with its breaks written out.
    lines = [line for field in fields for line in field.splitlines()]
    return [sent.strip(), *request.COOKIES.values(), *lines]


def _parse(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body) if len(body) <= recording.MOST_BODY else {}
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _moment(stamp: Any) -> datetime:
    return datetime.fromtimestamp(float(stamp or 0), tz=UTC)


def _is_activity(request: HttpRequest) -> bool:
    is_htmx = request.headers.get("HX-Request") == "true"
    return not is_htmx or request.method != "GET" or "X-Activity" in request.headers
