"""What a request may look like, and how each that may not is answered."""

import json
from typing import Any

import pytest
from django.test import Client, RequestFactory, override_settings
from rest_framework.request import Request
from rest_framework.response import Response

from failover.api.door import Door
from failover.models import Job, Pair, StartCount
from tests.api.asking import API, Ask, asker, require_problem
from tests.services.world import PRIMARY, STANDBY, Sim, make_token

SWAP = "pairs/article/swap"

pytestmark = pytest.mark.usefixtures("article")


def test_each_wrong_form_has_its_own_problem(olga: Ask, sim: Sim) -> None:
    client = Client(
        headers={"Authorization": f"Bearer {make_token('otto', 'operator')}"}
    )
    long = "x" * 8000

    def post(body: bytes, kind: str, **headers: str) -> Any:
        return client.generic("POST", API + SWAP, body, kind, headers=headers)

    for kind in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=latin-1",
        "application/jsonp",
        "x" * 20000,
    ):
        require_problem(post(b"{}", kind), 415, "unsupported_media_type")
    zipped = post(b"\x1f\x8b", "application/json", **{"Content-Encoding": "gzip"})
    require_problem(zipped, 415, "unsupported_media_type")
    chunked = post(b"", "application/json", **{"Transfer-Encoding": "chunked"})
    require_problem(chunked, 411, "length_required")
    huge = json.dumps({"reason": "x" * 1024 * 1024}).encode()
    require_problem(post(huge, "application/json"), 413, "too_large")
    require_problem(olga("GET", f"pairs/?q={long}"), 414, "address_too_long")
    for taken in ("text/html", "image/*", "application/json;q=0", "nonsense"):
        reply = olga("GET", "pairs/", Accept=taken)
        require_problem(reply, 406, "not_acceptable")
    for taken in ("*/*", "application/*;q=0.1", "text/html, application/json", ""):
        assert olga("GET", "pairs/", Accept=taken).status_code == 200, taken
    assert Job.objects.count() == 0
    ok = post(b'{"to": "%s"}' % STANDBY.encode(), "application/json; charset=UTF-8")
    assert ok.status_code == 202, ok.content
    assert ok["Cache-Control"] == "no-store"


def test_a_wrong_method_is_told_the_right_ones(olga: Ask) -> None:
    for method in ("PUT", "DELETE", "PATCH", "GET", "TRACE", "LIST", "START"):
        reply = olga(method, SWAP)
        require_problem(reply, 405, "method_not_allowed")
        assert reply["Allow"] == "POST, OPTIONS"
    told = olga("OPTIONS", "pairs/article/")
    assert told.status_code == 204
    assert set(told["Allow"].split(", ")) >= {"GET", "PATCH", "DELETE", "OPTIONS"}
    assert olga("HEAD", "pairs/article").content == b""
    assert asker("sb_no_body")("OPTIONS", "pairs/").status_code == 401
    for path in ("/healthz", "/readyz/", f"{API}pairs/article/health"):
        reply = Client(enforce_csrf_checks=True).post(path)
        assert (reply.status_code, reply["Allow"]) == (405, "GET, HEAD"), path


def test_a_query_is_read_before_the_asker_is(olga: Ask) -> None:
    anonymous = asker("sb_nobody_nothing")
    for path in (
        "pairs/?limit=x",
        "pairs/?offset=-1",
        "pairs/?ordering=secret",
        "pairs/?ordering=name&ordering=region",
        "jobs/00000000-0000-4000-8000-000000000000?wait=soon",
        "jobs/00000000-0000-4000-8000-000000000000?wait=1&wait=2",
        "pairs/article/plan?to=a&to=b",
        "pairs/article/plan?to=i-0",
        "audit/?format=exe",
        "audit/?job=7",
    ):
        for ask in (anonymous, olga):
            problem = require_problem(ask("GET", path), 400, "invalid")
            assert all(problem["errors"].values()), path


def test_paths_outside_the_interface_are_problems_too(article: Pair) -> None:
    client = Client()

    require_problem(client.get("/api/v2/pairs/"), 404, "not_found")
    require_problem(client.get("/api"), 404, "not_found")
    require_problem(client.get("/api/v1"), 401, "anonymous")
    require_problem(
        client.get(f"{API}pairs/", headers={"Host": "evil.example"}), 400, "malformed"
    )


class Broken(Door):
    """A call with a bug."""

    required_role = {"GET": "viewer"}

    def get(self, request: Request) -> Response:
        raise ZeroDivisionError("sb_0123456789ab_" + "f" * 48)


def test_a_bug_is_a_problem_with_the_id_of_the_request(
    article: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    token = make_token("vera", "viewer")
    request = RequestFactory().get(
        "/api/v1/x", headers={"Authorization": f"Bearer {token}"}
    )
    request.META["swapboard.request_id"] = "abc123"

    reply = Broken.as_view()(request)
    reply["X-Request-Id"] = "abc123"

    problem = require_problem_of(reply)
    assert problem["request_id"] == "abc123"
    assert "ZeroDivision" not in reply.content.decode()


def require_problem_of(reply: Any) -> dict[str, Any]:
    assert reply["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(reply.content)
    assert (problem["status"], problem["code"]) == (500, "broken")
    return problem


@override_settings(API_STARTS_PER_MINUTE=3)
def test_starts_beyond_the_limit_wait_and_replays_do_not(olga: Ask) -> None:
    other = asker(make_token("otto", "operator"))
    ask = {"to": STANDBY, "expected_active": PRIMARY}
    first = olga("POST", SWAP, ask, **{"Idempotency-Key": "k"})
    for _ in range(2):
        require_problem(olga("POST", SWAP, ask), 409, "job_active")

    refused = olga("POST", SWAP, ask)

    require_problem(refused, 429, "throttled")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert olga("POST", SWAP, ask, **{"Idempotency-Key": "k"}).content == first.content
    require_problem(olga("POST", "pairs/nobody/swap", {}), 404, "not_found")
    require_problem(other("POST", SWAP, ask), 409, "job_active")
    assert olga("GET", "pairs/").status_code == 200
    # A minute later: what was counted then counts no more, and is forgotten.
    for count in StartCount.objects.all():
        StartCount.objects.filter(pk=count.pk).update(second=count.second - 61)
    require_problem(olga("POST", SWAP, ask), 409, "job_active")
    assert StartCount.objects.filter(asker__startswith="token:").count() == 2


@override_settings(API_CALLS_PER_MINUTE=2)
def test_a_runaway_reader_is_slowed_down(olga: Ask) -> None:
    replies = [olga("GET", "pairs/") for _ in range(6)]

    # The minute may have turned between two of them.
    assert {r.status_code for r in replies} == {200, 429}
    refused = next(r for r in replies if r.status_code == 429)
    assert 1 <= int(refused["Retry-After"]) <= 61
