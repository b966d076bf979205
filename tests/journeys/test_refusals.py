"""Races and bad input: a clear refusal, no trace in EC2, never a 500."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.journeys import house
from tests.journeys.house import House

MUTATING = {"AttachNetworkInterface", "DetachNetworkInterface"}


@pytest.mark.timeout(180)
def test_of_32_swaps_at_once_one_is_accepted_and_the_others_name_it(
    home: House,
) -> None:
    def ask(_: int) -> httpx.Response:
        return home.http.post(
            "pairs/article/swap",
            json={"to": house.STANDBY},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )

    with ThreadPoolExecutor(32) as pool:
        replies = list(pool.map(ask, range(32)))

    accepted = [r.json() for r in replies if r.status_code == 202]
    refused = [r.json() for r in replies if r.status_code == 409]
    assert len(accepted) == 1
    assert len(refused) == 31
    assert {r["job"] for r in refused} == {accepted[0]["id"]}
    home.wait_for_end(accepted[0]["id"], within_s=30)


@pytest.mark.timeout(180)
def test_bad_input_is_refused_in_words_and_leaves_no_trace(home: House) -> None:
    api = home.http
    swap = "pairs/article/swap"
    json = {"Content-Type": "application/json"}
    viewer = home.as_role("vera", "viewer")
    refused = {
        "unknown pair": (api.post("pairs/nobody/swap", json={}), 404),
        "malformed": (api.post(swap, content=b'{"to"', headers=json), 400),
        "not an object": (api.post(swap, json=[1]), 400),
        "wrong type": (api.post(swap, json={"to": 7}), 400),
        "anonymous": (httpx.post(f"{home.url}/api/v1/{swap}", json={}), 401),
        "viewer": (viewer.post(swap, json={}), 403),
        "already there": (api.post(swap, json={"to": house.PRIMARY}), 409),
        "changed": (
            api.post(swap, json={"expected_active": house.STANDBY}),
            412,
        ),
        "stale plan": (api.post(swap, json={"plan_hash": "0" * 64}), 412),
        "bad job id": (api.get("jobs/not-a-uuid"), 404),
    }
    for name, (reply, status) in refused.items():
        assert reply.status_code == status, (name, reply.text)
        assert reply.headers["Content-Type"] == "application/problem+json", name
        assert reply.json()["code"], name
    made = [c for c in home.sim.calls() if c.get("action") in MUTATING]
    # Readiness asks by DryRun what the role may do; that changes nothing.
    assert {c["code"] for c in made} <= {"DryRunOperation"}


@pytest.mark.timeout(120)
def test_a_pair_that_can_never_work_is_refused_when_it_is_made(home: House) -> None:
    primary = next(
        eni
        for eni, seen in home.sim.state()["interfaces"].items()
        if seen["instance_id"] == house.PRIMARY and seen["device_index"] == 0
    )
    body = {
        "name": "wrong",
        "region": "eu-west-1",
        "strategy": "eni",
        "primary_instance_id": house.PRIMARY,
        "standby_instance_id": house.STANDBY,
        "network_interface_id": primary,
        "device_index": 1,
    }
    reply = home.http.post("pairs/", json=body)

    assert reply.status_code == 422, reply.text
    failed = {c["code"] for c in reply.json()["checks"] if not c["ok"]}
    assert "interface_secondary" in failed


@pytest.mark.timeout(120)
def test_an_ec2_that_does_not_answer_is_503_within_five_seconds(home: House) -> None:
    home.sim.process.kill()
    home.sim.process.wait(timeout=10)

    reply = home.http.post("pairs/article/swap", json={}, timeout=5)

    assert reply.status_code == 503
    assert reply.json()["code"] == "ec2_unreachable"
