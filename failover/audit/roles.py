"""What the application's own role may do where another role owns the tables.

PostgreSQL only. It may read and insert the audit and its anchors, and change every
other table; it can neither drop a guard nor switch it off.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

GROW_ONLY = ("failover_auditentry", "failover_auditanchor")
READ_ONLY = ("django_migrations",)
FORBIDDEN = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")


def grant(owner: BaseDatabaseWrapper, *, role: str) -> None:
    """Give the role its rights, and no more. `owner` is the owner's connection."""
    who = sql.Identifier(role)
    with owner.cursor() as cursor:
        _run(cursor, "GRANT USAGE ON SCHEMA public TO {}", who)
        _run(
            cursor,
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            who,
        )
        _run(cursor, "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}", who)
        for table in GROW_ONLY:
            _run(cursor, "REVOKE ALL ON {} FROM {}", sql.Identifier(table), who)
            _run(cursor, "GRANT SELECT, INSERT ON {} TO {}", sql.Identifier(table), who)
        for table in READ_ONLY:
            _run(cursor, "REVOKE ALL ON {} FROM {}", sql.Identifier(table), who)
            _run(cursor, "GRANT SELECT ON {} TO {}", sql.Identifier(table), who)


def list_excess(connection: BaseDatabaseWrapper) -> list[str]:
    """What the connection's role may do to the audit beyond reading and inserting.

    Empty on SQLite, where whoever has the file may do everything anyway.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right_name FROM unnest(%s::text[]) AS right_name"
            " WHERE has_table_privilege(current_user, %s, right_name)",
            [list(FORBIDDEN), GROW_ONLY[0]],
        )
        return [row[0] for row in cursor.fetchall()]


def _run(cursor: Any, statement: str, *names: sql.Identifier) -> None:
    # Django's wrapper wants text; psycopg has quoted the names.
    cursor.execute(sql.SQL(statement).format(*names).as_string(cursor.connection))
