"""Every answer has the shape that the schema says."""

from typing import Any

import pytest

from failover.api import shapes
from failover.models import Job
from tests.api.asking import API, Ask
from tests.services.world import ALLOCATION, FLOATING, PRIMARY, finish

pytestmark = pytest.mark.usefixtures("article")


def test_every_shape_is_as_the_schema_says(olga: Ask) -> None:
    finish(Job.objects.get(id=olga("POST", "pairs/article/swap", {}).json()["id"]))
    shown: dict[str, Any] = {
        "pairs/article/": shapes.Pair(),
        "pairs/article/plan": shapes.Plan(),
        f"network-interfaces/{FLOATING}": shapes.Interface(),
        f"elastic-ips/{ALLOCATION}": shapes.ElasticIp(),
        f"instances/{PRIMARY}": shapes.Instance(),
    }
    lists: dict[str, Any] = {
        "accounts/": shapes.Account(),
        "regions": shapes.Region(),
        "network-interfaces/": shapes.Interface(),
        "elastic-ips": shapes.ElasticIp(),
        "instances/": shapes.Instance(),
        "pairs": shapes.Pair(),
        "jobs/": shapes.Job(),
        "audit": shapes.AuditRow(),
    }

    for path, shape in shown.items():
        reply = olga("GET", path)
        assert reply.status_code == 200, (path, reply.content)
        assert set(reply.json()) == set(shape.fields), path
    for path, shape in lists.items():
        page = olga("GET", path).json()
        assert set(page) == {"count", "next", "previous", "results"}
        assert page["count"] > 0, path
        assert set(page["results"][0]) == set(shape.fields), path
    job = olga("GET", "jobs/").json()["results"][0]
    assert set(job["steps"][0]) == set(shapes.Step().fields)
    assert set(job["calls"][0]) == set(shapes.Call().fields)


def test_the_schema_and_its_page_are_served(olga: Ask) -> None:
    schema = olga("GET", "schema/")

    assert schema.status_code == 200
    assert b"/api/v1/pairs/{name}/swap" in schema.content
    told = olga("GET", "schema/?format=json").json()["paths"]
    keyed = {
        path.removeprefix(API)
        for path, calls in told.items()
        for call in calls.values()
        if "Idempotency-Key" in {p["name"] for p in call.get("parameters", ())}
    }
    assert keyed >= {
        "pairs/{name}/swap/",
        "pairs/{name}/put-back/",
        "swaps/",
        "network-interfaces/{eni}/attach/",
        "network-interfaces/{eni}/detach/",
        "regions/{region_id}/sync/",
    }
    assert "jobs/{job_id}/cancel/" not in keyed
    assert olga("GET", "docs/").status_code == 200
