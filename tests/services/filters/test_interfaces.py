"""Free text and tokens find the rows that they name, on both databases."""

import pytest
from django.http import QueryDict

from failover import models
from failover.services import paging, queries
from failover.services.filters import InterfaceFilter
from tests.services.filters.shelf import a_region, shelve

WEB, DATABASE, NAT = "eni-0a", "eni-0b", "eni-0c"

CASES: tuple[tuple[str, list[str]], ...] = (
    ("", [WEB, DATABASE, NAT]),
    # Free text: any part of ids, addresses, descriptions, groups and tags.
    ("q=FRONT", [WEB]),
    ("q=10.0.0.7", [WEB]),
    ("q=eipalloc-1", [WEB]),
    ("q=203.0.113", [WEB]),
    ("q=public-web", [WEB]),
    ("q=env%3Dprod", [WEB]),
    ("q=%22two words%22", [WEB]),
    ("q=two door", [WEB]),
    ("q=100%25", [WEB]),
    ("q=10_0", []),
    ("q=i- data", [DATABASE]),
    ("q=nothing", []),
    # Tokens, also among the words, and as parameters of their own.
    ("f=status=available", [NAT]),
    ("status=in-use", [WEB, DATABASE]),
    ("q=status%3Davailable", [NAT]),
    ("q=vpc_id%3Dvpc-1 web", [WEB]),
    ("f=status!=available&f=name!=web", [DATABASE]),
    ("f=name:WE", [WEB]),
    ("f=name!:we", [DATABASE, NAT]),
    ("f=name^data", [DATABASE]),
    ("f=name=(empty)", [NAT]),
    ("f=instance_id!=(empty)", [WEB, DATABASE]),
    # The same property: any of them. Different ones: all.
    ("f=name=web&f=name=database", [WEB, DATABASE]),
    ("status=available&f=status=in-use", [WEB, DATABASE, NAT]),
    ("f=name=web&f=status=available", []),
    ("f=device_index>=0&f=device_index<=0", [DATABASE]),
    ("f=device_index=(empty)", [NAT]),
    ("f=requester_managed=true", [NAT]),
    # One of several.
    ("f=private_ip=10.0.0.7", [WEB]),
    ("f=private_ip=10.0.0.1", [WEB]),
    ("f=private_ip:10.0.0.1", [WEB, NAT]),
    ("f=public_ip=203.0.113.9", [WEB]),
    ("f=security_group:web", [WEB]),
    ("f=security_group=sg-2", [DATABASE]),
    # Tags.
    ("f=tag:Env=prod", [WEB]),
    ("f=tag:Env=prod&f=tag:Env=staging", [WEB, DATABASE]),
    ("f=tag:Env=prod&f=tag:Name=database", []),
    ("f=tag:Env!=prod", [DATABASE, NAT]),
    ("f=tag:Env:pro", [WEB]),
    ("f=tag:Env:(empty)", [WEB, DATABASE]),
    ("f=tag:Env:web", []),
    ("f=tag:Env^sta", [DATABASE]),
    ("f=tag:Empty=(empty)", [DATABASE]),
    ("f=tag:Env=(not tagged)", [NAT]),
    ("f=tag:Env!=(not tagged)", [WEB, DATABASE]),
    ("f=tag:%22a=b%22=c", [WEB]),
    ("f=tag:a=b=c", []),
    # What moves it.
    ("pair=web-pair", [WEB]),
    ("f=pair=(empty)", [DATABASE, NAT]),
    ("f=pair!=(empty)", [WEB]),
    ("f=pair^web", [WEB]),
    ("account=DEFAULT&region=eu-west-1", [WEB, DATABASE, NAT]),
    ("f=observed_at>=2026-09-21", [WEB, DATABASE, NAT]),
    ("f=observed_at<=2026-09-20", []),
)
FAULTS = (
    ("f=colour=red", "f", "no property colour"),
    ("f=nonsense", "f", "property, operator, value"),
    ("f=status^in", "f", "compared by one of"),
    ("f=device_index=two", "f", "whole number"),
    ("f=observed_at>=yesterday", "f", "a time such as"),
    ("f=observed_at>=9999-12-31", "f", "within this calendar"),
    ("requester_managed=perhaps", "requester_managed", "true or false"),
    ("f=tag:Env^(not tagged)", "f", "with = and != alone"),
    ("f=name=" + "x" * 2000, "f", "too long"),
)


