"""Signing in, second factors, and sessions that end when they must."""

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from failover.models import AuditEntry, Sitting, User
from failover.services.access import Actor
from failover.services.people import users
from tests.web.conftest import BACKEND

PASSWORD = "a long pass phrase for people"
SHELL = Actor(name="cli:root", role="admin", trigger="cli")
LOGIN = "/accounts/login/"
TOKEN_NEW = "/settings/tokens/new/"


@pytest.fixture
def anna(sqlite_database: str) -> User:
    users.create_user(name="anna", role="admin", password=PASSWORD, actor=SHELL)
    return User.objects.get(username="anna")


def sign_in(client: Client, name: str = "anna", password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"username": name, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/settings/security/").status_code == 200


def code_of(secret: str, *, step: int = 0) -> str:
    counter = int(time.time()) // 30 + step
    return str(format_hotp_value(hotp_value(secret, counter)))


def grow_old(client: Client) -> None:
    """Let more than five minutes pass since its person has shown who they are."""
    session = client.session
    session["auth_at"] -= 301
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()


def set_up_totp(client: Client) -> str:
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'class="code">([A-Z2-7]{32})<', page)
    assert found is not None
    secret = found.group(1)
    assert client.get("/accounts/2fa/totp/qr/")["Content-Type"] == "image/svg+xml"
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    return secret


def test_a_session_is_new_at_sign_in_and_leads_back(anna: User) -> None:
    client = Client()
    assert (
        client.get("/jobs/?q=x")["Location"] == "/accounts/login/?next=/jobs/%3Fq%3Dx"
    )
    client.session.save()
    before = client.session.session_key

    answer = client.post(
        LOGIN, {"username": "anna", "password": PASSWORD, "next": "/jobs/?q=x"}
    )

    assert answer["Location"] == "/jobs/?q=x"
    assert client.session.session_key != before
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert client.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"


def test_thirty_wrong_passwords_are_shut_out_and_nobody_else_is(anna: User) -> None:
    # Attempts are counted in the database: there is no broker here at all.
    assert not list(Path(settings.DATA_DIR).rglob("broker.sock"))
    guesser, said = Client(REMOTE_ADDR="10.9.9.9"), set()
    for number in range(30):
        name = "anna" if number % 2 else "nobody"
        said.add(guesser.post(LOGIN, {"username": name, "password": "x"}).status_code)

    locked = sign_in(guesser)

    assert locked.status_code == 429
    assert b"anna" not in locked.content.split(b"<main")[1]
    assert said == {200, 429}
    assert not is_in(guesser)
    # The last administrator comes in from elsewhere, while the guesser goes on.
    assert sign_in(Client(REMOTE_ADDR="10.1.1.1")).status_code == 302


def test_a_wrong_name_and_a_wrong_password_are_told_alike(anna: User) -> None:
    def page(name: str) -> str:
        text = sign_in(Client(), name, "wrong").content.decode()
        return re.sub(r'value="[^"]*"|data-now="[^"]*"|[0-9a-f]{32}', "", text)

    assert page("anna") == page("anny")


def test_nothing_can_be_signed_up_for(anna: User) -> None:
    for path in ("/accounts/signup/", "/accounts/3rdparty/signup/"):
        answer = Client().post(path, {"username": "eve", "password1": PASSWORD})
        assert answer["Location"] == LOGIN
    for path in ("/accounts/password/reset/", "/accounts/email/", "/admin/"):
        assert Client().get(path).status_code == 404
    assert User.objects.count() == 1


def test_a_code_signs_in_once(anna: User) -> None:
    client = Client()
    sign_in(client)
    secret = set_up_totp(client)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    # The code that has set it up counts as used neither: it was never signed in with.
    code = code_of(secret)

    first, second = Client(), Client()
    assert sign_in(first)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(first)
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert is_in(first)
    sign_in(second)
    replayed = second.post("/accounts/2fa/authenticate/", {"code": code})

    assert replayed.status_code == 200
    assert not is_in(second)


