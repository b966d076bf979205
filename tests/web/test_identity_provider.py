"""Who comes from an identity provider has the role of their groups, or stays out."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.test import Client, override_settings

from failover.models import AuditEntry, User
from failover.services.access import Actor
from failover.services.people import users

SHELL = Actor(name="cli:root", role="admin", trigger="cli")
LOGIN = "/accounts/oidc/sso/login/"


class Provider(BaseHTTPRequestHandler):
    """As much of OpenID Connect as a sign-in with a code asks for."""

    claims: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[str]] = []
    # What it calls itself; empty: by its address.
    name: ClassVar[str] = ""

    def do_GET(self) -> None:
        here = f"http://{self.headers['Host']}"
        if self.path.startswith("/userinfo"):
            self.say(self.claims)
            return
        self.say(
            {
                "issuer": self.name or here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "userinfo_endpoint": f"{here}/userinfo",
                "jwks_uri": f"{here}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(body)
        here = f"http://{self.headers['Host']}"
        said = {
            "iss": self.name or here,
            "aud": "swapboard",
            "exp": 4102444800,
            **self.claims,
        }
        parts = [{"alg": "none"}, said]
        coded = [base64.urlsafe_b64encode(json.dumps(p).encode()) for p in parts]
        token = b".".join([*coded, b"c2ln"]).decode().replace("=", "")
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def provider(sqlite_database: str) -> Iterator[type[Provider]]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    issuer = f"http://127.0.0.1:{server.server_address[1]}"
    app = {
        "provider_id": "sso",
        "name": "Example",
        "client_id": "swapboard",
        "secret": "s",
        "settings": {"server_url": issuer, "uid_field": "sub"},
    }
    configured = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    with override_settings(
        SOCIALACCOUNT_PROVIDERS=configured,
        OIDC_ISSUER=issuer,
        OIDC_ROLE_MAP={"ops": "operator", "leads": "approver"},
        OIDC_GROUPS_CLAIM="groups",
    ):
        yield Provider
    server.shutdown()
    thread.join()
    server.server_close()


def come(claims: dict[str, Any]) -> tuple[Client, Any]:
    """Sign in at the provider as somebody, and come back with the code."""
    Provider.claims = claims
    client = Client()
    there = client.post(f"{LOGIN}?next=/pairs/")
    assert there.status_code == 302
    query = parse_qs(urlsplit(there["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    state = query["state"][0]
    return client, client.get(f"{LOGIN}callback/", {"code": "c", "state": state})


def test_groups_give_the_role_and_take_it_at_the_next_sign_in(
    provider: type[Provider],
) -> None:
    databases = Group.objects.create(name="databases")
    gina = {"sub": "1", "preferred_username": "gina", "groups": ["ops", "databases"]}

    client, back = come(gina)

    assert back["Location"] == "/pairs/"
    assert client.get("/pairs/").status_code == 200
    user = User.objects.get(username="gina")
    assert (user.role, user.has_usable_password()) == ("operator", False)
    assert list(user.groups.all()) == [databases]
    assert "code_verifier" in provider.asked[-1]

    come({**gina, "groups": ["leads"]})
    user.refresh_from_db()
    assert user.role == "approver"
    assert not user.groups.exists()
    told = AuditEntry.objects.filter(action="user.role", object="user/gina")
    assert [row.reason for row in told] == ["identity provider"] * 2

    other, back = come({**gina, "groups": ["strangers"]})
    assert back.status_code == 403
    assert other.get("/pairs/").status_code == 302


def test_a_provider_that_calls_itself_otherwise_lets_nobody_in(
    provider: type[Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "name", "https://id.evil.example")

    client, back = come({"sub": "9", "preferred_username": "eve", "groups": ["ops"]})

    assert back.status_code == 403
    assert "OIDC_ISSUER" in back.content.decode()
    assert client.get("/pairs/").status_code == 302
    assert not User.objects.filter(username="eve").exists()


def test_who_is_in_no_group_is_not_made_a_user(provider: type[Provider]) -> None:
    client, back = come({"sub": "2", "preferred_username": "eve", "groups": []})

    assert back.status_code == 403
    assert "in no group" in back.content.decode()
    assert client.get("/pairs/").status_code == 302
    assert not User.objects.filter(username="eve").exists()


def test_nobody_becomes_a_local_user_by_bearing_their_name(
    provider: type[Provider],
) -> None:
    users.create_user(name="anna", role="admin", password=None, actor=SHELL)

    client, back = come({"sub": "3", "preferred_username": "anna", "groups": ["ops"]})

    assert back.status_code == 403
    assert client.get("/pairs/").status_code == 302
    assert User.objects.get(username="anna").role == "admin"
    assert not hasattr(provider, "anna")


def test_a_forged_return_signs_nobody_in(provider: type[Provider]) -> None:
    provider.claims = {"sub": "4", "preferred_username": "mal", "groups": ["leads"]}
    client = Client()

    back = client.get(f"{LOGIN}callback/", {"code": "c", "state": "forged"})

    assert back.status_code in (200, 401, 403)
    assert not User.objects.filter(username="mal").exists()
    assert client.get("/pairs/").status_code == 302
