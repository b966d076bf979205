"""The strategies that move in one call, as a program sees them."""

from collections.abc import Callable
from typing import Any

import pytest

from failover import models
from failover.api import job_shapes, pair_shapes
from failover.models import Job, Pair
from failover.services import inventory
from tests.api.asking import Ask
from tests.services.moving import ADDRESS, DESTINATION, FIRST, SECOND, Console
from tests.services.world import (
    ALLOCATION,
    FLOATING,
    PRIMARY,
    REGION,
    STANDBY,
    finish,
)

BASE = {
    "region": REGION,
    "primary_instance_id": PRIMARY,
    "standby_instance_id": STANDBY,
}


def vip(console: Console) -> dict[str, Any]:
    allocation = console.allocate()
    console.associate(allocation, FIRST)
    return {"strategy": "eip", "allocation_id": allocation}


def address(console: Console) -> dict[str, Any]:
    console.assign(ADDRESS, FIRST)
    return {"strategy": "private-ip", "private_ip": ADDRESS}


def routes(console: Console) -> dict[str, Any]:
    tables = console.make_tables(2)
    console.lead(tables, FIRST)
    console.stop_checking(FIRST, SECOND)
    return {
        "strategy": "route",
        "route_table_ids": tables,
        "destination_cidr": DESTINATION,
    }


@pytest.mark.parametrize("make", [vip, address, routes])
def test_a_pair_is_made_planned_swapped_and_seen(
    ada: Ask, console: Console, make: Callable[[Console], dict[str, Any]]
) -> None:
    moved = make(console)

    made = ada("POST", "pairs/", {**BASE, "name": "mover", **moved})

    assert made.status_code == 201, made.content
    pair = made.json()
    assert set(pair) == set(pair_shapes.Pair().fields)
    assert moved.items() <= pair.items()
    assert (pair["device_index"], pair["network_interface_id"]) == (0, None)
    assert pair["active_instance_id"] == pair["desired_instance_id"] == PRIMARY
    plan = ada("GET", "pairs/mover/plan").json()
    assert plan["to"] == STANDBY
    assert len(plan["plan_hash"]) == 64
    asked = {"to": STANDBY, "expected_active": PRIMARY, "plan_hash": plan["plan_hash"]}
    started = ada("POST", "pairs/mover/swap", {**asked, "force": True})
    assert started.status_code == 202, started.content
    assert set(started.json()) == set(job_shapes.Job().fields)
    finish(Job.objects.get())
    job = ada("GET", f"jobs/{started.json()['id']}").json()
    assert (job["state"], job["strategy"]) == ("succeeded", moved["strategy"])
    assert [s["name"] for s in job["steps"]] == ["check", "move", "verify"]
    assert ada("GET", "pairs/mover").json()["active_instance_id"] == STANDBY
    again = ada("POST", "pairs/mover/swap", {"to": STANDBY})
    assert (again.status_code, again.json()["code"]) == (409, "already_there")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"strategy": "eip"}, {"allocation_id"}),
        ({"strategy": "private-ip"}, {"private_ip"}),
        ({"strategy": "route"}, {"route_table_ids", "destination_cidr"}),
        ({"strategy": "eni"}, {"network_interface_id"}),
        ({}, {"network_interface_id"}),
        (
            {"strategy": "eip", "allocation_id": ALLOCATION, "private_ip": ADDRESS},
            {"private_ip"},
        ),
        (
            {"strategy": "eni", "network_interface_id": FLOATING, "device_index": 0},
            {"device_index"},
        ),
        ({"strategy": "private-ip", "private_ip": "20.0.1"}, {"private_ip"}),
        (
            {
                "strategy": "route",
                "route_table_ids": ["rtb-1; drop"],
                "destination_cidr": "10.9.0.0/16",
            },
            {"route_table_ids"},
        ),
        (
            {
                "strategy": "route",
                "route_table_ids": ["rtb-12345678"],
                "destination_cidr": "10.9.1.0/16",
            },
            {"destination_cidr"},
        ),
        ({"strategy": "dns"}, {"strategy"}),
    ],
)
def test_missing_and_foreign_fields_are_named(
    ada: Ask, body: dict[str, Any], fields: set[str]
) -> None:
    reply = ada("POST", "pairs/", {**BASE, "name": "mover", **body})

    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
    assert set(reply.json()["errors"]) == fields
    assert Pair.objects.count() == 0


