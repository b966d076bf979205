"""What a stranger, a thief or a guest might try, and what comes of it."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings

from failover.models import Job, Pair, SavedView, User
from failover.services import exports
from failover.services.people import tokens
from failover.services.people.passwords import NoHouseWords
from tests.project.files import ROOT
from tests.services.doors import BACKEND, doors, last, signed_in
from tests.services.world import PRIMARY, SHELL, STANDBY, make_token

FAST = "django.contrib.auth.hashers.MD5PasswordHasher"
ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "https://testserver@evil.example/",
)


@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_program_without_tls_is_refused_and_not_led_on(article: Pair) -> None:
    program = Client(headers={"Authorization": f"Bearer {make_token('ada', 'admin')}"})

    in_clear = program.get("/api/v1/pairs/")

    assert (in_clear.status_code, in_clear.json()["code"]) == (403, "in_clear")
    assert program.get("/api/v1/pairs/", secure=True).status_code == 200
    assert program.get("/api/v1/pairs/article/health").status_code in {200, 503}
    assert Client().get("/pairs/")["Location"].startswith("https://")


@pytest.mark.parametrize(
    "bad", ["Swapboard-2026", "failoverFAILOVER", "admin12345678"[:12]]
)
def test_words_of_the_house_are_no_password(bad: str) -> None:
    with pytest.raises(ValidationError):
        NoHouseWords().validate(bad)


def test_words_of_the_house_may_be_a_part_of_one() -> None:
    NoHouseWords().validate("swapboard battery staple")
    NoHouseWords().validate("correct horse battery")


def test_signing_out_leaves_nothing_in_the_browser(article: Pair) -> None:
    answer = signed_in("vera", "viewer").post("/accounts/logout/")

    assert answer["Clear-Site-Data"] == '"cache"'


def test_no_way_leads_to_another_host(article: Pair) -> None:
    user = User.objects.create(username="ada", role="admin", password=_quick("sesame"))
    client = Client()
    for next_ in ELSEWHERE:
        form = {"username": user.username, "password": "sesame", "next": next_}
        with override_settings(PASSWORD_HASHERS=[FAST]):
            ways = [client.post("/accounts/login/", form)]
        assert client.get("/").status_code == 200
        ways.append(client.post("/accounts/theme/", {"theme": "dark", "next": next_}))
        ways.append(client.post("/refresh/", {"next": next_}))
        ways.append(client.get("/go/", {"q": next_}))
        client.logout()

        for answer in ways:
            location = answer.headers.get("Location", "")
            assert "evil" not in location, location
            assert "javascript:" not in location, location


def _quick(password: str) -> str:
    return str(MD5PasswordHasher().encode(password, "salt"))


@pytest.mark.parametrize(
    "value", ["=1+1", " +1", "\t@x", "\0=1", "\u3000\uff1d1", "-2", "\u200b=1"]
)
def test_no_cell_of_an_export_is_a_formula(value: str) -> None:
    assert exports.cell(value) == f"'{value}"


def test_a_line_break_in_a_cell_starts_no_row() -> None:
    assert exports.csv_line(['a\r\nb,"c"', 1]) == '"a\r\nb,""c""","1"\r\n'


def test_a_body_that_is_too_large_is_refused_unread_also_as_a_file(
    article: Pair,
) -> None:
    class Unreadable:
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

        readline = read

    length = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    sent: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": Unreadable()}
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answer = Client().generic(
            "POST",
            "/accounts/login/",
            content_type="multipart/form-data; boundary=x",
            **sent,
        )

    assert answer.status_code == 413


def test_no_upload_is_ever_written_to_disk(article: Pair) -> None:
    file = SimpleUploadedFile("a.yaml", b"x" * 1000)

    handlers = signed_in("ada", "admin").post("/help/", {"f": file}).wsgi_request

    assert [type(h).__name__ for h in handlers.upload_handlers] == [
        "MemoryFileUploadHandler"
    ]


def test_another_host_is_not_answered(article: Pair) -> None:
    for host in ("evil.example", "testserver.evil.example", "a b"):
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            answer = Client(headers={"Host": host}).get("/accounts/login/")

        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()


