"""Swaps over REST: one pair, many of them, and 32 askers at once."""

from typing import Any

import pytest

from failover.api import job_shapes
from tests import at_once
from tests.api.asking import API, Ask
from tests.services.world import STANDBY, Sim

pytestmark = pytest.mark.usefixtures("article")


def test_a_swap_is_202_with_the_job_and_its_place(olga: Ask) -> None:
    reply = olga("POST", "pairs/article/swap", {"reason": "drill"})

    assert reply.status_code == 202, reply.content
    job = reply.json()
    assert set(job) == set(job_shapes.Job().fields)
    assert (job["state"], job["trigger"], job["requested_by"]) == (
        "queued",
        "api",
        "olga",
    )
    assert reply["Location"] == f"{API}jobs/{job['id']}/"
    seen = olga("GET", f"jobs/{job['id']}").json()
    assert seen == job


def test_of_32_swaps_at_once_one_is_accepted(olga: Ask, sim: Sim) -> None:
    def swap() -> Any:
        return olga("POST", "pairs/article/swap", {"to": STANDBY})

    replies = [r for _ in range(2) for r in at_once.run(*[swap] * 16)]

    accepted = [r for r in replies if r.status_code == 202]
    refused = [r.json() for r in replies if r.status_code == 409]
    assert len(accepted) == 1
    assert len(refused) == 31
    assert {r["code"] for r in refused} == {"job_active"}
    assert {r["job"] for r in refused} == {accepted[0].json()["id"]}


def test_several_pairs_are_swapped_in_one_call(olga: Ask) -> None:
    reply = olga("POST", "swaps/", {"pairs": ["article", "nobody"]})

    assert reply.status_code == 202
    body = reply.json()
    assert [j["pair"] for j in body["accepted"]] == ["article"]
    assert [(p["pair"], p["code"]) for p in body["refused"]] == [
        ("nobody", "not_found")
    ]
