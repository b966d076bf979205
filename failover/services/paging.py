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
# A table of so many rows is big. Walking it along its order to a row costs what
# carrying and sorting as many keys does.
BIG = 100_000


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
    counted_by: Q | None = None,
    for_reader: bool = False,
) -> Cut:
    """`size` rows from `offset` of what was `found` of `every`; None: all of it.

    A search reads every row's text, so it is done once, for the keys of what it finds;
    `texts` says what it asks of them. Of more than `FEW` finds the rows are cut along
    the order's index: first the keys, which the index has, then this page's rows.

    A reader is brought back from beyond the last row to the last page, and is not kept
    waiting for a count beyond `LISTED` finds, nor for pages beyond them.
    """
    cutting, has_more = every, False
    if found is None:
        counting = every.filter(counted_by) if counted_by else every
        count = counting.order_by().count()
    else:
        keys = _keys(every, found, texts)
        count = len(keys)
        is_near = count**2 > (offset + size) * BIG
        if count <= FEW and not is_near:
            cutting = every.filter(pk__among=keys)
        else:
            cutting = texts.walk(every) if texts and texts.is_all else found
        if for_reader:
            has_more, count = count > LISTED, min(count, LISTED)
        elif count > FEW:
            count = found.order_by().count()
    if for_reader:
        offset = max(0, min(offset, (count - 1) // size * size))
    picked = list(
        cutting.order_by(*order).values_list("pk", flat=True)[offset : offset + size]
    )
    rows = {row.pk: row for row in every.filter(pk__in=picked)} if picked else {}
    # What vanished in between is left out.
    return Cut(
        rows=[rows[key] for key in picked if key in rows],
        count=count,
        offset=offset,
        has_more=has_more,
    )


def _keys(every: QuerySet[Any], found: QuerySet[Any], texts: Texts | None) -> list[Any]:
    """Keys of what was found, up to one more than a few."""
    rows = found.order_by().values_list("pk", flat=True)
    first = list(texts.keys[: FEW + 1]) if texts else []
    if texts and (texts.is_all or len(first) <= FEW):
        asking = every if texts.is_all else found
        keys = list(
            asking.order_by().filter(pk__among=first).values_list("pk", flat=True)
        )
        # Of many texts some may be of rows that are not to be seen, and hide others.
        if len(first) <= FEW or len(keys) > FEW:
            return keys
    return list(rows[: FEW + 1])
