"""Whether the database still refuses to rewrite the audit, and how to mend it.

What must stand in the database is what the migration has put there.
"""

import importlib
import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

MIGRATION: Any = importlib.import_module(
    "failover.migrations.0002_audit_is_append_only"
)
TABLE: str = MIGRATION.TABLE
# pg_trigger.tgtype: what the bits of a trigger's kind say.
BITS = {"FOR EACH ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16}
BITS["TRUNCATE"] = 32
# Replication roles may switch triggers off; `O` and `A` fire for everybody else.
ENABLED = ("O", "A")


def list_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The guards that are gone, switched off or not what they should be."""
    if connection.vendor == "sqlite":
        return _list_missing_in_sqlite(connection)
    return _list_missing_in_postgresql(connection)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place anew. The caller's transaction makes it one step."""
    with connection.cursor() as cursor:
        MIGRATION.remove(cursor, vendor=connection.vendor)
        MIGRATION.install(cursor, vendor=connection.vendor)


def _list_missing_in_sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            " AND tbl_name = %s",
            [TABLE],
        )
        found = {name: _plain(text) for name, text in cursor.fetchall()}
    return [
        name
        for name, body in MIGRATION.SQLITE.items()
        if found.get(name) != _plain(f"CREATE TRIGGER {name} {body}")
    ]


def _list_missing_in_postgresql(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, t.tgenabled::text, t.tgtype, p.proname, p.prosrc"
            " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = to_regclass(%s) AND NOT t.tgisinternal",
            [TABLE],
        )
        found = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
    return [
        name
        for name, body in MIGRATION.POSTGRESQL.items()
        if not _is_as_made(found.get(name), body)
    ]


def _is_as_made(found: tuple[Any, ...] | None, body: str) -> bool:
    if found is None:
        return False
    enabled, kind, function, source = found
    wanted = sum(bit for word, bit in BITS.items() if word in body)
    return (
        enabled in ENABLED
        and kind == wanted
        and f"FUNCTION {function}()" in body
        and _plain(source) == _plain(MIGRATION.POSTGRESQL_FUNCTIONS[function])
    )


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()
