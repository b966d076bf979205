"""The order of rows that `?ordering=` asks for, complete to the last row."""

from typing import Any

from django.db.models import F

from failover.models import Region
from failover.services.filters.table import Table


def order_by(table: type[Table], asked: str) -> list[Any]:
    """Columns for `a,-b`, or the table's own for nothing; empty if a name is unknown.

    What is alike comes by name where the table says so. The primary key comes last. All
    go the same way, as the indexes have it, and once: SQLite would sort by it again.
    """
    names = [name.strip() for name in asked.split(",")] if asked else []
    if any(name.removeprefix("-") not in table.ordered for name in names):
        return []
    if not names:
        last = table.default_ordering[-1]
        if last.removeprefix("-") in ("pk", _key(table)):
            return list(table.default_ordering)
        return [*table.default_ordering, "-pk" if last.startswith("-") else "pk"]
    order: list[Any] = []
    for name in names:
        column = _column(table.ordered[name.removeprefix("-")])
        if column is None:
            continue
        order.append(column.desc() if name.startswith("-") else column.asc())
    last, sign = names[-1].removeprefix("-"), "-" if names[-1].startswith("-") else ""
    if table.ordered[last] == _key(table):
        return order
    return [*order, *([f"{sign}name"] if last in table.grouped else []), f"{sign}pk"]


def _key(table: type[Table]) -> str:
    described: Any = table
    return str(described.Meta.model._meta.pk.name)  # noqa: SLF001 - public in Django.


def _column(name: str) -> F | None:
    """What to order by; None where all rows have the same.

    Names of regions and accounts stand beyond a join, which no index orders. Regions
    whose names come in the order of their keys are ordered by these.
    """
    begin, _, of_region = name.partition("region__")
    if begin or not of_region:
        return F(name)
    rows = list(Region.objects.order_by(of_region, "pk").values_list("pk", of_region))
    keys, names = [key for key, _ in rows], {found for _, found in rows}
    if len(names) < 2:
        return None
    return (
        F("region_id") if len(names) == len(keys) and keys == sorted(keys) else F(name)
    )
