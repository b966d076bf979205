"""The mirror's statements: many rows in one, each only where it is the newest look.

The ORM's own upsert knows no condition, so they are written here; SQLite and
PostgreSQL read them alike.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models.functions import Now

from failover import models
from failover.columns import Table
from failover.models import searches
from failover.models.inventory import Mirrored

# Rows in one statement: SQLite allows 32,766 bound values, PostgreSQL 65,535.
CHUNK = 500


def put(table: Table, rows: Sequence[Mirrored], *, is_change: bool = True) -> None:
    """Insert or replace the rows of one look, save where a newer one is there already.

    `is_change` stamps them as changed now, by the database's clock. What they are
    found by is written too.
    """
    for start in range(0, len(rows), CHUNK):
        _put(table, rows[start : start + CHUNK], is_change=is_change)
        _put_texts(table, rows[start : start + CHUNK])


def _put(table: Table, rows: Sequence[Mirrored], *, is_change: bool) -> None:
    fields = [f for f in table.model._meta.concrete_fields if not f.primary_key]  # noqa: SLF001
    quote = connection.ops.quote_name
    names = [quote(str(f.column)) for f in fields]
    assignments = ", ".join(f"{name} = excluded.{name}" for name in names)
    changed_at = _now_sql() if is_change else "NULL"
    one = ", ".join(changed_at if f.name == "changed_at" else "%s" for f in fields)
    into = quote(table.model._meta.db_table)  # noqa: SLF001 - Django's public name.
    statement = (
        f"INSERT INTO {into} ({', '.join(names)})"  # noqa: S608 - names of columns.
        f" VALUES {', '.join([f'({one})'] * len(rows))}"
        f" ON CONFLICT ({quote('region_id')}, {quote(table.key)})"
        f" DO UPDATE SET {assignments}"
        f" WHERE {into}.observed_began_at < excluded.observed_began_at"
    )
    values = [
        f.get_db_prep_save(getattr(row, f.attname), connection)
        for row in rows
        for f in fields
        if f.name != "changed_at"
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _put_texts(table: Table, rows: Sequence[Mirrored]) -> None:
    """Write what the rows are found by, where these looks are what the table has."""
    texts = searches.TEXTS.get(table.model)
    if texts is None:
        return
    quote = connection.ops.quote_name
    name = quote(table.model._meta.db_table)  # noqa: SLF001 - Django's public name.
    into = quote(texts._meta.db_table)  # noqa: SLF001 - Django's public name.
    given = ", ".join(["(%s, %s)"] * len(rows))
    statement = (
        f"WITH given (key, text) AS (VALUES {given})"  # noqa: S608 - names of tables.
        f" INSERT INTO {into} (row_id, text)"
        f" SELECT {name}.id, given.text FROM given JOIN {name}"
        f" ON {name}.region_id = %s AND {name}.{quote(table.key)} = given.key"
        f" WHERE {name}.observed_began_at = %s"
        f" ON CONFLICT (row_id) DO UPDATE SET text = excluded.text"
        f" WHERE {into}.text <> excluded.text"
    )
    first = rows[0]
    values = [v for r in rows for v in (getattr(r, table.key), searches.text_of(r))]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, first.region_id, first.observed_began_at])


def _now_sql() -> str:
    """The database's time in SQL, as the ORM writes it."""
    compiler = models.Region.objects.all().query.get_compiler(connection=connection)
    sql, _ = compiler.compile(Now())
    return str(sql)
