"""What was filled in outlives the question who one is."""

import re
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.test import Client

from failover.models import Account, User
from failover.services.access import Actor
from failover.services.people import users
from failover.web import asking_again
from tests.web.conftest import STANDBY, Home
from tests.web.test_signing_in import PASSWORD, grow_old, is_in, sign_in

SHELL = Actor(name="cli:root", role="admin", trigger="cli")
LOOK = "/settings/accounts/default/look/"


@pytest.fixture
def anna(sqlite_database: str) -> Client:
    """Her session, more than five minutes after she has shown who she is."""
    users.create_user(name="anna", role="admin", password=PASSWORD, actor=SHELL)
    client = Client()
    sign_in(client)
    assert is_in(client)
    grow_old(client)
    return client


def kept_at(asked: Any) -> str:
    """Where one is led after the password."""
    there = asked.headers.get("HX-Redirect") or asked["Location"]
    return unquote(there.partition("?next=")[2])


def show_who_one_is(client: Client, asked: Any) -> str:
    there = kept_at(asked)
    path = f"/accounts/reauthenticate/?next={there}"
    assert client.post(path, {"password": PASSWORD})["Location"] == there
    return there


def send_on(client: Client, page: str) -> Any:
    """The one click, by what the page's form holds and nothing else."""
    action = re.findall(r'<form method="post" action="([^"]+)"', page)[-1]
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    said: dict[str, list[str]] = {}
    for name, value in fields:
        said.setdefault(name, []).append(value)
    return client.post(action, said)


def test_a_change_that_asks_for_the_password_is_shown_and_sent_by_one_click(
    anna: Client,
) -> None:
    Account.objects.create(name="default", is_production=True, colour="red")
    asked = anna.post(
        LOOK, {"colour": "teal"}, headers={"referer": "http://testserver/settings/"}
    )
    assert Account.objects.get().is_production

    there = show_who_one_is(anna, asked)
    page = anna.get(there).content.decode()

    for said in ("Change how account default looks?", "teal", "Production</dt><dd>"):
        assert said in page
    assert "<bdi>no</bdi>" in page
    assert 'href="http://testserver/settings/">Do not send it' in page
    assert 'name="csrfmiddlewaretoken"' in page
    # Nothing is sent by looking.
    assert Account.objects.get().is_production
    assert send_on(anna, page).status_code == 302
    row = Account.objects.get()
    assert (row.is_production, row.colour) == (False, "teal")
    # Sent once, it is kept no more.
    assert anna.get(there).status_code == 404


def test_a_dialog_leads_the_whole_page_there_and_loses_nothing(home: Home) -> None:
    Account.objects.update(is_production=True)
    client = home.client("anna")
    assert client.get("/help/").status_code == 200
    session = client.session
    session["auth_at"] -= 301
    session.save()
    said = {"to": STANDBY, "plan_hash": "x", "idempotency_key": str(uuid4())}

    asked = client.post(
        "/pairs/article/swap/",
        {**said, "reason": "patching <b>", "typed_name": "article"},
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://testserver/pairs/article/",
        },
    )

    assert asked.headers["HX-Redirect"].startswith("/accounts/reauthenticate/?next=")
    page = client.get(kept_at(asked)).content.decode()
    assert "Swap article?" in page
    assert "patching &lt;b&gt;" in page
    assert 'action="/pairs/article/swap/"' in page
    assert 'href="http://testserver/pairs/article/">Do not send it' in page


def test_secrets_are_not_kept_but_asked_for_again(anna: Client) -> None:
    token = "sb_abc_" + "x" * 32
    role = {"what": "role", "role": "viewer", "password": "hunter2hunter2"}
    asked = anna.post(
        f"/settings/users/{User.objects.get().pk}/", {**role, "note": token}
    )

    kept = anna.session[asking_again.KEPT]

    assert kept["fields"] == [["what", ["role"]], ["role", ["viewer"]]]
    assert kept["lacking"] == ["password", "note"]
    assert "hunter2" not in str(dict(anna.session))
    page = anna.get(kept_at(asked)).content.decode()
    assert 'type="password" id="again-1" name="password"' in page


def test_what_is_kept_is_for_its_person_for_ten_minutes_and_small(
    anna: Client,
) -> None:
    Account.objects.create(name="default", is_production=True)
    there = kept_at(anna.post(LOOK, {"colour": "teal"}))
    assert anna.get(there).status_code == 200
    assert anna.get("/accounts/reauthenticate/another/").status_code == 404

    for change in ({"user": 0}, {"at": anna.session[asking_again.KEPT]["at"] - 601}):
        session = anna.session
        session[asking_again.KEPT] = {**session[asking_again.KEPT], **change}
        session.save()
        assert anna.get(there).status_code == 404

    too_much = anna.post(LOOK, {"colour": "teal", "note": "x" * 9000})
    assert kept_at(too_much) == "/"
    assert "fill it in again" in anna.get("/").content.decode()
