"""What a monitoring system reads, and who may."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from failover import models, wiring
from failover.models import Pair
from tests.services.world import FLOATING, PRIMARY, STANDBY, finish, make_token


def read(client: Client) -> dict[tuple[str, frozenset[str]], float]:
    reply = client.get("/metrics")
    assert reply.status_code == 200, reply.content
    assert reply["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(reply.content.decode())
        for sample in family.samples
    }


def job(pair: Pair, *, state: str, outage_s: float | None = None) -> models.Job:
    now = wiring.now()
    dark = None if outage_s is None else now - timedelta(seconds=outage_s)
    return models.Job.objects.create(
        region=pair.region,
        pair=None if state in ("succeeded", "reversed") else pair,
        kind="swap",
        state=state,
        network_interface_id=FLOATING,
        from_instance_id=PRIMARY,
        to_instance_id=STANDBY,
        trigger="api",
        requested_by="olga",
        requested_at=now - timedelta(seconds=20),
        outage_started_at=dark,
        restored_at=None if outage_s is None else now,
        finished_at=now if state in ("succeeded", "reversed") else None,
    )


def test_all_is_counted_from_the_database(article: Pair) -> None:
    for outage_s in (0.3, 6.0, 6.0):
        job(article, state="succeeded", outage_s=outage_s)
    ended = job(article, state="reversed")
    job(article, state="parked")
    for seq, outcome in enumerate(("ok", "throttled", "")):
        models.Intent.objects.create(
            job=ended,
            seq=seq,
            fence_token=1,
            action="AttachNetworkInterface",
            args={},
            intent_at=wiring.now(),
            outcome=outcome,
        )
    models.ReconcilerBeat.objects.create(name="r", seen_at=wiring.now())

    seen = read(Client())

    assert seen["swapboard_jobs_total", frozenset(("swap", "eni", "succeeded"))] == 3
    assert seen["swapboard_jobs_total", frozenset(("swap", "eni", "reversed"))] == 1
    assert seen["swapboard_jobs_active", frozenset(("parked",))] == 1
    assert seen["swapboard_jobs_active", frozenset(("queued",))] == 0
    assert seen["swapboard_outage_seconds_bucket", frozenset(("eni", "0.5"))] == 1
    assert seen["swapboard_outage_seconds_bucket", frozenset(("eni", "7.5"))] == 3
    assert seen["swapboard_outage_seconds_count", frozenset(("eni",))] == 3
    assert seen["swapboard_outage_seconds_sum", frozenset(("eni",))] == pytest.approx(
        12.3
    )
    assert (
        seen["swapboard_job_duration_seconds_bucket", frozenset(("swap", "15.0"))] == 0
    )
    assert seen["swapboard_job_duration_seconds_count", frozenset(("swap",))] == 4
    attach = "AttachNetworkInterface"
    assert seen["swapboard_ec2_calls_total", frozenset((attach, "ok"))] == 1
    assert seen["swapboard_ec2_calls_total", frozenset((attach, "unknown"))] == 1
    assert seen["swapboard_ec2_throttles_total", frozenset(())] == 1
    assert (
        seen["swapboard_inventory_age_seconds", frozenset(("default", "eu-west-1"))]
        < 120
    )
    assert seen["swapboard_inventory_error", frozenset(("default", "eu-west-1"))] == 0
    assert (
        seen[
            "swapboard_pair_frozen",
            frozenset(("article", "default", "eu-west-1", "eni")),
        ]
        == 0
    )
    assert seen["swapboard_seen_age_seconds", frozenset(("reconciler",))] < 60


def test_a_real_swap_is_in_the_histogram(article: Pair) -> None:
    token = make_token("olga", "operator")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    begun = client.post("/api/v1/pairs/article/swap", {}, "application/json").json()
    done = finish(models.Job.objects.get(id=begun["id"]))
    assert done.outage_started_at
    assert done.restored_at

    seen = read(client)

    outage_s = (done.restored_at - done.outage_started_at).total_seconds()
    assert seen["swapboard_outage_seconds_sum", frozenset(("eni",))] == pytest.approx(
        outage_s
    )
    assert seen[
        "swapboard_pair_ready", frozenset(("article", "default", "eu-west-1", "eni"))
    ] in (
        0,
        1,
    )


def test_strangers_need_a_token_also_behind_a_proxy_on_this_machine(
    article: Pair,
) -> None:
    token = make_token("vera", "viewer")
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    known = Client(
        REMOTE_ADDR="203.0.113.9", headers={"Authorization": f"Bearer {token}"}
    )
    forwarded = Client(headers={"X-Forwarded-For": "203.0.113.9"})
    wrong = Client(headers={"Authorization": "Bearer sb_no_body"})

    assert stranger.get("/metrics").status_code == 401
    assert stranger.get("/metrics")["WWW-Authenticate"] == "Bearer"
    assert known.get("/metrics/").status_code == 200
    assert forwarded.get("/metrics").status_code == 401
    assert wrong.get("/metrics").status_code == 401
    assert Client().get("/metrics").status_code == 200
    assert Client().post("/metrics").status_code == 405
    away = Client().get(f"/metrics?token={token}", REMOTE_ADDR="203.0.113.9")
    assert away.status_code == 400
    misnamed = Client().get("/metrics", headers={"Host": "evil.example"})
    assert (misnamed.status_code, misnamed.json()["code"]) == (400, "malformed")
    for word in ("sb_", "password", token):
        assert word not in Client().get("/metrics").content.decode()


def test_without_its_database_it_says_so(article: Pair) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("away")

    with connection.execute_wrapper(broken):
        reply = Client().get("/metrics")

    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