def test_guessing_codes_ends_after_a_few(anna: User) -> None:
    client = Client()
    sign_in(client)
    secret = set_up_totp(client)
    thief = Client()
    sign_in(thief)

    for number in range(6):
        thief.post("/accounts/2fa/authenticate/", {"code": f"00000{number}"})
    thief.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})

    assert not is_in(thief)


def test_a_recovery_code_signs_in_once(anna: User) -> None:
    client = Client()
    sign_in(client)
    set_up_totp(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<li>(\d{8})</li>", page)
    assert len(codes) == 10

    for expected in (True, False):
        other = Client()
        sign_in(other)
        other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_in(other) is expected


def test_a_demanded_second_factor_is_set_up_before_anything_else(anna: User) -> None:
    client = Client()
    sign_in(client)

    with override_settings(MFA_REQUIRED_FROM="operator"):
        asked = client.get("/pairs/")
        assert asked["Location"] == "/accounts/2fa/totp/activate/"
        set_up_totp(client)
        assert client.get("/pairs/").status_code == 200
    users.create_user(name="vera", role="viewer", password=PASSWORD, actor=SHELL)
    with override_settings(MFA_REQUIRED_FROM="operator"):
        viewer = Client()
        sign_in(viewer, "vera")
        assert viewer.get("/pairs/").status_code == 200


def age(client: Client, *, seen: timedelta, began: timedelta) -> None:
    session = client.session
    session["seen_at"] -= seen.total_seconds()
    session["auth_at"] -= began.total_seconds()
    session.save()


@pytest.mark.parametrize(
    ("seen", "began", "stays"),
    [
        (timedelta(minutes=29), timedelta(minutes=29), True),
        (timedelta(minutes=31), timedelta(minutes=31), False),
        (timedelta(0), timedelta(hours=11, minutes=59), True),
        (timedelta(0), timedelta(hours=12, minutes=1), False),
    ],
)
def test_a_session_ends_unused_or_old(
    anna: User, seen: timedelta, began: timedelta, *, stays: bool
) -> None:
    client = Client()
    sign_in(client)
    assert is_in(client)
    age(client, seen=seen, began=began)
    key = client.session.session_key

    answer = client.get("/jobs/?q=x")

    assert (answer.status_code == 200) is stays
    if not stays:
        assert answer["Location"] == "/accounts/login/?next=/jobs/%3Fq%3Dx"
        assert not Session.objects.filter(session_key=key).exists()
        assert "signed out" in client.get(LOGIN).content.decode()


def test_a_page_that_asks_by_itself_keeps_no_session_alive(anna: User) -> None:
    client = Client()
    sign_in(client)
    assert is_in(client)
    age(client, seen=timedelta(minutes=20), began=timedelta(minutes=20))
    poll = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/"}

    before = client.session["seen_at"]
    client.get("/jobs/", headers=poll)
    assert client.session["seen_at"] == before
    client.get("/jobs/", headers={**poll, "X-Activity": "1"})
    assert client.session["seen_at"] > before

    age(client, seen=timedelta(minutes=31), began=timedelta(0))
    answer = client.get("/jobs/", headers=poll)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/login/?next=/jobs/"


def stolen(client: Client) -> Client:
    thief = Client()
    name = settings.SESSION_COOKIE_NAME
    thief.cookies[name] = client.cookies[name].value
    return thief


def test_a_stolen_cookie_opens_nothing_after_signing_out(anna: User) -> None:
    client = Client()
    sign_in(client)
    thief = stolen(client)
    assert is_in(thief)

    client.post("/accounts/logout/")

    assert not is_in(thief)
    assert not Sitting.objects.exists()


@pytest.mark.parametrize("by", ["disable", "password", "end-sessions"])
def test_an_administrator_ends_every_session_of_a_user(anna: User, by: str) -> None:
    users.create_user(name="olaf", role="operator", password=PASSWORD, actor=SHELL)
    olaf = User.objects.get(username="olaf")
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, "olaf")
        assert is_in(client)
    admin = Client()
    sign_in(admin)

    answer = admin.post(f"/settings/users/{olaf.pk}/{by}/")

    assert answer.status_code in (200, 302)
    assert [is_in(client) for client in clients] == [False, False]
    assert is_in(admin)
    row = AuditEntry.objects.filter(object="user/olaf", actor="anna").latest("seq")
    assert row.after is not None
    assert row.after["ended"] == 2
    if by == "disable":
        assert sign_in(Client(), "olaf").status_code == 200


