"""The REST section of the contract, sentence by sentence, where no other has it."""

import re
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from failover import models, wiring
from failover.api import door
from failover.models import IdempotencyRecord, Job
from failover.services import regions, waiting
from tests import at_once
from tests.api.asking import API, Ask, asker, require_problem
from tests.services.world import (
    FLOATING,
    PRIMARY,
    REGION,
    SHELL,
    STANDBY,
    Sim,
    finish,
    make_token,
)

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
SWAP = "pairs/article/swap"

pytestmark = pytest.mark.usefixtures("article")


def everything_in(value: Any, name: str = "") -> list[tuple[str, Any]]:
    """Each name of an answer with its value, all the way down."""
    if isinstance(value, dict):
        return [x for k, v in value.items() for x in everything_in(v, k)]
    if isinstance(value, list):
        return [x for v in value for x in everything_in(v, name)]
    return [(name, value)]


def test_times_durations_and_ids_are_written_as_promised(ada: Ask) -> None:
    ada("POST", "pairs/article/freeze", {"reason": "r", "until": "2030-01-01T00:00Z"})
    ada("POST", "pairs/article/unfreeze")
    finish(Job.objects.get(id=ada("POST", SWAP, {}).json()["id"]))
    lists = ("accounts", "regions", "pairs", "jobs", "network-interfaces", "instances")
    named = [x for path in lists for x in everything_in(ada("GET", path).json())]
    named += everything_in(ada("GET", "pairs/article/plan").json())

    stamps = [v for name, v in named if name.endswith("_at") and v is not None]
    durations = [v for name, v in named if name.endswith("_s") and v is not None]
    assert len(stamps) > 10
    assert all(STAMP.fullmatch(v) for v in stamps), stamps
    assert len(durations) > 5
    assert all(isinstance(v, float) for v in durations), durations
    for path in ("accounts", "regions", "jobs"):
        for row in ada("GET", path).json()["results"]:
            assert str(uuid.UUID(row["id"])) == row["id"]


def test_every_method_is_answered_with_and_without_the_slash(ada: Ask) -> None:
    change = {"policy": {"confirm": "none"}}
    for slash in ("", "/"):
        assert ada("PATCH", f"pairs/article{slash}", change).status_code == 200
        assert ada("POST", f"pairs/article/adopt{slash}", {}).status_code == 200
        assert ada("OPTIONS", f"pairs/article{slash}").status_code == 204
        assert Client().get(f"{API}pairs/article/health{slash}").status_code == 200
        assert Client().get(f"/healthz{slash}").status_code == 200
        assert ada("DELETE", f"pairs/nobody{slash}").status_code == 404
    assert ada("DELETE", "pairs/article").status_code == 204


def test_if_match_is_strong_a_list_or_a_star(ada: Ask) -> None:
    tag = ada("GET", "pairs/article")["ETag"]
    change = {"policy": {"confirm": "none"}}

    for wrong in (f"W/{tag}", '"99"', "nonsense", tag.strip('"'), '"98", "99"'):
        reply = ada("PATCH", "pairs/article", change, **{"If-Match": wrong})
        require_problem(reply, 412, "changed")
        reply = ada("DELETE", "pairs/article", **{"If-Match": wrong})
        require_problem(reply, 412, "changed")
    for right in (f'"99", {tag}', "*"):
        reply = ada("PATCH", "pairs/article", change, **{"If-Match": right})
        assert reply.status_code == 200, right
        tag = reply["ETag"]
    assert ada("DELETE", "pairs/article", **{"If-Match": tag}).status_code == 204


def test_a_region_of_two_accounts_must_be_named_with_its_account(ada: Ask) -> None:
    regions.add(region=REGION, account="other", actor=SHELL)
    body = {
        "name": "second",
        "region": REGION,
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
        "network_interface_id": FLOATING,
    }

    require_problem(ada("POST", "pairs/", body), 400, "ambiguous_account")
    named = ada("POST", "pairs/", {**body, "account": "default"})
    require_problem(named, 422, "preflight")
    made = ada("POST", "regions/", {"region": "eu-west-2", "account": "other"})
    assert made.status_code == 201
    shown = {k: made.json()[k] for k in ("account", "region", "synced_at")}
    assert shown == {"account": "other", "region": "eu-west-2", "synced_at": None}
    listed = ada("GET", "accounts/").json()["results"]
    assert [a["name"] for a in listed] == ["default", "other"]


STARTS: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("pairs/article/swap", {"to": STANDBY}, 202),
    ("pairs/article/put-back", {}, 409),
    ("swaps/", {"pairs": ["article", "nobody"]}, 202),
    (f"network-interfaces/{FLOATING}/attach", {"instance_id": STANDBY}, 409),
    (f"network-interfaces/{FLOATING}/detach", {}, 409),
)


@pytest.mark.parametrize(("path", "body", "status"), STARTS)
def test_every_start_call_is_replayed_byte_for_byte(
    ada: Ask, path: str, body: dict[str, Any], status: int
) -> None:
    key = {"Idempotency-Key": "k"}

    first = ada("POST", path, body, **key)
    again = ada("POST", path, body, **key)

    assert (first.status_code, again.status_code) == (status, status), first.content
    assert (first.content, first["Content-Type"]) == (
        again.content,
        again["Content-Type"],
    )
    assert first.headers.get("Location") == again.headers.get("Location")
    assert Job.objects.count() == (1 if status == 202 else 0)


