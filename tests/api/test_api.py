"""What a program sees, call by call."""

import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from failover import models, wiring
from failover.api import shapes
from failover.models import IdempotencyRecord, Job, Pair
from failover.services import queries
from tests.services.world import (
    ALLOCATION,
    FLOATING,
    PRIMARY,
    REGION,
    STANDBY,
    Sim,
    finish,
    make_token,
)

API = "/api/v1/"
Ask = Callable[..., Any]


@pytest.fixture
def olga(article: Pair) -> Ask:
    """An operator's calls: `olga("POST", "swaps/", {…})`."""
    return asker(make_token("olga", "operator"))


@pytest.fixture
def ada(region: models.Region) -> Ask:
    """An admin's calls."""
    return asker(make_token("ada", "admin"))


def asker(token: str) -> Ask:
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        data = b"" if body is None else raw
        return client.generic(
            method, API + path, data, "application/json", headers=headers
        )

    return ask


def test_a_swap_is_202_with_the_job_and_its_place(olga: Ask) -> None:
    reply = olga("POST", "pairs/article/swap", {"reason": "drill"})

    assert reply.status_code == 202, reply.content
    job = reply.json()
    assert set(job) == set(shapes.Job().fields)
    assert (job["state"], job["trigger"], job["requested_by"]) == (
        "queued",
        "api",
        "olga",
    )
    assert reply["Location"] == f"{API}jobs/{job['id']}/"
    seen = olga("GET", f"jobs/{job['id']}").json()
    assert seen == job


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


def test_the_same_key_gives_the_same_bytes_and_one_job(olga: Ask) -> None:
    ask = {"to": STANDBY, "expected_active": PRIMARY}
    key = {"Idempotency-Key": str(uuid.uuid4())}

    first = olga("POST", "pairs/article/swap", ask, **key)
    finish(Job.objects.get(id=first.json()["id"]))
    again = olga("POST", "pairs/article/swap/", ask, **key)
    other = olga("POST", "pairs/article/swap", {"to": PRIMARY}, **key)

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first["Location"] == again["Location"]
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Job.objects.count() == 1


def test_a_refusal_is_kept_under_its_key_too(olga: Ask) -> None:
    key = {"Idempotency-Key": "k1"}

    refused = olga("POST", "pairs/article/swap", {"to": PRIMARY}, **key)
    again = olga("POST", "pairs/article/swap", {"to": PRIMARY}, **key)

    assert refused.status_code == again.status_code == 409
    assert refused.json() == again.json()
    assert refused.json()["code"] == "already_there"
    assert IdempotencyRecord.objects.count() == 1


def test_of_32_swaps_at_once_one_is_accepted(olga: Ask, sim: Sim) -> None:
    gate = threading.Barrier(16)

    def swap(_: int) -> Any:
        gate.wait(timeout=30)
        try:
            return olga("POST", "pairs/article/swap", {"to": STANDBY})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        replies = [r for _ in range(2) for r in pool.map(swap, range(16))]

    accepted = [r for r in replies if r.status_code == 202]
    refused = [r.json() for r in replies if r.status_code == 409]
    assert len(accepted) == 1
    assert len(refused) == 31
    assert {r["code"] for r in refused} == {"job_active"}
    assert {r["job"] for r in refused} == {accepted[0].json()["id"]}


def test_errors_come_in_order_and_as_problems(olga: Ask) -> None:
    anonymous = asker("sb_nobody_nothing")
    vera = asker(make_token("vera", "viewer"))
    swap = "pairs/article/swap"
    refused = [
        (anonymous("POST", swap, b'{"to"'), 400, "malformed"),
        (anonymous("POST", swap, {"to": 7}), 400, "invalid"),
        (anonymous("POST", swap, {}), 401, "anonymous"),
        (vera("POST", "pairs/nobody/swap", {}), 403, "forbidden"),
        (olga("POST", "pairs/nobody/swap", {}), 404, "not_found"),
        (olga("POST", swap, {"to": PRIMARY}), 409, "already_there"),
        (olga("POST", swap, {"expected_active": STANDBY}), 412, "changed"),
        (olga("PUT", swap, {}), 405, "method_not_allowed"),
        (olga("GET", "nothing/here"), 404, "not_found"),
        (anonymous("GET", "nothing/here"), 401, "anonymous"),
        (olga("GET", "jobs/not-a-uuid"), 404, "not_found"),
        (olga("POST", "swaps/", {}), 400, "invalid"),
    ]
    for reply, status, code in refused:
        problem = reply.json()
        assert (reply.status_code, problem["code"]) == (status, code), problem
        assert reply["Content-Type"] == "application/problem+json"
        assert problem["status"] == status
        assert problem["title"]
        assert problem["detail"]


BAD_BODIES = (
    b"[]",
    b"7",
    b'"x"',
    b"null",
    b"{",
    b'{"to": "i-0190e152559b4866c\\u0000"}',
    b'{"reason": "\\ud800"}',
    b'{"force": NaN}',
    b'{"force": 1}',
    b'{"force": "yes"}',
    b'{"to": {"a": 1}}',
    b'{"to": []}',
    b'{"reason": 7}',
    b'{"to": "i-0190e152559b4866c", "to": "i-09a505d623e75d4d2"}',
    b'{"unknown": 1}',
    b'{"plan_hash": 1' + b"0" * 5000 + b"}",
    b"[" * 100000,
    b"\xff\xfe",
)


