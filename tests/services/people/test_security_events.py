"""One test a row of what must be logged for security; each is a row of the audit.

Second factors, approvals and break-glass have theirs where they are made.
"""

from typing import Any

import pytest
from django.test import Client

from failover import models, wiring
from failover.models import AuditEntry, Pair
from failover.services.people import users
from tests.services.doors import BACKEND, last, no_audit, signed_in
from tests.services.world import SHELL


def test_signing_in_and_out_are_told(article: Pair) -> None:
    users.create_user(name="ada", role="admin", password="sesame-sesame", actor=SHELL)
    client = Client()

    client.post("/accounts/login/", {"username": "ada", "password": "sesame-sesame"})
    client.post("/accounts/logout/")

    rows = AuditEntry.objects.order_by("-seq")[:2]
    told = [(r.actor, r.action, r.object, r.outcome) for r in rows]
    assert told == [
        ("ada", "user.logout", "user/ada", "ok"),
        ("ada", "user.login", "user/ada", "ok"),
    ]


def test_wrong_passwords_are_told_one_by_one_until_locked_out(article: Pair) -> None:
    users.create_user(name="ada", role="admin", password="sesame-sesame", actor=SHELL)
    before = AuditEntry.objects.count()

    for _ in range(12):
        Client().post(
            "/accounts/login/",
            {"username": "ada", "password": "wrong"},
            REMOTE_ADDR="10.9.9.9",
        )

    rows = AuditEntry.objects.filter(seq__gt=before)
    assert {(r.actor, r.action, r.object) for r in rows} == {
        ("anonymous", "user.login", "user/ada")
    }
    reasons = [r.reason for r in rows.order_by("seq")]
    assert len(reasons) == 12
    assert reasons[0] == "bad_credentials"
    assert reasons[-1] == "throttled"


def test_a_sign_in_that_cannot_be_told_fails(article: Pair) -> None:
    users.create_user(name="ada", role="admin", password="sesame-sesame", actor=SHELL)
    client = Client()

    with no_audit():
        reply = client.post(
            "/accounts/login/", {"username": "ada", "password": "sesame-sesame"}
        )

    assert reply.status_code == 503
    assert client.get("/").status_code == 302


def test_a_denied_page_is_told_even_when_it_was_only_looked_at(article: Pair) -> None:
    signed_in("vera", "viewer").get("/pairs/new/")

    row = last()
    assert (row.actor, row.outcome, row.reason) == ("vera", "refused", "forbidden")
    assert row.after["path"] == "/pairs/new/"


def test_a_forged_form_is_told(article: Pair) -> None:
    users.create_user(name="olaf", role="operator", password=None, actor=SHELL)
    client = Client(enforce_csrf_checks=True)
    client.force_login(models.User.objects.get(username="olaf"), backend=BACKEND)

    client.post("/pairs/article/freeze/", {"reason": "r"})

    row = last()
    assert (row.actor, row.action) == ("olaf", "pair.freeze")
    assert (row.outcome, row.reason) == ("refused", "forbidden")


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"revoked_at": True}, "revoked"),
        ({"expires_at": True}, "expired"),
        ({"secret_sha256": "0" * 64}, "wrong_secret"),
    ],
)
def test_a_token_that_is_not_let_in_is_told_with_its_reason(
    bearer: Client, columns: dict[str, Any], why: str
) -> None:
    now = wiring.now()
    given = {k: now if v is True else v for k, v in columns.items()}
    models.ApiToken.objects.update(**given)

    assert bearer.get("/api/v1/pairs/").status_code == 401

    row = last()
    token_id = models.ApiToken.objects.get().public_id
    assert (row.action, row.outcome, row.reason) == ("token.use", "refused", why)
    assert (row.token, row.object) == (token_id, f"token/{token_id}")
    assert row.actor == ("anonymous" if why == "wrong_secret" else "ada")


def test_the_first_use_of_a_token_each_day_is_told(bearer: Client) -> None:
    bearer.get("/api/v1/pairs/")
    bearer.get("/api/v1/jobs/")

    used = AuditEntry.objects.filter(action="token.use", outcome="ok")
    assert [row.actor for row in used] == ["ada"]


def test_a_changed_role_and_a_changed_policy_are_told_before_and_after(
    bearer: Client,
) -> None:
    users.create_user(name="ada", role="viewer", password=None, actor=SHELL)
    assert (last().before, last().after) == ({"role": "admin"}, {"role": "viewer"})

    users.create_user(name="ada", role="admin", password=None, actor=SHELL)
    bearer.patch(
        "/api/v1/pairs/article/", {"policy": {"confirm": "name"}}, "application/json"
    )
    assert last().before["policy"]["confirm"] == "none"
    assert last().after["policy"]["confirm"] == "name"