def test_a_key_is_its_users_and_its_paths_and_a_days(ada: Ask) -> None:
    otto = asker(make_token("otto", "operator"))
    key = {"Idempotency-Key": "k"}
    first = ada("POST", SWAP, {}, **key)

    require_problem(otto("POST", SWAP, {}, **key), 409, "job_active")
    require_problem(ada("POST", "pairs/article/put-back", {}, **key), 409, "job_active")
    IdempotencyRecord.objects.update(created_at=wiring.now() - timedelta(hours=23))
    assert ada("POST", SWAP, {}, **key).content == first.content
    IdempotencyRecord.objects.update(created_at=wiring.now() - timedelta(hours=25))
    require_problem(ada("POST", SWAP, {}, **key), 409, "job_active")


def test_two_at_once_with_one_key_get_the_same_bytes(ada: Ask) -> None:
    def swap() -> Any:
        return ada("POST", SWAP, {"to": STANDBY}, **{"Idempotency-Key": "k"})

    replies = at_once.run(*[swap] * 4)

    assert {r.status_code for r in replies} == {202}, [r.content for r in replies]
    assert len({r.content for r in replies}) == 1
    assert Job.objects.count() == 1


def test_a_key_at_work_is_waited_for_five_seconds(ada: Ask) -> None:
    key = {"Idempotency-Key": "k"}
    ada("POST", SWAP, {}, **key)
    Job.objects.update(state="cancelled", finished_at=wiring.now())
    IdempotencyRecord.objects.update(
        status=None, body=None, created_at=wiring.now() + timedelta(seconds=30)
    )
    began = time.monotonic()

    reply = ada("POST", SWAP, {}, **key)

    require_problem(reply, 409, "in_progress")
    assert 4.5 < time.monotonic() - began < 10


def test_what_is_refused_in_bulk_is_a_whole_problem(ada: Ask) -> None:
    ada("POST", "pairs/article/freeze", {"reason": "window"})

    body = ada("POST", "swaps/", {"pairs": ["article", "nobody"]}).json()

    assert body["accepted"] == []
    frozen, unknown = body["refused"]
    for problem, code in ((frozen, "preflight"), (unknown, "not_found")):
        assert set(problem) >= {"type", "title", "status", "detail", "code", "pair"}
        assert problem["code"] == code
    assert [c["code"] for c in frozen["checks"] if not c["ok"]] == ["frozen"]


def test_a_running_job_is_asked_of_the_database_before_ec2(
    ada: Ask, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ada("POST", SWAP, {}).json()
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9")
    wiring.start_anew()

    problem = require_problem(ada("POST", SWAP, {"to": PRIMARY}), 409, "job_active")

    assert problem["job"] == job["id"]
    for path in ("pairs/article/adopt", "pairs/article/put-back"):
        require_problem(ada("POST", path, {}), 409, "job_active")
    require_problem(ada("PATCH", "pairs/article", {"policy": {}}), 409, "job_active")


def test_a_waiting_reader_is_told_what_he_missed_and_never_waits_in_a_crowd(
    ada: Ask,
) -> None:
    job_id = ada("POST", SWAP, {}).json()["id"]
    path = f"jobs/{job_id}?wait=20"
    began = time.monotonic()

    missed = ada("GET", path, **{"If-None-Match": '"0-parked"'})
    places = [waiting._places.acquire(blocking=False) for _ in range(99)]  # noqa: SLF001
    crowded = ada("GET", path)
    for _ in range(places.count(True)):
        waiting._places.release()  # noqa: SLF001
    Job.objects.filter(id=job_id).update(state="cancelled", finished_at=wiring.now())
    ended = ada("GET", path)

    assert time.monotonic() - began < 10
    assert places.count(True) == waiting.MOST_WAITING
    assert crowded["Retry-After"] == "1"
    assert "Retry-After" not in missed.headers
    assert missed["ETag"] != ended["ETag"]
    assert ended.json()["state"] == "cancelled"
    short = ada("GET", f"jobs/{job_id}?wait=0.2")
    assert short.status_code == 200


def test_more_than_a_thousand_rows_are_a_thousand(ada: Ask) -> None:
    region = models.Region.objects.get()
    now = wiring.now()
    models.ElasticIp.objects.bulk_create(
        models.ElasticIp(
            region=region,
            allocation_id=f"eipalloc-{n:08x}",
            public_ip="127.31.0.1",
            observed_at=now,
            observed_began_at=0.0,
        )
        for n in range(1100)
    )

    page = ada("GET", "elastic-ips/?limit=5000").json()

    assert (len(page["results"]), page["count"]) == (door.MOST_LIMIT, 1101)
    assert "limit=1000&offset=1000" in page["next"]
    assert len(ada("GET", "elastic-ips/").json()["results"]) == 50
    last = ada("GET", "elastic-ips/?limit=1000&offset=1000").json()
    assert (len(last["results"]), last["next"]) == (101, None)
    assert "offset=0" in last["previous"]
