"""What gunicorn cannot read is answered by our page, and not repeated anywhere."""

import logging
import socket

import pytest
from django.conf import settings
from gunicorn.http import errors

from controlpanel.worker import Worker
from controlpanel.wsgi import application

CANARY = "c4n4ry-in-a-header"

# Django looks after its connections around each request, also where none is read.
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (errors.LimitRequestLine(9000, 8190), 414, "Too long an address"),
        (errors.LimitRequestHeaders(CANARY), 431, "Too much sent along"),
        (errors.InvalidHeader(CANARY), 400, "cannot be read"),
        (errors.InvalidRequestLine(CANARY), 400, "cannot be read"),
        (errors.UnsupportedTransferCoding(CANARY), 501, "cannot be read"),
        (RuntimeError("nobody knows"), 500, "Something broke"),
    ],
)
def test_what_cannot_be_read_is_answered_in_our_words_and_headers(
    error: Exception, status: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    worker: Worker = Worker.__new__(Worker)
    worker.wsgi = application
    ours, theirs = socket.socketpair()
    caplog.set_level(logging.INFO)

    with ours, theirs:
        worker.handle_error(None, ours, ("192.0.2.7", 4711), error)
        ours.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: theirs.recv(65536), b"")).decode()

    head, _, body = answer.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first.startswith(f"HTTP/1.1 {status} ")
    assert words in body
    assert headers["Content-Length"] == str(len(body.encode()))
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == settings.X_FRAME_OPTIONS
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"] in body
    assert CANARY not in answer + caplog.text
    assert "192.0.2.7" in caplog.text
