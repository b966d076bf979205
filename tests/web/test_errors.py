"""Error pages: in words, with what to do next and the request's id, also to htmx."""

import json

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from failover import models, wiring
from failover.web import errors
from tests.web.conftest import SPARE, Home


@pytest.fixture
def quiet(home: Home) -> Client:
    """A browser whose server answers errors instead of raising them here."""
    client = home.client("anna")
    client.raise_request_exception = False
    return client


def test_a_wrong_method_is_a_page_that_says_what_to_do(home: Home) -> None:
    answer = home.client("olaf").get("/pairs/article/freeze/")

    text = answer.content.decode()
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "press its button" in text
    assert answer["X-Request-Id"] in text


def test_what_is_too_large_is_413_and_nothing_was_done(quiet: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        answer = quiet.post("/pairs/article/freeze/", {"reason": "x" * 100})

    assert answer.status_code == 413
    assert "Send less at once" in answer.content.decode()


def test_htmx_is_told_the_same_words_and_the_request_in_a_header(home: Home) -> None:
    client = home.client("olaf", htmx=True)

    answer = client.get("/pairs/unknown/")

    said = json.loads(answer["HX-Trigger"])["trouble"]
    assert answer.status_code == 404
    assert answer.content == b""
    assert said["error_title"] == "Not found"
    assert said["request_id"] == answer["X-Request-Id"]


def test_what_no_verb_finds_is_a_page_that_is_not_there(home: Home) -> None:
    client, nothing = home.client("anna"), "00000000-0000-4000-8000-000000000000"
    shown = (
        "/pairs/no/",
        "/interfaces/eni-0/",
        "/instances/i-0/",
        "/settings/accounts/no/access/",
    )
    sent = (f"/jobs/{nothing}/cancel/", "/pairs/no/probe/", "/interfaces/eni-0/attach/")

    answers = [*map(client.get, shown), *map(client.post, sent)]

    assert {answer.status_code for answer in answers} == {404}
    assert all("Not found" in answer.content.decode() for answer in answers)


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 422), ({"Sec-Fetch-Dest": "document"}, 200), ({"HX-Request": "true"}, 200)],
)
def test_a_refused_form_is_no_error_in_a_browsers_console(
    home: Home, sent: dict[str, str], status: int
) -> None:
    form = {"idempotency_key": "none"}

    answer = home.client("olaf").post("/pairs/article/swap/", form, headers=sent)

    assert answer.status_code == status
    assert b'id="swap"' in answer.content
    # On record it is what it was.
    rows = models.AuditEntry.objects.filter(outcome="refused", after__status=422)
    assert rows.count() == 1


def broken_by(error: Exception) -> HttpResponse:
    """The answer to a request whose view raised this."""
    request: HttpRequest = RequestFactory().get("/")
    request.META["swapboard.request_id"] = "request-0001"
    try:
        raise error
    except type(error):
        return errors.broken(request)


def test_a_lost_database_is_503_and_its_page_asks_the_database_nothing() -> None:
    answer = broken_by(OperationalError("gone"))

    text = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "The database does not answer, or the audit" in text
    assert "request-0001" in text


def test_a_defect_is_500_with_the_request(home: Home) -> None:
    answer = broken_by(ValueError("a defect"))

    assert answer.status_code == 500
    assert "request-0001" in answer.content.decode()
    assert "a defect" not in answer.content.decode()


@pytest.mark.parametrize("status", sorted(errors.PAGES))
def test_every_error_says_what_to_do_next(home: Home, status: int) -> None:
    assert errors.PAGES[status].advice


def test_what_ec2_shows_no_more_is_said_to_be_gone_and_what_it_was(home: Home) -> None:
    rows = models.NetworkInterface.objects.filter(interface_id=SPARE)
    rows.update(vanished_at=wiring.now(), name="<b>spare</b>")

    for page in ("", "attach/"):
        answer = home.client("olaf").get(f"/interfaces/{SPARE}/{page}")
        text = answer.content.decode()
        assert answer.status_code == 404
        assert f"Network interface {SPARE} (&lt;b&gt;spare&lt;/b&gt;) is gone" in text
        assert "It was 20.0.1.4 held by nobody." in text
        assert f'href="/drift/?q={SPARE}"' in text
    assert "is gone" not in home.client("olaf").get("/interfaces/eni-0/").text
    assert "is gone" not in home.client("nils").get(f"/interfaces/{SPARE}/").text


def test_a_saved_view_that_is_gone_leads_to_its_table(home: Home) -> None:
    answer = home.client("vera").get("/interfaces/?view=<b>free")

    assert answer.status_code == 404
    assert "There is no saved view “&lt;b&gt;free” here" in answer.text
    assert 'href="/interfaces/">The table without it' in answer.text
