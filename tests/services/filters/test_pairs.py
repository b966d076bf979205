"""Pairs are found by their words and by the verdict last told, on both databases."""

from typing import Any

import pytest
from django.http import QueryDict

from failover import models, wiring
from failover.models import Pair
from failover.services import queries
from failover.services.filters import PairFilter, order_by
from tests.services.filters.shelf import a_region

Kept = dict[str, bool]
READY: Kept = {"is_ready": True}
NOT_READY: Kept = {"is_ready": False}
NEVER_TOLD: Kept = {}


@pytest.fixture
def pairs(database: str) -> models.Region:
    region = a_region()
    a_pair(region, "web-1", network_interface_id="eni-0aa", readiness_news=READY)
    a_pair(region, "web-2", allocation_id="eipalloc-0bb", readiness_news=NOT_READY)
    a_pair(region, "db-1", private_ip="10.1.0.9", readiness_news=NEVER_TOLD)
    return region


def a_pair(region: models.Region, name: str, **columns: Any) -> Pair:
    return Pair.objects.create(
        name=name,
        region=region,
        strategy="eni",
        primary_instance_id=f"i-{name}-a",
        standby_instance_id=f"i-{name}-b",
        created_at=wiring.now(),
        **columns,
    )


def asked(query: str) -> PairFilter:
    return PairFilter(QueryDict(query), queryset=queries.list_pairs())


def found(query: str) -> list[str]:
    return sorted(pair.name for pair in asked(query).qs)


def test_a_word_is_found_in_every_id_and_address_of_a_pair(pairs: Any) -> None:
    assert found("q=WEB") == ["web-1", "web-2"]
    assert found("q=i-web-1-b") == found("q=eni-0AA") == ["web-1"]
    assert found("q=eipalloc") == ["web-2"]
    assert found("q=10.1.0.9") == ["db-1"]
    # What a pattern would take for anything is itself.
    assert found("q=web_1") == found("q=%25") == []
    # One column does not run into the next.
    assert found("q=web-1i-web") == []


def test_a_pair_that_is_changed_is_found_by_its_new_words_only(pairs: Any) -> None:
    Pair.objects.filter(name="db-1").update(private_ip="10.1.0.77")

    assert found("q=10.1.0.77") == ["db-1"]
    assert found("q=10.1.0.9") == []


def test_a_pair_of_which_nothing_was_told_is_not_ready(pairs: Any) -> None:
    assert found("f=ready=true") == found("f=ready!=false") == ["web-1"]
    assert found("f=ready=false") == found("f=ready!=true") == ["db-1", "web-2"]

    Pair.objects.filter(name="db-1").update(readiness_news=READY)

    assert found("f=ready=true") == ["db-1", "web-1"]


def test_words_are_looked_for_in_an_index_and_not_in_the_rows(
    sqlite_database: str,
) -> None:
    looked = asked("q=web")

    plan = looked.qs.order_by(*looked.read_by).values_list("pk")[:9].explain()

    assert "USING INDEX words_of_pairs" in plan


def test_those_that_are_not_ready_come_first_where_health_is_the_order(
    pairs: models.Region,
) -> None:
    for said, names in (
        ("ready", ["db-1", "web-2", "web-1"]),
        ("-ready", ["web-1", "web-2", "db-1"]),
    ):
        rows = queries.list_pairs().order_by(*order_by(PairFilter, said))
        assert [pair.name for pair in rows] == names
