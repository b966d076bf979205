"""A page of many rows at the price of few: counted and cut with no row read twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

# So many keys are cheaper to carry than to find again.
FEW = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The rows from `offset` on, and how many there are in all."""

    rows: list[Any]
    count: int
    offset: int


def cut(
    *,
    every: QuerySet[Any],
    found: QuerySet[Any] | None,
    order: Sequence[Any],
    offset: int,
    size: int,
    goes_back: bool = False,
) -> Cut:
    """`size` rows from `offset` of what was `found` of `every`; None: all of it.

    Beyond the last row there are none, or the last page if it `goes_back`. A search
    reads every row's text, so it is done once: few finds are kept by their keys. Many
    are counted, and cut by the order's index: first the keys, which the index has,
    then the rows of this page.
    """
    keys: list[Any] = []
    if found is not None:
        keys = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
    if found is not None and len(keys) <= FEW:
        count = len(keys)
        cutting = every.filter(pk__in=keys)
    else:
        cutting = every if found is None else found
        count = cutting.order_by().count()
    if goes_back:
        offset = max(0, min(offset, (count - 1) // size * size))
    picked = list(
        cutting.order_by(*order).values_list("pk", flat=True)[offset : offset + size]
    )
    rows = {row.pk: row for row in every.filter(pk__in=picked)} if picked else {}
    # What vanished in between is left out.
    return Cut(
        rows=[rows[key] for key in picked if key in rows], count=count, offset=offset
    )
