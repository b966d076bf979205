"""Every answer has the shape that the schema says."""

from typing import Any

import pytest

from failover.api import audit_shapes, ec2_shapes, job_shapes, pair_shapes
from failover.models import Job
from tests.api.asking import API, Ask
from tests.services.world import ALLOCATION, FLOATING, PRIMARY, finish

pytestmark = pytest.mark.usefixtures("article")


def test_every_shape_is_as_the_schema_says(olga: Ask) -> None:
    finish(Job.objects.get(id=olga("POST", "pairs/article/swap", {}).json()["id"]))
    shown: dict[str, Any] = {
        "pairs/article/": pair_shapes.Pair(),
        "pairs/article/plan": pair_shapes.Plan(),
        f"network-interfaces/{FLOATING}": ec2_shapes.Interface(),
        f"elastic-ips/{ALLOCATION}": ec2_shapes.ElasticIp(),
        f"instances/{PRIMARY}": ec2_shapes.Instance(),
    }
    lists: dict[str, Any] = {
        "accounts/": ec2_shapes.Account(),
        "regions": ec2_shapes.Region(),
        "network-interfaces/": ec2_shapes.Interface(),
        "elastic-ips": ec2_shapes.ElasticIp(),
        "instances/": ec2_shapes.Instance(),
        "pairs": pair_shapes.Pair(),
        "jobs/": job_shapes.Job(),
        "audit": audit_shapes.AuditRow(),
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
    assert set(job["steps"][0]) == set(job_shapes.Step().fields)
    assert set(job["calls"][0]) == set(job_shapes.Call().fields)


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