def test_no_body_is_too_bad_for_an_answer(olga: Ask, sim: Sim) -> None:
    for body in BAD_BODIES:
        reply = olga("POST", "pairs/article/swap", body)

        assert reply.status_code == 400, (body[:40], reply.content)
        assert reply.json()["code"] in ("malformed", "invalid")
    assert sim.mutating_calls() == []


BAD_PATHS = (
    "pairs/%00",
    "jobs/%00?wait=1",
    "network-interfaces/%00/",
    "pairs/?q=%00",
    "pairs/article/plan?to=%00",
    "regions/99999999999999999999999",
    "jobs/?active=perhaps",
    "jobs/?wait=x",
    "pairs/article/plan?to=i-0",
    "audit/?format=exe",
    "audit/?job=7",
)


def test_no_address_is_too_bad_for_an_answer(olga: Ask) -> None:
    for path in BAD_PATHS:
        assert olga("GET", path).status_code in (200, 400, 404), path


def test_a_dead_ec2_is_503_within_five_seconds(
    olga: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9")
    wiring.start_anew()
    began = wiring.monotonic()

    reply = olga("POST", "pairs/article/swap", {})

    assert (reply.status_code, reply.json()["code"]) == (503, "ec2_unreachable")
    assert wiring.monotonic() - began < 5
    assert Job.objects.count() == 0


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


def test_an_interface_of_a_pair_is_swapped_not_detached(olga: Ask) -> None:
    detach = olga("POST", f"network-interfaces/{FLOATING}/detach", {})
    attach = olga(
        "POST", f"network-interfaces/{FLOATING}/attach", {"instance_id": STANDBY}
    )

    assert detach.status_code == attach.status_code == 409
    assert detach.json()["code"] == attach.json()["code"] == "belongs_to_pair"


def test_a_primary_interface_is_not_detached(olga: Ask, sim: Sim) -> None:
    primary = next(
        eni
        for eni, seen in sim.state()["interfaces"].items()
        if seen["instance_id"] == PRIMARY and seen["device_index"] == 0
    )

    reply = olga("POST", f"network-interfaces/{primary}/detach", {})

    assert (reply.status_code, reply.json()["code"]) == (422, "preflight")
    assert sim.mutating_calls() == []


def test_several_pairs_are_swapped_in_one_call(olga: Ask) -> None:
    reply = olga("POST", "swaps/", {"pairs": ["article", "nobody"]})

    assert reply.status_code == 202
    body = reply.json()
    assert [j["pair"] for j in body["accepted"]] == ["article"]
    assert [(p["pair"], p["code"]) for p in body["refused"]] == [
        ("nobody", "not_found")
    ]


def test_a_waiting_reader_is_answered_when_the_job_changes(olga: Ask) -> None:
    job_id = olga("POST", "pairs/article/swap", {}).json()["id"]

    def cancel() -> None:
        try:
            olga("POST", f"jobs/{job_id}/cancel", {})
        finally:
            connections.close_all()

    timer = threading.Timer(0.3, cancel)
    timer.start()
    began = wiring.monotonic()
    seen = olga("GET", f"jobs/{job_id}?wait=20").json()
    timer.join()

    assert seen["state"] == "cancelled"
    assert wiring.monotonic() - began < 15


def test_a_sync_is_asked_for_and_seen_by_the_reconciler(
    olga: Ask, region: models.Region
) -> None:
    shown = olga("GET", "regions/").json()["results"][0]
    assert str(uuid.UUID(shown["id"])) == shown["id"]
    assert olga("GET", f"regions/{shown['id']}").json()["region"] == REGION
    assert olga("GET", f"regions/{region.pk}").status_code == 404

    reply = olga("POST", f"regions/{shown['id']}/sync")

    assert reply.status_code == 202
    assert reply.json()["sync_requested_at"]
    region.refresh_from_db()
    assert region.sync_requested_at is not None


def test_health_needs_no_login_and_says_nothing(article: Pair) -> None:
    client = Client()

    assert client.get(f"{API}pairs/article/health").status_code == 200
    Pair.objects.update(readiness_at=None)
    reply = client.get(f"{API}pairs/article/health/")
    assert (reply.status_code, reply.content) == (503, b"")
    assert client.get(f"{API}pairs/nobody/health").status_code == 404
    assert not queries.view_pair(queries.get_pair("article")).readiness.ready


def test_the_audit_leaves_as_csv_that_no_spreadsheet_runs(olga: Ask) -> None:
    olga("POST", "pairs/article/freeze", {"reason": "=HYPERLINK(1)"})

    reply = olga("GET", "audit/?format=csv")
    text = b"".join(reply.streaming_content).decode()

    assert '"\'=HYPERLINK(1)"' in text
    lines = b"".join(olga("GET", "audit?format=jsonl").streaming_content)
    assert [json.loads(x)["seq"] for x in lines.splitlines()][-1] == 1


def test_the_pair_in_a_token_or_cookie_alone_opens_nothing(article: Pair) -> None:
    token = make_token("olga", "operator")
    client = Client(enforce_csrf_checks=True)
    olga = models.User.objects.get(username="olga")

    # An address with a token in it is refused before anybody is asked for.
    assert client.get(f"{API}pairs/?token={token}").status_code in (400, 401)
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{API}pairs/").status_code == 200
    swap = client.post(f"{API}pairs/article/swap", {}, "application/json")
    assert (swap.status_code, swap.json()["code"]) == (403, "forbidden")
    assert Job.objects.count() == 0


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
    assert set(verdict) == set(shapes.Tried().fields)