@pytest.fixture
def shelf(database: str) -> models.Region:
    region = a_region()
    shelve(
        region,
        {
            "interface_id": WEB,
            "description": "Serves the Front door 100%",
            "tags": {"Name": "web", "Env": "prod", "a=b": "c", "Note": "two words"},
            "instance_id": "i-1",
            "vpc_id": "vpc-1",
            "private_ip": "10.0.0.1",
            "public_ip": "203.0.113.9",
            "private_ips": [
                {"address": "10.0.0.1", "public_ip": ""},
                {
                    "address": "10.0.0.7",
                    "public_ip": "203.0.113.9",
                    "allocation_id": "eipalloc-1",
                },
            ],
            "security_groups": [{"id": "sg-1", "name": "Public-Web"}],
            "device_index": 1,
        },
        {
            "interface_id": DATABASE,
            "tags": {"Name": "database", "Env": "staging", "Empty": ""},
            "instance_id": "i-2",
            "vpc_id": "vpc-1",
            "private_ip": "10.0.0.2",
            "security_groups": [{"id": "sg-2", "name": "inner"}],
            "device_index": 0,
        },
        {
            "interface_id": NAT,
            "status": "available",
            "tags": {},
            "vpc_id": "vpc-2",
            "private_ip": "10.0.0.11",
            "requester_managed": True,
        },
    )
    models.Pair.objects.create(
        name="web-pair",
        region=region,
        strategy="eni",
        primary_instance_id="i-1",
        standby_instance_id="i-2",
        network_interface_id=WEB,
        created_at="2026-11-29T00:00:00Z",
    )
    return region


def found(query: str) -> list[str]:
    """Ids of what is found, the same as a whole and as a page's rows."""
    asked = InterfaceFilter(QueryDict(query), queryset=queries.list_interfaces())
    assert not asked.errors, asked.errors
    whole = sorted(row.interface_id for row in asked.qs)
    page = paging.cut(
        every=queries.list_interfaces(),
        found=asked.qs,
        order=["interface_id"],
        offset=0,
        size=50,
        texts=asked.texts,
        for_reader=True,
    )
    assert [row.interface_id for row in page.rows] == whole
    return whole


def test_a_question_finds_its_rows(shelf: models.Region) -> None:
    answers = {query: found(query) for query, _ in CASES}

    assert answers == dict(CASES)


def test_a_filter_that_cannot_be_is_told_and_left_out(shelf: models.Region) -> None:
    for query, parameter, words in FAULTS:
        asked = InterfaceFilter(QueryDict(query), queryset=queries.list_interfaces())

        assert words in " ".join(asked.errors[parameter])
        assert asked.qs.count() == 3


def test_what_has_changed_is_found_by_its_new_words_only(shelf: models.Region) -> None:
    row = models.NetworkInterface.objects.get(interface_id=WEB)
    shelve(
        shelf,
        {"interface_id": WEB, "tags": {"Name": "web2"}, "observed_began_at": 1.8e9},
    )

    assert found("q=web2") == [WEB]
    assert found("q=front") == []
    assert models.InterfaceText.objects.get(row=row).text.count("web2") == 1


def test_an_older_look_does_not_bring_its_words_back(shelf: models.Region) -> None:
    shelve(
        shelf, {"interface_id": WEB, "tags": {"Name": "old"}, "observed_began_at": 1.0}
    )

    assert found("q=old") == []
    assert found("q=front") == [WEB]


def test_many_filters_are_few_queries(
    shelf: models.Region, django_assert_num_queries: object
) -> None:
    query = "q=web&f=tag:Env=prod&f=status=in-use&f=pair!=(empty)&f=private_ip=10.0.0.7"

    # One as a whole. As a page: the texts, the keys of what else is asked, the rows.
    with django_assert_num_queries(1 + 3):  # type: ignore[operator]
        assert found(query) == [WEB]
