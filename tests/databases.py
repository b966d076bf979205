"""Real databases for tests that commit: a fresh one per test, ready migrated.

A template is migrated once a session and copied for each test. The copy takes the
place of the default connection in every thread, so code under test sees it like the
product's own.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections


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


def copy_sqlite(template: Path, target: Path) -> None:
    """Copy a database that nobody has open; its log was merged at the last close."""
    for suffix in ("", "-wal", "-shm"):
        source = Path(f"{template}{suffix}")
        if source.exists():
            shutil.copy(source, f"{target}{suffix}")
    os.chmod(target, 0o600)
