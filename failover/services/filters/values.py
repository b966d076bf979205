"""The values that a property has, to be offered where one filters by it."""

from typing import Any

from django.db.models import QuerySet

from failover.services.filters.table import Table

MOST_VALUES = 100


def list_values(table: type[Table], rows: QuerySet[Any], name: str) -> list[str]:
    """The first of them in their order; none for properties of too many values."""
    asked = table.known().get(name)
    if asked is None:
        return []
    if asked.choices or not asked.column:
        return list(asked.choices)
    found = rows.order_by(asked.column).values_list(asked.column, flat=True)
    return [str(value) for value in found.distinct()[:MOST_VALUES] if value]