def test_what_get_shows_may_be_sent_back_and_what_moves_stays(
    ada: Ask, console: Console
) -> None:
    ada("POST", "pairs/", {**BASE, "name": "mover", **routes(console)})
    shown = ada("GET", "pairs/mover").json()

    same = ada("PATCH", "pairs/mover", shown)
    other = ada("PATCH", "pairs/mover", {"destination_cidr": "10.8.0.0/16"})
    fewer = ada("PATCH", "pairs/mover", {"route_table_ids": []})
    one = ada("PATCH", "pairs/mover", {"route_table_ids": shown["route_table_ids"][:1]})

    assert same.status_code == 200, same.content
    assert (other.status_code, fewer.status_code) == (400, 400)
    assert one.json()["route_table_ids"] == shown["route_table_ids"][:1]


def test_advice_compares_the_strategies_for_a_pairs_instances(
    ada: Ask, console: Console, region: models.Region
) -> None:
    ada("POST", "pairs/", {**BASE, "name": "mover", **address(console)})
    ada("POST", "pairs/mover/swap", {"force": True})
    finish(Job.objects.get())
    inventory.sync(region)

    reply = ada("GET", "pairs/mover/advice")

    assert reply.status_code == 200, reply.content
    advice = reply.json()
    assert set(advice) == set(pair_shapes.Advice().fields)
    by_strategy = {a["strategy"]: a for a in advice["strategies"]}
    assert set(by_strategy) == {"eni", "eip", "private-ip", "route"}
    own = by_strategy["private-ip"]
    assert set(own) == set(pair_shapes.StrategyAdvice().fields)
    assert (own["current"], own["possible"]) == (True, True)
    assert (own["measured_from"], own["measured_of"]) == (1, "pair")
    assert "private_ip" in own["keeps"]
    route = by_strategy["route"]
    assert (route["possible"], route["measured_of"]) == (False, "nobody")
    assert [c["code"] for c in route["checks"]] == ["source_dest_check"]


def test_advice_on_a_pair_looks_at_the_interface_that_the_pair_leads_to(
    ada: Ask, console: Console, region: models.Region
) -> None:
    ada("POST", "pairs/", {**BASE, "name": "mover", **address(console)})
    Pair.objects.update(device_index=5)
    inventory.sync(region)

    advice = ada("GET", "pairs/mover/advice").json()["strategies"]

    (own,) = (a for a in advice if a["current"])
    assert {c["code"] for c in own["checks"]} == {"target_interface"}
    (eni,) = (a for a in advice if a["strategy"] == "eni")
    assert "Device index 1 " in str(eni["checks"])


def test_an_elastic_ip_names_the_pair_that_moves_it(
    ada: Ask, console: Console, region: models.Region
) -> None:
    moved = vip(console)
    ada("POST", "pairs/", {**BASE, "name": "mover", **moved})
    inventory.sync(region)

    shown = ada("GET", f"elastic-ips/{moved['allocation_id']}").json()

    assert shown["pair"] == "mover"
    assert ada("GET", "pairs?strategy=eip").json()["count"] == 1
    assert ada("GET", f"pairs?q={moved['allocation_id']}").json()["count"] == 1


def test_an_interface_whose_address_a_pair_moves_is_not_detached(
    ada: Ask, console: Console
) -> None:
    console.assign(ADDRESS, FLOATING)
    console.associate(console.allocate(), FLOATING, PrivateIpAddress=ADDRESS)
    console.attach(STANDBY, 1)
    body = {"strategy": "private-ip", "private_ip": ADDRESS, "device_index": 1}
    made = ada("POST", "pairs/", {**BASE, "name": "mover", **body})
    assert made.status_code == 201, made.content

    reply = ada("POST", f"network-interfaces/{FLOATING}/detach", {})

    assert (reply.status_code, reply.json()["code"]) == (409, "belongs_to_pair")
