"""Real databases for tests that commit: a fresh one per test, ready migrated.

A template is migrated once a run, by the first process that needs it, and copied for
each test. The copy takes the place of the default connection in every thread, so code
under test sees it like the product's own.
"""

import fcntl
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg import sql

from tests.environment import shared

ROOT = Path(__file__).resolve().parent.parent
SQLITE = "swapboard.sqlite3"
# PostgreSQL's template, in the one server of a run.
MIGRATED = "template_migrated"


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let one process of the run in, and the others wait for it."""
    with (shared() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def default_database(config: dict[str, Any]) -> Iterator[None]:
    """Let `config` be the default database, of all threads, for a while."""
    whole = connections.configure_settings({DEFAULT_DB_ALIAS: config})
    old_settings = connections.settings[DEFAULT_DB_ALIAS]
    old = connections[DEFAULT_DB_ALIAS]
    connections.settings[DEFAULT_DB_ALIAS] = whole[DEFAULT_DB_ALIAS]
    del connections[DEFAULT_DB_ALIAS]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        connections.settings[DEFAULT_DB_ALIAS] = old_settings
        connections[DEFAULT_DB_ALIAS] = old


def sqlite_config(path: Path) -> dict[str, Any]:
    return {**settings.DATABASES[DEFAULT_DB_ALIAS], "NAME": str(path), "TEST": {}}


def postgres_config(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(dj_database_url.parse(url))
    config["OPTIONS"] = {**config.get("OPTIONS", {}), "connect_timeout": 5}
    return config


def migrate(config: dict[str, Any]) -> None:
    with default_database(config):
        call_command("migrate", verbosity=0, skip_checks=True)


def sqlite_template() -> Path:
    """The migrated SQLite file of the run, to be copied.

    Made by a process of its own, so that who has no Django set up can have it, too.
    """
    folder = shared() / "sqlite"
    made = folder / "made"
    with one_at_a_time("sqlite"):
        if not made.exists():
            script = "import django; django.setup(); "
            script += "from django.core.management import call_command; "
            script += "call_command('migrate', verbosity=0)"
            environment = {
                "HOME": str(folder),
                "DATA_DIR": str(folder),
                "DJANGO_SETTINGS_MODULE": "controlpanel.settings",
            }
            ask = [sys.executable, "-c", script]
            subprocess.run(ask, cwd=ROOT, env=environment, check=True)
            made.touch()
    return folder / SQLITE


def postgres_template(server_url: str) -> str:
    """The name of the migrated database on the run's server, to be copied."""
    with one_at_a_time("postgresql"), administer(server_url) as admin:
        named = "SELECT 1 FROM pg_database WHERE datname = %s"
        if admin.execute(named, [MIGRATED]).fetchone() is None:
            # Renamed when it is whole: nobody takes a half of it for the template.
            fresh = f"{MIGRATED}_{secrets.token_hex(6)}"
            run_sql(admin, "CREATE DATABASE {}", fresh)
            migrate(postgres_config(f"{server_url.rpartition('/')[0]}/{fresh}"))
            run_sql(admin, "ALTER DATABASE {} RENAME TO {}", fresh, MIGRATED)
    return MIGRATED


@contextmanager
def postgres_copy(server_url: str, *, template: str = "template1") -> Iterator[str]:
    """The address of a database, dropped afterwards; empty without a template."""
    name = f"test_{secrets.token_hex(6)}"
    with administer(server_url) as admin:
        run_sql(admin, "CREATE DATABASE {} TEMPLATE {}", name, template)
    yield f"{server_url.rpartition('/')[0]}/{name}"
    with administer(server_url) as admin:
        run_sql(admin, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def administer(server_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server_url, autocommit=True) as admin:
        yield admin


def run_sql(admin: psycopg.Connection, text: str, *names: str) -> None:
    admin.execute(sql.SQL(text).format(*map(sql.Identifier, names)))


@contextmanager
def in_memory(template: Path) -> Iterator[None]:
    """Let a copy of the template in this process's memory be Django's database."""
    # Shared between the threads of the process, as Django's own test database is.
    config = {**sqlite_config(template), "NAME": "file:tests?mode=memory&cache=shared"}
    with default_database(config):
        connection.ensure_connection()
        # Immutable: it leaves no files of a log beside the template.
        source = sqlite3.connect(f"file:{template}?immutable=1", uri=True)
        with closing(source):
            source.backup(connection.connection)
        yield


def copy_sqlite(template: Path, target: Path) -> None:
    """Copy a database that nobody has open; its log was merged at the last close."""
    for suffix in ("", "-wal", "-shm"):
        source = Path(f"{template}{suffix}")
        if source.exists():
            shutil.copy(source, f"{target}{suffix}")
    os.chmod(target, 0o600)
