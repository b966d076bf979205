"""What the tests themselves lean on."""

import functools
import http.server
import socket
import threading
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Page


def test_a_test_cannot_leave_this_machine() -> None:
    with socket.socket() as probe, pytest.raises(PermissionError):
        probe.connect(("192.0.2.1", 80))


@pytest.mark.postgres
def test_each_test_has_an_empty_database_of_a_real_postgresql(
    postgres_database_url: str,
) -> None:
    with psycopg.connect(postgres_database_url) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()

    assert tables == (0,)


def test_a_real_valkey_answers(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.ping()


@pytest.mark.browser
def test_a_real_browser_opens_a_page_of_a_loopback_address(page: Page) -> None:
    folder = Path(__file__).parent
    serve = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.31.0.9", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    reply = page.goto(f"http://127.31.0.9:{server.server_port}/")

    assert reply is not None
    assert reply.status == 200
    server.shutdown()
    server.server_close()
