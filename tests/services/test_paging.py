"""Pages of a table that is too big to count at every look, on both databases."""

from typing import Any

import pytest
from django.http import QueryDict

from failover import models
from failover.services import paging, queries
from failover.services.filters import InterfaceFilter
from failover.services.paging import FEW, LISTED, Cut
from tests.services.filters.shelf import a_region, shelve

MANY = FEW + 200
# Every tenth is of another team, and the very last is gone.
TEAMS = ["web"] * 9 + ["db"]
IN_WEB = MANY // 10 * 9


@pytest.fixture
def crowd(database: str) -> models.Region:
    region = a_region()
    rows = [
        {
            "interface_id": f"eni-{number:05d}",
            # Names run against the ids.
            "tags": {"Name": f"n-{MANY - number:05d}", "Team": TEAMS[number % 10]},
        }
        for number in range(MANY)
    ]
    for start in range(0, MANY, 400):
        shelve(region, *rows[start : start + 400])
    models.NetworkInterface.objects.filter(
        interface_id=rows[-1]["interface_id"]
    ).update(vanished_at="2026-11-29T00:00:00Z")
    return region


def cut(query: str, *, page: int = 1, **how: Any) -> Cut:
    every = queries.list_interfaces()
    asked = InterfaceFilter(QueryDict(query), queryset=every)
    return paging.cut(
        every=every,
        found=asked.qs if asked.question.is_asked else None,
        order=["name", "pk"],
        offset=(page - 1) * 50,
        size=50,
        texts=asked.texts,
        read_by=asked.read_by,
        counted_by=InterfaceFilter.counted_by,
        **how,
    )


def test_pages_of_a_big_table_are_exact_as_far_as_they_go(
    crowd: models.Region,
) -> None:
    whole = cut("")
    assert (whole.count, whole.has_more) == (MANY - 1, False)
    last = cut("", page=10**6, for_reader=True)
    assert [row.name for row in last.rows][-1] == f"n-{MANY:05d}"

    # A reader gets the first of many, and is told that there are more.
    every = cut("q=eni-", page=10**6, for_reader=True)
    many = cut("q=team%3Dweb", page=10**6, for_reader=True)
    assert (every.count, every.has_more) == (many.count, many.has_more)
    assert (many.count, many.has_more) == (LISTED, True)
    assert every.offset == many.offset == LISTED - 50
    # n-00001 has vanished, so the page begins one later; every tenth is of no web.
    named = sorted(set(range(2, MANY + 1)) - set(range(1, MANY + 1, 10)))
    assert [row.name for row in many.rows] == [
        f"n-{number:05d}" for number in named[LISTED - 50 : LISTED]
    ]

    # A program gets the count, and every page.
    assert cut("q=eni-").count == MANY - 1
    end = cut("q=team%3Dweb", page=-(-IN_WEB // 50))
    assert (end.count, end.rows[-1].name) == (IN_WEB, f"n-{MANY:05d}")

    # Few finds are counted and cut by their keys.
    few = cut("q=db", page=2, for_reader=True)

    assert (few.count, few.has_more) == (MANY // 10 - 1, False)
    # The one that vanished was of this team.
    assert few.rows[0].name == "n-00511"
    mixed = cut("q=db&f=name^n-000", for_reader=True)
    assert [row.name for row in mixed.rows] == [
        f"n-{number:05d}" for number in range(11, 100, 10)
    ]
