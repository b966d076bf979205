"""Gunicorn's worker and log, where they would speak for themselves.

What gunicorn cannot read (a line or headers too long, a broken header) never comes to
Django. It would answer with a page of its own, without our headers, that repeats what
was sent, and write that into its log; here Django answers with our page instead.
"""

import io
import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from gunicorn import glogging
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from controlpanel import logs

log = structlog.get_logger(__name__)

STATUSES: Mapping[type[Exception], int] = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    errors.UnsupportedTransferCoding: 501,
    errors.ForbiddenProxyRequest: 403,
}


class Worker(ThreadWorker):  # type: ignore[misc]
    """Threads, and our own words for what cannot be read."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Tell what was wrong by its kind alone: its text has what was sent."""
        source_ip, kind = str((addr or ("",))[0]), type(exc).__name__
        if isinstance(exc, errors.ParseException):
            status = next((s for k, s in STATUSES.items() if isinstance(exc, k)), 400)
            log.warning("request.unreadable", source_ip=source_ip, kind=kind)
        else:
            status = 500
            log.error("request.failed", source_ip=source_ip, exc_info=exc)
        try:
            client.sendall(self._render(status, source_ip))
        except OSError as error:
            log.debug("request.not_answered", error=str(error))

    def _render(self, status: int, source_ip: str) -> bytes:
        """Our page for the status, with every header that our pages have."""
        from django.conf import settings  # noqa: PLC0415 - ready in a worker only.

        public = urlsplit(settings.PUBLIC_URL)
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
            "SERVER_NAME": public.hostname or "localhost",
            "SERVER_PORT": "443",
            "HTTP_HOST": public.netloc,
            "REMOTE_ADDR": source_ip,
            "wsgi.url_scheme": public.scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "swapboard.unreadable": status,
        }
        head: list[tuple[str, str]] = []

        def start(_status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            head.extend(headers)

        body = b"".join(self.wsgi(environ, start))
        named = {"content-length", "connection"}
        lines = [f"{n}: {v}" for n, v in head if n.lower() not in named]
        lines += [f"Content-Length: {len(body)}", "Connection: close"]
        first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
        return "\r\n".join([first, *lines, "", ""]).encode("latin-1") + body


class Log(glogging.Logger):  # type: ignore[misc]
    """Gunicorn's own lines in our form, without secrets."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.make_formatter())
