"""Lists answer what their pages show: the same filters, orders and saved views."""

import pytest
from django.test import Client

from failover import models, wiring
from tests.api.asking import Ask, asker
from tests.services.world import FLOATING, make_token

pytestmark = pytest.mark.usefixtures("article")


def ids(ask: Ask, query: str) -> list[str]:
    reply = ask("GET", f"network-interfaces/?{query}")
    assert reply.status_code == 200, reply.content
    return [row["id"] for row in reply.json()["results"]]


def save(owner: str, slug: str, query: str, *, is_shared: bool) -> None:
    models.SavedView.objects.create(
        owner=models.User.objects.get(username=owner),
        table="interfaces",
        slug=slug,
        name=slug,
        query=query,
        is_shared=is_shared,
        saved_at=wiring.now(),
    )


def test_lists_are_cut_ordered_and_searched(olga: Ask) -> None:
    first = olga("GET", "network-interfaces/?limit=2&ordering=-id").json()
    ids = [i["id"] for i in first["results"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 2
    following = Client(headers={}).get(first["next"])
    assert following.status_code == 401
    assert "offset=2" in first["next"]
    found = olga("GET", "network-interfaces/?q=secondary").json()["results"]
    assert FLOATING in {i["id"] for i in found}
    by_pair = olga("GET", "network-interfaces/?pair=article").json()["results"]
    assert [i["id"] for i in by_pair] == [FLOATING]
    for bad in ("limit=x", "offset=-1", "ordering=secret", "limit=9e9"):
        reply = olga("GET", f"network-interfaces/?{bad}")
        assert (reply.status_code, reply.json()["code"]) == (400, "invalid"), bad
    assert olga("GET", f"pairs/?offset={'9' * 15}").json()["results"] == []


def test_a_list_takes_tokens_and_words(olga: Ask) -> None:
    assert ids(olga, "f=pair=article") == [FLOATING]
    assert FLOATING not in ids(olga, "f=pair!=article&status=in-use")
    assert ids(olga, "q=pair%3Darticle in-use") == []
    assert ids(olga, "q=pair%3Darticle secondary") == [FLOATING]
    refused = olga("GET", "network-interfaces/?f=colour=red")
    assert refused.status_code == 400
    assert "colour" in refused.json()["errors"]["f"][0]


def test_pages_of_a_list_hold_each_row_once(olga: Ask) -> None:
    every = ids(olga, "ordering=status,-id")

    cut = [ids(olga, f"ordering=status,-id&limit=2&offset={at}") for at in (0, 2, 4)]

    assert [row for page in cut for row in page] == every[:6]
    assert ids(olga, "limit=2&offset=100") == []


def test_a_saved_view_is_its_filters_and_its_order(olga: Ask) -> None:
    asker(make_token("anna", "viewer"))
    save("anna", "in-use", "f=status=in-use&ordering=-id", is_shared=True)
    save("anna", "hers", "", is_shared=False)

    assert ids(olga, "view=in-use") == ids(olga, "status=in-use&ordering=-id")
    assert ids(olga, "view=in-use&f=pair=article") == [FLOATING]
    assert ids(olga, "view=in-use&ordering=id") == sorted(ids(olga, "view=in-use"))
    assert olga("GET", "network-interfaces/?view=hers").status_code == 404
    assert olga("GET", "pairs/?view=in-use").status_code == 404
