"""Pairs over REST: made, changed, frozen, probed, deleted."""

import pytest
from django.test import Client

from failover.api import pair_shapes
from failover.models import Pair
from failover.services import queries
from tests.api.asking import API, Ask
from tests.services.world import FLOATING, PRIMARY, REGION, STANDBY, Sim


def test_a_pair_is_made_changed_and_deleted(ada: Ask) -> None:
    body = {
        "name": "article",
        "region": REGION,
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
        "network_interface_id": FLOATING,
    }
    made = ada("POST", "pairs/", body)
    assert made.status_code == 201, made.content
    pair = made.json()
    assert pair["desired_instance_id"] == pair["active_instance_id"] == PRIMARY
    assert pair["readiness"]["ready"]
    assert ada("POST", "pairs", body).json()["code"] == "exists"
    assert ada("POST", "pairs", {**body, "name": "twin"}).status_code == 422
    assert ada("POST", "pairs", {**body, "name": "new"}).status_code == 400

    stale = ada("PATCH", "pairs/article", {"policy": {}}, **{"If-Match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    changed = ada(
        "PATCH",
        "pairs/article",
        {"policy": {"confirm": "reason"}},
        **{"If-Match": made["ETag"]},
    )
    assert changed.status_code == 200, changed.content
    assert changed.json()["policy"]["confirm"] == "reason"
    assert changed.json()["policy"]["force"] == "never"
    assert changed["ETag"] != made["ETag"]
    sent_back = ada("PATCH", "pairs/article", changed.json())
    assert sent_back.status_code == 200, sent_back.content

    without_reason = ada("POST", "pairs/article/swap", {})
    assert without_reason.json()["errors"]["reason"]
    job = ada("POST", "pairs/article/swap", {"reason": "r"}).json()
    busy = ada("DELETE", "pairs/article")
    assert (busy.status_code, busy.json()["job"]) == (409, job["id"])
    assert ada("POST", f"jobs/{job['id']}/cancel", {}).status_code == 202
    assert ada("POST", f"jobs/{job['id']}/cancel").json()["code"] == "final"
    assert ada("DELETE", "pairs/article/").status_code == 204
    assert ada("GET", "pairs/article/").status_code == 404
    assert ada("GET", f"jobs/{job['id']}").json()["pair"] == "article"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"network_interface_id": "eni-00000000"}, "interface_found"),
        ({"standby_instance_id": "i-00000000000000000"}, "target_state"),
    ],
)
def test_a_pair_that_can_never_work_is_422(
    ada: Ask, change: dict[str, str], code: str
) -> None:
    body = {
        "name": "article",
        "region": REGION,
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
        "network_interface_id": FLOATING,
        **change,
    }

    reply = ada("POST", "pairs/", body)

    assert reply.status_code == 422, reply.content
    assert code in {c["code"] for c in reply.json()["checks"] if not c["ok"]}
    assert Pair.objects.count() == 0


@pytest.mark.usefixtures("article")
def test_operators_freeze_adopt_put_back_and_acknowledge(olga: Ask, sim: Sim) -> None:
    frozen = olga("POST", "pairs/article/freeze", {"reason": "window"})
    assert frozen.json()["frozen"] == {"by": "olga", "reason": "window", "until": None}
    refused = olga("POST", "pairs/article/swap", {"force": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "preflight")
    past = {"reason": "r", "until": "2001-01-01T00:00:00Z"}
    assert olga("POST", "pairs/article/freeze", past).status_code == 400
    assert olga("POST", "pairs/article/unfreeze").json()["frozen"] is None
    assert olga("POST", "pairs/article/adopt", {}).status_code == 200
    assert olga("POST", "pairs/article/put-back").json()["code"] == "already_there"
    said = olga("POST", "pairs/article/acknowledge", {"comment": "seen"})
    assert said.status_code == 200


def test_health_needs_no_login_and_says_nothing(article: Pair) -> None:
    client = Client()

    assert client.get(f"{API}pairs/article/health").status_code == 200
    Pair.objects.update(readiness_at=None)
    reply = client.get(f"{API}pairs/article/health/")
    assert (reply.status_code, reply.content) == (503, b"")
    assert client.get(f"{API}pairs/nobody/health").status_code == 404
    assert not queries.view_pair(queries.get_pair("article")).readiness.ready


@pytest.mark.usefixtures("article")
def test_a_pairs_probe_is_tried_and_answers_with_its_verdict(olga: Ask) -> None:
    without = olga("POST", "pairs/article/probe/")
    Pair.objects.update(probe={"kind": "http", "port": 8080, "path": "/", "expect": ""})

    reply = olga("POST", "pairs/article/probe", {})

    assert (without.status_code, without.json()["code"]) == (400, "invalid")
    assert reply.status_code == 200
    verdict = reply.json()
    # Without an explicit allow nothing on this machine is probed.
    assert (verdict["outcome"], verdict["code"]) == ("refused", "address_denied")
    assert (verdict["port"], verdict["duration_s"]) == (8080, 0.0)
    assert set(verdict) == set(pair_shapes.Tried().fields)
