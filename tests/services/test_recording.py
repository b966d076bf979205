"""No request that would change something goes unrecorded, whatever became of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from failover import models
from failover.models import AuditEntry, Pair
from failover.services import requested
from failover.services.flood import WINDOW_S, Flood, Surplus
from tests.services.doors import ask, doors, enter, is_marked, last, no_audit, signed_in
from tests.services.world import Sim, finish, make_token

# The mechanism


def test_the_walk_meets_pages_and_calls() -> None:
    paths = [path for _, path in doors()]

    assert len(paths) > 50
    assert {"/api/v1/pairs/article/swap/", "/pairs/article/swap/"} <= set(paths)
    marked = [p for p in paths if not p.startswith("/api/") and is_marked(p)]
    assert marked == ["/accounts/theme/"]


@pytest.mark.parametrize("role", ["", "viewer", "operator", "admin"])
def test_every_request_that_would_change_something_leaves_a_row(
    article: Pair, role: str
) -> None:
    header = {"Authorization": f"Bearer {make_token('ada', role)}"} if role else {}
    browser = Client()
    program = Client(headers=header)
    outcomes: set[str] = set()
    for number, (method, path) in enumerate(doors()):
        client = program if path.startswith("/api/") else browser
        if "logout" in path:
            continue
        if role:
            # Some of these end every session.
            enter(browser, "ada")
        before = AuditEntry.objects.count()
        reply = ask(client, method, path, origin=f"10.0.0.{number}")
        if is_marked(path) and reply.status_code < 400:
            continue
        told = AuditEntry.objects.filter(seq__gt=before)
        assert told, (method, path, reply.status_code)
        asked = [row for row in told if row.action != "token.use"]
        who = {row.actor for row in asked}
        assert who <= {"ada" if role else "anonymous", "engine"}, (method, path)
        assert {row.source_ip for row in asked} == {f"10.0.0.{number}"}, path
        outcomes |= {row.outcome for row in told}
    assert "refused" in outcomes
    assert ("accepted" in outcomes) == (role in ("operator", "admin"))


# What a transaction of a request may not do

TRUTH = ("pair", "pairresource", "job", "user", "apitoken", "account")
SET_COLUMN = r'"(\w+)" = '
BESIDE = {
    "time_zone",
    "last_login",
    "last_used_at",
    "password",
    "drift_seen_at",
    "free_seen_at",
}


@contextmanager
def spied() -> Iterator[list[str]]:
    """Collect statements that change the truth without an audit row beside them."""
    alone: list[str] = []
    told: set[int] = set()
    blocks: list[object] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        result = execute(sql, params, many, context)
        if 'INSERT INTO "failover_auditentry"' in sql:
            told.add(len(blocks))
        elif _changes_truth(sql):
            if connection.in_atomic_block:
                number = len(blocks)
                transaction.on_commit(lambda: _judge(number, sql))
            else:
                alone.append(sql)
        return result

    def _judge(number: int, sql: str) -> None:
        if number not in told:
            alone.append(sql)
        blocks.append(object())

    with connection.execute_wrapper(watch):
        yield alone


def _changes_truth(sql: str) -> bool:
    found = re.match(r'(INSERT INTO|UPDATE|DELETE FROM) "failover_(\w+)"', sql)
    if not found or found[2] not in TRUTH:
        return False
    if found[1] != "UPDATE":
        return True
    columns = set(
        re.findall(r'"(\w+)" = ', sql.partition(" SET ")[2].split(" WHERE ")[0])
    )
    return not columns <= BESIDE


def test_no_request_changes_the_truth_without_a_row_in_its_transaction(
    bearer: Client,
) -> None:
    browser = signed_in("anna", "admin")

    with spied() as alone:
        for method, path in doors():
            if "logout" not in path:
                ask(bearer if path.startswith("/api/") else browser, method, path)

    assert alone == []


def test_the_spy_sees_a_change_that_tells_nothing(article: Pair) -> None:
    with spied() as alone, transaction.atomic():
        Pair.objects.update(frozen_reason="silently")

    assert len(alone) == 1


# Failing closed


def truth() -> list[Any]:
    every = (Pair, models.Job, models.Intent, models.ResourceLock, models.Account)
    return [list(model.objects.order_by("pk").values()) for model in every]


def test_without_its_row_nothing_is_changed_and_no_call_leaves(
    bearer: Client, sim: Sim
) -> None:
    browser = signed_in("anna", "admin")
    bearer.get("/api/v1/pairs/")
    before = truth()

    with no_audit():
        for method, path in doors():
            client = bearer if path.startswith("/api/") else browser
            reply = ask(client, method, path)
            if not is_marked(path):
                assert reply.status_code == 503, (method, path, reply.status_code)

    assert truth() == before
    assert sim.mutating_calls() == []


def test_an_engine_that_cannot_tell_of_a_call_does_not_make_it(
    bearer: Client, sim: Sim
) -> None:
    reply = ask(bearer, "POST", "/api/v1/pairs/article/swap/")
    job = models.Job.objects.get(id=reply.json()["id"])

    with no_audit(), pytest.raises(Exception, match="disk is full"):
        finish(job)

    assert sim.mutating_calls() == []
    # The leases of a driver that died so are over after a while.
    models.Job.objects.update(lease_until=0.0, next_run_at=0.0)
    models.Region.objects.update(lease_until=0.0)
    assert finish(job).state == "succeeded"


# What a row says


def test_a_refused_swap_says_who_by_which_token_from_where_and_why(
    bearer: Client,
) -> None:
    body = {"plan_hash": "0" * 64, "reason": "drill"}
    bearer.post(
        "/api/v1/pairs/article/swap/", body, "application/json", REMOTE_ADDR="10.1.2.3"
    )

    row = last()
    assert (row.actor, row.action, row.object) == (
        "ada",
        "swap.request",
        "pair/article",
    )
    assert (row.outcome, row.reason, row.source_ip) == (
        "refused",
        "changed",
        "10.1.2.3",
    )
    assert row.token == models.ApiToken.objects.get().public_id
    assert row.plan_hash == "0" * 64
    assert row.after["status"] == 412
    assert row.after["asked"] == {"plan_hash": "0" * 64, "reason": "drill"}


def test_a_refusal_by_a_running_job_names_it(bearer: Client) -> None:
    job = ask(bearer, "POST", "/api/v1/pairs/article/swap/").json()["id"]

    ask(bearer, "POST", "/api/v1/pairs/article/swap/")

    assert (last().reason, str(last().job_id)) == ("job_active", job)


def test_of_a_bulk_request_each_refused_pair_has_its_row(bearer: Client) -> None:
    ask(bearer, "POST", "/api/v1/pairs/article/swap/")

    ask(bearer, "POST", "/api/v1/swaps/")

    row = last()
    assert (row.object, row.outcome, row.reason) == (
        "pair/article",
        "refused",
        "job_active",
    )


def test_an_answer_given_again_is_told_of_as_that(bearer: Client) -> None:
    for _ in range(2):
        bearer.post(
            "/api/v1/pairs/article/swap/",
            {},
            "application/json",
            headers={"Idempotency-Key": "k1"},
        )

    assert (last().action, last().outcome) == ("swap.request", "replayed")
    assert AuditEntry.objects.filter(outcome="accepted").count() == 1


def test_a_body_that_cannot_be_read_is_told_with_the_tokens_owner(
    bearer: Client,
) -> None:
    bearer.post("/api/v1/pairs/", "{", "application/json")

    assert (last().actor, last().reason) == ("ada", "malformed")


def test_no_secret_that_was_sent_is_kept(bearer: Client) -> None:
    canary = "c4n4ry-c4n4ry-c4n4ry"
    body = {"password": canary, "user_data": canary, "token": canary, "note": canary}
    body |= {"reason": f"for sb_abc123_{canary}"}

    bearer.post("/api/v1/pairs/article/swap/", body, "application/json")
    Client().post("/accounts/login/", {"username": canary, "password": canary})

    assert all(canary not in str(row) for row in AuditEntry.objects.values())


# A flood


def test_a_flood_is_counted_and_not_listed() -> None:
    flood = Flood()

    told = [flood.admits("ip:10.0.0.1", at_s=0.0, most=3) for _ in range(10)]

    assert told == [True] * 3 + [False] * 7
    assert flood.take_surplus(WINDOW_S - 1) == []
    assert flood.take_surplus(WINDOW_S) == [Surplus(who="ip:10.0.0.1", count=7)]
    assert flood.take_surplus(2 * WINDOW_S) == []


@pytest.mark.parametrize(
    ("method", "route", "arguments", "action", "subject"),
    [
        ("POST", "pairs/<pair:name>/swap/", {"name": "a"}, "swap.request", "pair/a"),
        ("DELETE", "api/v1/pairs/<str:name>", {"name": "a"}, "pair.delete", "pair/a"),
        ("POST", "pairs/new/", {}, "pair.create", "/here/"),
        ("POST", "api/v1/swaps/", {}, "swap.request", "/here/"),
        ("POST", "api/v1/users/<str:n>/disable/", {"n": "b"}, "user.disable", "user/b"),
        ("POST", "", {}, "request", "/here/"),
    ],
)
def test_a_request_is_named_after_its_address(
    method: str, route: str, arguments: dict[str, str], action: str, subject: str
) -> None:
    what = requested.describe(
        method=method, route=route, path="/here/", arguments=arguments, fields={}
    )

    assert (what.action, what.subject) == (action, subject)
