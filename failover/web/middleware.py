"""What every answer of the pages has in common."""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from failover import wiring
from failover.web import access

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
Answer = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """Give each request an id that its error page, its log lines and a proxy share."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else wiring.new_uuid().hex
        request.META["swapboard.request_id"] = request_id
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class Pages:
    """Shut every view of the pages that names no role; keep fragments out of caches."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ("HX-Request", "Cookie"))
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self,
        _request: HttpRequest,
        view: Callable[..., HttpResponse],
        _args: tuple[Any, ...],
        _kwargs: dict[str, Any],
    ) -> None:
        ours = view.__module__.startswith("failover.web")
        if ours and not hasattr(view, access.ROLE_ATTRIBUTE):
            raise PermissionDenied("This page does not say who may see it.")
