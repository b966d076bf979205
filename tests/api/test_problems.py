"""Whatever is wrong is answered by a problem, the first of them by its order."""

import pytest

from failover import wiring
from failover.models import Job
from tests.api.asking import Ask, asker
from tests.services.world import PRIMARY, STANDBY, Sim, make_token

pytestmark = pytest.mark.usefixtures("article")


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
