"""Triggers that let the audit only grow, by one row at its end.

A later migration that alters the table on SQLite must install them again: SQLite
alters by copying the table, and a copy has no triggers. `install` and `remove` take
anything with `execute`: a schema editor or a cursor.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "failover_auditentry"


class Executor(Protocol):
    def execute(self, sql: Any, params: Any = None) -> Any: ...


# REPLACE deletes without firing delete triggers, so what could be replaced is refused
# before: a number in use, and a rowid that is not the number.
SQLITE = {
    "audit_refuses_update": f"""
        BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    "audit_refuses_delete": f"""
        BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    "audit_grows_at_its_end": """
        BEFORE INSERT ON failover_auditentry
        WHEN NEW.seq IS NOT
            (SELECT COALESCE(MAX(seq), 0) + 1 FROM failover_auditentry)
        BEGIN SELECT RAISE(ABORT, 'the audit grows by one at its end'); END""",
    "audit_keeps_its_rowids": f"""
        AFTER INSERT ON {TABLE}
        WHEN NEW.rowid IS NOT NEW.seq
        BEGIN SELECT RAISE(ABORT, 'the audit grows by one at its end'); END""",
}

POSTGRESQL_FUNCTIONS = {
    "audit_refuse_change": """
        BEGIN RAISE EXCEPTION 'the audit is append-only'; END""",
    "audit_check_end": """
        BEGIN
            IF NEW.seq IS DISTINCT FROM
                (SELECT COALESCE(MAX(seq), 0) + 1 FROM failover_auditentry)
            THEN RAISE EXCEPTION 'the audit grows by one at its end';
            END IF;
            RETURN NEW;
        END""",
}
POSTGRESQL = {
    "audit_refuses_change": f"""
        BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()""",
    "audit_refuses_truncate": f"""
        BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()""",
    "audit_grows_at_its_end": f"""
        BEFORE INSERT ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION audit_check_end()""",
}


def install(executor: Executor, *, vendor: str) -> None:
    """Make the table append-only."""
    for sql in _creations(vendor):
        executor.execute(sql)


def remove(executor: Executor, *, vendor: str) -> None:
    """Make it a table like any other, as tests that empty all tables need it."""
    if vendor == "sqlite":
        for name in SQLITE:
            executor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name in POSTGRESQL:
        executor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}")
    for name in POSTGRESQL_FUNCTIONS:
        executor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _creations(vendor: str) -> Iterable[str]:
    if vendor == "sqlite":
        return [f"CREATE TRIGGER {name} {body}" for name, body in SQLITE.items()]
    functions = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        for name, body in POSTGRESQL_FUNCTIONS.items()
    ]
    triggers = [f"CREATE TRIGGER {name} {body}" for name, body in POSTGRESQL.items()]
    return [*functions, *triggers]


def _forwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    install(editor, vendor=editor.connection.vendor)


def _backwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    remove(editor, vendor=editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("failover", "0001_accounts_inventory_pairs_jobs")]

    operations = [migrations.RunPython(_forwards, _backwards)]
