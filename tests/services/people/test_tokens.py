"""Tokens: what they open, from where, for how long; and never in an address."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from failover import wiring
from failover.models import ApiToken, AuditEntry, Pair, User
from failover.services.people import tokens
from tests.services.world import SHELL, make_token

BACKEND = "django.contrib.auth.backends.ModelBackend"
JSON = "application/json"


def bearer(token: str, **extra: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"}, **extra)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), backend=BACKEND)
    return client


def status(token: str, **extra: Any) -> int:
    return bearer(token, **extra).get("/api/v1/pairs/").status_code


def test_a_token_opens_only_from_its_networks(article: Pair) -> None:
    make_token("olga", "operator")
    nets = ["10.0.0.0/8", "2001:db8::/32"]
    token = tokens.make(user_name="olga", actor=SHELL, source_nets=nets)

    assert status(token, REMOTE_ADDR="10.1.2.3") == 200
    assert status(token, REMOTE_ADDR="::ffff:10.1.2.3") == 200
    assert status(token, REMOTE_ADDR="2001:db8::7") == 200
    assert status(token, REMOTE_ADDR="192.0.2.1") == 401
    row = AuditEntry.objects.latest("seq")
    assert (row.action, row.outcome) == ("token.use", "refused")


@pytest.mark.parametrize(
    "query", ["token={}", "access_token={}", "q={}", "x=1&a={}#", "{}"]
)
def test_a_token_in_an_address_is_refused_out_loud(article: Pair, query: str) -> None:
    token = make_token("olga", "operator")

    for client in (Client(), bearer(token), signed_in("olga")):
        for path in ("/api/v1/pairs/", "/pairs/"):
            answer = client.get(f"{path}?{query.format(token)}")
            assert answer.status_code == 400, path
            assert "address" in answer.content.decode()
            assert token not in answer.content.decode()


def test_last_use_is_written_once_a_minute(article: Pair) -> None:
    token = make_token("olga", "operator")
    status(token)
    first = ApiToken.objects.get().last_used_at
    status(token)
    assert ApiToken.objects.get().last_used_at == first
    assert first is not None
    ApiToken.objects.update(last_used_at=first - timedelta(seconds=61))
    status(token)
    used_at = ApiToken.objects.get().last_used_at
    assert used_at is not None
    assert used_at > first - timedelta(seconds=61)


def test_the_database_holds_nothing_that_opens_anything(article: Pair) -> None:
    token = make_token("olga", "operator")

    row = ApiToken.objects.get()

    kept = " ".join(str(getattr(row, f.attname)) for f in ApiToken._meta.fields)  # noqa: SLF001
    assert token.rpartition("_")[2] not in kept
    assert status(f"sb_{row.public_id}_{row.secret_sha256}") == 401


def test_people_make_tokens_and_tokens_do_not(article: Pair) -> None:
    token = make_token("olga", "operator")
    body = {"name": "cron", "role": "viewer", "days": 7, "source_nets": ["10.0.0.0/8"]}

    assert bearer(token).post("/api/v1/tokens/", body, JSON).status_code == 403
    made = signed_in("olga").post("/api/v1/tokens/", body, JSON)
    assert made.status_code == 201
    shown = made.json()
    assert status(shown["token"], REMOTE_ADDR="10.0.0.1") == 200
    listed = bearer(token).get("/api/v1/tokens/").json()["results"]
    assert {t["name"] for t in listed} == {"", "cron"}
    assert all("token" not in t for t in listed)

    more = signed_in("olga").post("/api/v1/tokens/", {**body, "role": "admin"}, JSON)
    assert more.status_code == 400
    long = signed_in("olga").post("/api/v1/tokens/", {**body, "days": 91}, JSON)
    assert long.status_code == 400
    net = signed_in("olga").post(
        "/api/v1/tokens/", {**body, "source_nets": ["nowhere"]}, JSON
    )
    assert net.json()["errors"]["source_nets"]


def test_tokens_are_revoked_by_their_owner_and_by_administrators(article: Pair) -> None:
    token = make_token("olga", "operator")
    make_token("vera", "viewer")
    path = f"/api/v1/tokens/{token.split('_')[1]}/"

    assert signed_in("vera").delete(path).status_code == 404
    # A token may end itself, and no other.
    other = tokens.make(user_name="olga", actor=SHELL)
    assert bearer(other).delete(path).status_code == 403
    assert signed_in("olga").delete(path).status_code == 204
    assert status(token) == 401
    own = f"/api/v1/tokens/{other.split('_')[1]}/"
    assert bearer(other).delete(own).status_code == 204
    assert status(other) == 401


def test_an_owner_who_is_disabled_or_demoted_takes_tokens_along(article: Pair) -> None:
    token = make_token("olga", "operator")
    freeze = ("/api/v1/pairs/article/freeze/", {"reason": "r"}, JSON)
    User.objects.filter(username="olga").update(role="viewer")
    assert bearer(token).post(*freeze).status_code == 403
    User.objects.filter(username="olga").update(is_active=False)
    assert status(token) == 401
    assert wiring.now() < ApiToken.objects.get().expires_at


def test_the_page_shows_a_new_token_once(article: Pair) -> None:
    make_token("olga", "operator")
    client = signed_in("olga")
    form = {"name": "cron", "role": "operator", "days": "7", "source_nets": ""}

    page = client.post("/settings/tokens/new/", form)
    made = tokens.TOKEN.search(page.content.decode())

    assert made is not None
    assert "no-store" in page["Cache-Control"]
    assert status(made.group()) == 200
    again = client.get("/settings/tokens/").content.decode()
    assert made.group() not in again
    assert f"sb_{made.group().split('_')[1]}" in again
    client.post(f"/settings/tokens/{made.group().split('_')[1]}/revoke/")
    assert status(made.group()) == 401