def test_nobody_signs_another_address_or_another_request_id(article: Pair) -> None:
    client = signed_in("olga", "operator")
    forged = {"X-Forwarded-For": "198.51.100.9", "X-Request-Id": "x\r\nSet-Cookie: a=b"}

    answer = client.post("/pairs/article/freeze/", {"reason": "r"}, headers=forged)

    assert (last().actor, last().source_ip) == ("olga", "127.0.0.1")
    assert "\n" not in answer["X-Request-Id"]
    with override_settings(TRUSTED_PROXIES=1):
        client.post(
            "/pairs/article/unfreeze/", headers={"X-Forwarded-For": "1.2.3.4, <b>"}
        )
    assert last().source_ip == "127.0.0.1"


def test_what_was_not_offered_is_not_taken(article: Pair) -> None:
    program = Client(
        headers={"Authorization": f"Bearer {make_token('olga', 'operator')}"}
    )
    swap = "/api/v1/pairs/article/swap/"
    assigned = {"state": "succeeded", "requested_by": "ada", "reason": "r"}
    doubled = f'{{"to": "{PRIMARY}", "to": "{STANDBY}"}}'

    for body in (json.dumps(assigned), doubled):
        answer = program.post(swap, body, "application/json")
        assert answer.status_code == 400, body
    assert program.get("/api/v1/jobs/?state=running&state=parked").status_code in {
        200,
        400,
    }
    assert not Job.objects.exists()


def test_a_cookie_alone_changes_nothing_over_rest(article: Pair) -> None:
    client = Client(enforce_csrf_checks=True)
    signed_in("olga", "operator")
    client.force_login(User.objects.get(username="olga"), backend=BACKEND)

    answer = client.post(
        "/api/v1/pairs/article/freeze/", {"reason": "r"}, "application/json"
    )

    assert answer.status_code == 403
    article.refresh_from_db()
    assert article.frozen_at is None


def test_trace_repeats_nothing(article: Pair) -> None:
    client = signed_in("ada", "admin")
    for path in ("/healthz", "/", "/api/v1/pairs/", "/static/", "/accounts/login/"):
        answer = client.trace(path, headers={"X-Echo": "c4n4ry"})
        assert b"c4n4ry" not in answer.content, path
        assert answer.status_code != 200, path


def test_what_is_anothers_is_not_there(article: Pair) -> None:
    olga, otto = signed_in("olga", "operator"), signed_in("otto", "operator")
    owner = User.objects.get(username="olga")
    view = SavedView.objects.create(
        owner=owner,
        table="pairs",
        slug="mine",
        name="mine",
        query="",
        saved_at=article.created_at,
    )
    raw = tokens.make(user_name="olga", actor=SHELL)
    own = tokens.make(user_name="otto", actor=SHELL)
    public_id = raw.split("_")[1]

    assert otto.post(f"/settings/tokens/{public_id}/revoke/").status_code == 404
    token = Client(headers={"Authorization": f"Bearer {own}"})
    assert token.delete(f"/api/v1/tokens/{public_id}/").status_code == 404
    assert token.get("/api/v1/pairs/?view=mine").status_code == 404
    assert otto.post("/tables/pairs/views/mine/", {"what": "delete"}).status_code in {
        403,
        404,
    }
    assert SavedView.objects.filter(pk=view.pk).exists()
    key = {"Idempotency-Key": "same"}
    path = "/api/v1/pairs/article/swap/"
    first = olga.post(path, {"reason": "r"}, "application/json", headers=key)
    other = otto.post(path, {"reason": "r"}, "application/json", headers=key)
    assert (first.status_code, other.status_code) == (202, 409)
    assert other.json()["code"] == "job_active"


def test_no_page_takes_a_form_without_its_token(sqlite_database: str) -> None:
    with connection.cursor() as cursor:
        # Each refusal is put into the audit; what a crash would lose is no matter here.
        cursor.execute("PRAGMA synchronous=OFF")
    User.objects.create(username="ada", role="admin")
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.get(username="ada"), backend=BACKEND)
    pages = [path for _, path in doors() if not path.startswith("/api/")]

    htmx = {"HX-Request": "true"}
    said = {path: client.post(path, headers=htmx).status_code for path in pages}
    taken = {path: status for path, status in said.items() if status not in (403, 405)}

    assert len(pages) > 40
    assert taken == {}


def test_every_form_that_posts_carries_the_token() -> None:
    texts = {page: page.read_text() for page in (ROOT / "templates").rglob("*.html")}
    forms = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.S)
    found = [
        (p.name, form) for p, text in texts.items() for form in forms.findall(text)
    ]

    assert len(found) > 40
    assert [name for name, form in found if "csrf_token" not in form] == []