def test_changing_ones_password_ends_every_session(anna: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    assert is_in(there)
    new = "another long pass phrase"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    wrong = here.post("/settings/security/password/", {**form, "old_password": "x"})
    assert wrong.status_code == 422
    here.post("/settings/security/password/", form)

    assert [is_in(here), is_in(there)] == [False, False]
    assert sign_in(Client(), password=new).status_code == 302


def test_one_ends_all_ones_sessions_or_one(anna: User) -> None:
    here, there, away = Client(), Client(), Client()
    for client in (here, there, away):
        sign_in(client)
        assert is_in(client)
    other = Sitting.objects.get(session_key=away.session.session_key)

    here.post("/settings/security/sessions/", {"sitting": other.pk})
    assert [is_in(c) for c in (here, there, away)] == [True, True, False]

    here.post("/settings/security/sessions/")
    assert [is_in(here), is_in(there)] == [False, False]


def test_a_stolen_session_ends_no_others(anna: User) -> None:
    stolen, own = Client(), Client()
    for client in (stolen, own):
        sign_in(client)
        assert is_in(client)
    grow_old(stolen)

    answer = stolen.post("/settings/security/sessions/")

    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert is_in(own)


def test_sessions_are_told_by_what_they_are_opened_in(anna: User) -> None:
    client = Client(
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox/140.0"}
    )
    sign_in(client)

    assert b">Firefox on Linux<" in client.get("/settings/security/").content


def test_roles_and_tokens_ask_for_the_person_again(anna: User) -> None:
    users.create_user(name="olaf", role="operator", password=PASSWORD, actor=SHELL)
    olaf = User.objects.get(username="olaf")
    client = Client()
    sign_in(client)
    assert is_in(client)
    grow_old(client)
    role = {"what": "role", "role": "viewer"}
    token = {"name": "t", "role": "viewer", "days": "1", "source_nets": ""}

    for path, said in ((f"/settings/users/{olaf.pk}/", role), (TOKEN_NEW, token)):
        asked = client.post(path, said)
        assert asked["Location"].startswith("/accounts/reauthenticate/?next=")
    assert User.objects.get(username="olaf").role == "operator"

    ended = client.post("/settings/security/sessions/")
    assert ended["Location"].startswith("/accounts/reauthenticate/")
    before, sitting = client.session.session_key, Sitting.objects.get()
    back = client.post(
        "/accounts/reauthenticate/?next=/settings/users/", {"password": PASSWORD}
    )
    assert back["Location"] == "/settings/users/"
    # With another cookie: whoever has copied the former one stays behind.
    sitting.refresh_from_db()
    assert client.session.session_key == sitting.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert client.post(f"/settings/users/{olaf.pk}/", role).status_code == 302
    assert client.post("/settings/tokens/new/", token).status_code == 200
    assert User.objects.get(username="olaf").role == "viewer"


def test_the_last_administrator_stays(anna: User) -> None:
    client = Client()
    client.force_login(anna, backend=BACKEND)

    demoted = client.post(
        f"/settings/users/{anna.pk}/", {"what": "role", "role": "viewer"}
    )
    disabled = client.post(f"/settings/users/{anna.pk}/disable/")

    assert [demoted.status_code, disabled.status_code] == [409, 409]
    anna.refresh_from_db()
    assert (anna.role, anna.is_active) == ("admin", True)
