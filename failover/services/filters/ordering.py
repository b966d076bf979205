"""The order of rows that `?ordering=` asks for, complete to the last row."""

from typing import Any

from django.db.models import F

from failover.services.filters.table import Table


def order_by(table: type[Table], asked: str) -> list[Any]:
    """Columns for `a,-b`, or the table's own for nothing; empty if a name is unknown.

    The primary key comes last and the same way, as the indexes have it.
    """
    names = [name.strip() for name in asked.split(",")] if asked else []
    if any(name.removeprefix("-") not in table.ordered for name in names):
        return []
    if not names:
        last = table.default_ordering[-1]
        return [*table.default_ordering, "-pk" if last.startswith("-") else "pk"]
    order: list[Any] = []
    for name in names:
        column = F(table.ordered[name.removeprefix("-")])
        order.append(column.desc() if name.startswith("-") else column.asc())
    return [*order, "-pk" if names[-1].startswith("-") else "pk"]
