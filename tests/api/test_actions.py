"""The REST calls of the console's actions, as contract.md writes them."""

from typing import Any

import pytest

from failover import models, wiring
from failover.api import act_shapes, ec2_shapes
from failover.models import Pair
from failover.services import idempotency
from failover.services.acts import choices
from tests.api.asking import API, Ask
from tests.services.acts import stage
from tests.services.world import (
    ALLOCATION,
    FLOATING,
    REGION,
    STANDBY,
    Sim,
)


def test_an_interface_from_its_making_to_its_end(
    olga: Ask, ada: Ask, region: models.Region
) -> None:
    subnet = stage.subnet_of(region)
    network = subnet.cidr_block.rsplit(".", 1)[0]
    made = olga(
        "POST",
        "network-interfaces",
        {
            "region": REGION,
            "subnet_id": subnet.subnet_id,
            "description": "spare",
            "private_ip": f"{network}.99",
            "tags": {"Name": "spare"},
        },
    )
    assert made.status_code == 201, made.content
    eni = made.json()
    assert set(eni) == set(ec2_shapes.Interface().fields)
    assert (eni["private_ip"], eni["tags"]) == (f"{network}.99", {"Name": "spare"})
    path = f"network-interfaces/{eni['id']}"
    assert made["Location"] == f"{API}{path}/"
    assert olga("GET", path).json() == eni

    changed = olga("PATCH", path, {"description": "new", "source_dest_check": False})
    assert changed.status_code == 200, changed.content
    assert changed.json()["description"] == "new"
    assert changed.json()["source_dest_check"] is False
    assert changed.json()["tags"] == {"Name": "spare"}
    given = olga("POST", f"{path}/assign-ips", {"count": 2})
    assert given.status_code == 200, given.content
    addresses = [a["address"] for a in given.json()["private_ips"]]
    assert len(addresses) == 3
    taken = olga("POST", f"{path}/unassign-ips/", {"addresses": addresses[1:]})
    assert [a["address"] for a in taken.json()["private_ips"]] == [f"{network}.99"]

    assert olga("DELETE", path).status_code == 403
    gone = ada("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert olga("GET", path).status_code == 404
    told = olga("GET", f"actions/?resource=network-interface/{eni['id']}").json()
    assert {a["state"] for a in told["results"]} == {"done"}
    assert told["count"] == 5
    searched = olga("GET", f"actions/?q={eni['id']}").json()
    assert searched["count"] == 6


def test_an_elastic_ip_from_its_allocation_to_its_release(
    olga: Ask, ada: Ask, region: models.Region
) -> None:
    made = olga("POST", "elastic-ips/", {"region": REGION, "tags": {"Name": "x"}})
    assert made.status_code == 201, made.content
    address = made.json()
    assert set(address) == set(ec2_shapes.ElasticIp().fields)
    path = f"elastic-ips/{address['allocation_id']}"

    there = olga("POST", f"{path}/associate", {"instance_id": STANDBY})
    assert there.status_code == 200, there.content
    assert there.json()["instance_id"] == STANDBY
    held = ada("DELETE", path)
    assert (held.status_code, held.json()["code"]) == (409, "in_use")
    free = olga("POST", f"{path}/disassociate")
    assert (free.status_code, free.json()["association_id"]) == (200, None)
    again = olga("POST", f"{path}/disassociate")
    assert (again.status_code, again.json()["code"]) == (409, "already_there")
    tagged = olga("PATCH", path, {"tags": {}})
    assert tagged.json()["tags"] == {}
    assert olga("DELETE", path).status_code == 403
    assert ada("DELETE", path).status_code == 204
    assert olga("GET", path).status_code == 404


def test_instances_are_launched_by_admins_and_started_by_operators(
    olga: Ask, ada: Ask, region: models.Region
) -> None:
    body = {
        "region": REGION,
        "name": "server",
        "image_id": choices.list_images(region)[0].id,
        "type": "t3.micro",
        "subnet_id": stage.subnet_of(region).subnet_id,
        "user_data": "#!/bin/sh\n",
        "count": 2,
    }
    assert olga("POST", "instances", body).status_code == 403
    made = ada("POST", "instances/", body)
    assert made.status_code == 201, made.content
    launched = made.json()
    assert set(launched) == set(act_shapes.Launched().fields)
    assert len(launched["instances"]) == 2
    assert launched["instances"][0]["id"] == launched["id"]
    action = olga("GET", f"actions/{launched['action']}").json()
    assert set(action) == set(act_shapes.Action().fields)
    assert action["cli"].startswith("aws ec2 run-instances --region eu-west-1 ")
    assert "16" not in action["cli"] or "not kept" in action["cli"]

    stopped = olga("POST", f"instances/{STANDBY}/stop")
    assert stopped.status_code == 202, stopped.content
    assert stopped.json()["kind"] == "instance.stop"
    assert stopped["Location"] == f"{API}actions/{stopped.json()['id']}/"
    row = models.Action.objects.get(id=stopped.json()["id"])
    stage.follow_until_over(region, row)
    assert olga("GET", f"instances/{STANDBY}").json()["state"] == "stopped"
    assert olga("GET", f"actions/{row.id}").json()["state"] == "done"
    refused = olga("POST", f"instances/{STANDBY}/reboot")
    assert refused.status_code == 409
    assert refused.json()["ec2_code"] == "IncorrectInstanceState"
    assert olga("POST", f"instances/{STANDBY}/start", {}).status_code == 202


def test_errors_come_before_ec2_and_as_problems(
    olga: Ask, ada: Ask, region: models.Region, sim: Sim
) -> None:
    subnet = stage.subnet_of(region).subnet_id
    here = {"region": REGION, "subnet_id": subnet}
    eni = f"network-interfaces/{FLOATING}"
    asked: list[tuple[Any, int, str]] = [
        (olga("POST", "network-interfaces", {"region": REGION}), 400, "invalid"),
        (
            olga("POST", "network-interfaces", {**here, "region": "xx"}),
            400,
            "invalid",
        ),
        (
            olga("POST", "network-interfaces", {**here, "private_ip": "1.2.3.4"}),
            400,
            "invalid",
        ),
        (
            olga("POST", "network-interfaces", {**here, "tags": {"aws:a": ""}}),
            400,
            "invalid",
        ),
        (olga("POST", "network-interfaces", {**here, "tags": []}), 400, "invalid"),
        (
            olga(
                "POST", "network-interfaces", {**here, "subnet_id": "subnet-00000000"}
            ),
            404,
            "not_found",
        ),
        (olga("PATCH", "network-interfaces/eni-00000000", {}), 404, "not_found"),
        (olga("PATCH", eni, {"security_group_ids": ["sg-1"]}), 400, "invalid"),
        (olga("POST", f"{eni}/assign-ips", {}), 400, "invalid"),
        (olga("POST", f"{eni}/unassign-ips", {"addresses": []}), 400, "invalid"),
        (ada("DELETE", eni), 409, "in_use"),
        (olga("POST", "elastic-ips/eipalloc-0/associate", {}), 404, "not_found"),
        (olga("POST", f"elastic-ips/{ALLOCATION}/associate", {}), 400, "invalid"),
        (olga("POST", "instances/i-00000000/stop", {}), 404, "not_found"),
        (olga("GET", "actions/nothing"), 404, "not_found"),
        (ada("POST", "instances", {"region": REGION}), 400, "invalid"),
    ]
    for reply, status, code in asked:
        problem = reply.json()
        assert (reply.status_code, problem["code"]) == (status, code), problem
        assert problem["detail"]
    assert sim.mutating_calls() == []


def test_a_pairs_resource_is_protected(
    article: Pair, olga: Ask, ada: Ask, sim: Sim
) -> None:
    refused = [
        ada("DELETE", f"network-interfaces/{FLOATING}"),
        ada("DELETE", f"elastic-ips/{ALLOCATION}"),
        olga("POST", f"elastic-ips/{ALLOCATION}/disassociate"),
    ]
    for reply in refused:
        assert (reply.status_code, reply.json()["code"]) == (409, "belongs_to_pair")
        assert "article" in reply.json()["detail"]
    job = olga("POST", "pairs/article/swap", {}).json()["id"]
    busy = olga("PATCH", f"network-interfaces/{FLOATING}", {"description": "x"})
    assert (busy.status_code, busy.json()["job"]) == (409, job)
    assert sim.mutating_calls() == []


def test_the_same_key_makes_one_thing_also_where_the_answer_was_lost(
    olga: Ask, sim: Sim, region: models.Region
) -> None:
    key = {"Idempotency-Key": "k1"}
    body = {"region": REGION}

    first = olga("POST", "elastic-ips", body, **key)
    again = olga("POST", "elastic-ips/", body, **key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    other = olga("POST", "elastic-ips", {**body, "tags": {"a": "b"}}, **key)
    assert other.json()["code"] == "key_reused"
    assert len(sim.calls("AllocateAddress")) == 1

    stage.fault(sim, "AllocateAddress", "drop-after")
    lost = {"Idempotency-Key": "k2"}
    unknown = olga("POST", "elastic-ips", body, **lost)
    assert (unknown.status_code, unknown.json()["code"]) == (504, "outcome_unknown")
    assert "may have happened" in unknown.json()["detail"]
    repeated = olga("POST", "elastic-ips", body, **lost)
    assert repeated.content == unknown.content
    assert len(sim.calls("AllocateAddress")) == 2
    stage.follow(region)
    told = olga("GET", f"actions/{unknown.json()['action']}").json()
    assert (told["state"], len(told["made"])) == ("done", 1)


def test_a_process_that_dies_before_it_answers_does_nothing_twice(
    olga: Ask, sim: Sim, region: models.Region
) -> None:
    key = {"Idempotency-Key": "k3"}
    first = olga("POST", "elastic-ips", {"region": REGION}, **key)
    # As it stood before the answer was kept, and a while ago.
    record = models.IdempotencyRecord.objects.get(key="k3")
    created_at = record.created_at - 2 * idempotency.ABANDONED
    models.IdempotencyRecord.objects.filter(id=record.id).update(
        status=None, body=None, created_at=created_at
    )

    again = olga("POST", "elastic-ips", {"region": REGION}, **key)

    assert again.status_code == 201
    assert again.json() == first.json()
    assert len(sim.calls("AllocateAddress")) == 1


def test_a_dead_ec2_is_503_within_five_seconds(
    olga: Ask, region: models.Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    subnet = stage.subnet_of(region).subnet_id
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9")
    wiring.start_anew()
    asked = [
        ("POST", "elastic-ips", {"region": REGION}),
        ("POST", "network-interfaces", {"region": REGION, "subnet_id": subnet}),
        ("PATCH", f"network-interfaces/{FLOATING}", {"description": "x"}),
        ("POST", f"instances/{STANDBY}/stop", {}),
    ]
    for method, path, body in asked:
        began = wiring.monotonic()
        reply = olga(method, path, body)
        assert (reply.status_code, reply.json()["code"]) == (503, "ec2_unreachable")
        assert wiring.monotonic() - began < 5
    assert models.Action.objects.count() == 0


def test_hostile_tags_go_through_and_come_back(
    olga: Ask, region: models.Region
) -> None:
    tags = {
        "<script>alert(1)</script>": '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}": "{% debug %}",
        "=1+1": "\u202eevil",
        "\U0001f4a5": "v" * 256,
    }
    body = {
        "region": REGION,
        "subnet_id": stage.subnet_of(region).subnet_id,
        "tags": tags,
    }

    made = olga("POST", "network-interfaces", body)

    assert made.status_code == 201, made.content
    assert made.json()["tags"] == tags
    for bad in ({"a": "\x00"}, {"\ud800": "a"}):
        assert olga("POST", "elastic-ips", {"region": REGION, "tags": bad}).status_code
