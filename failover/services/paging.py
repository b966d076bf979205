"""A page of many rows at the price of few: counted and cut with no row read twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from failover.services.filters.table import Texts

# So many finds are read by their keys.
FEW = 3000
# So many finds a reader gets in pages; who finds more has to ask for less.
LISTED = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The rows from `offset` on, and how many there are; `has_more`: at least."""

    rows: list[Any]
    count: int
    offset: int
    has_more: bool = False


def cut(  # noqa: PLR0913 - a question in its parts, each by name
    *,
    every: QuerySet[Any],
    found: QuerySet[Any] | None,
    order: Sequence[Any],
    offset: int,
    size: int,
    texts: Texts | None = None,
    read_by: Sequence[str] = (),
    counted_by: Q | None = None,
    for_reader: bool = False,
) -> Cut:
    """`size` rows from `offset` of what was `found` of `every`; None: all of it.

    A search reads every row's text, so it is done once, for the keys of what it finds;
    `texts` says what it asks of them, `read_by` in which order it is soonest done. Of
    more than `FEW` finds the rows are cut along the order's index: first the keys,
    which the index has, then this page's rows.

    A reader is brought back from beyond the last row to the last page, and is not kept
    waiting for a count beyond `LISTED` finds, nor for pages beyond them.
    """
    cutting, keys, has_more = every, None, False
    if found is None:
        count = (every.filter(counted_by) if counted_by else every).order_by().count()
    else:
        keys = _few(every, found, texts, read_by, order)
        count = FEW + 1 if keys is None else len(keys)
        cutting = texts.walk(every) if texts and texts.is_all else found
        if for_reader:
            has_more, count = count > LISTED, min(count, LISTED)
        elif keys is None:
            count = found.order_by().count()
    if for_reader:
        offset = max(0, min(offset, (count - 1) // size * size))
    if keys is None:
        keys = _pks(cutting.order_by(*order)[offset : offset + size])
    else:
        keys = keys[offset : offset + size]
    rows = {row.pk: row for row in every.filter(pk__in=keys)} if keys else {}
    # What vanished in between is left out.
    return Cut(
        rows=[rows[key] for key in keys if key in rows],
        count=count,
        offset=offset,
        has_more=has_more,
    )


def _few(
    every: QuerySet[Any],
    found: QuerySet[Any],
    texts: Texts | None,
    read_by: Sequence[str],
    order: Sequence[Any],
) -> list[Any] | None:
    """Keys of all that was found, in order; None if they are not few."""
    if texts:
        first = _pks(texts.rows[: FEW + 1])
        asking = every if texts.is_all else found
        if len(first) <= FEW:
            return _pks(asking.filter(pk__among=first).order_by(*order))
        # Of many texts some may be of rows that are not to be seen, and hide others.
        if texts.is_all and every.filter(pk__among=first).order_by().count() > FEW:
            return None
    keys = _pks(found.order_by(*read_by)[: FEW + 1])
    if len(keys) > FEW:
        return None
    return _pks(every.filter(pk__among=keys).order_by(*order))


def _pks(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.values_list("pk", flat=True))
