"""Promises of every page: who may see it, what it never does, what it always sends."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from failover import models
from failover.web import access
from tests.web import every_page
from tests.web.conftest import BACKEND, FLOATING, PRIMARY, Home

PAGES = (
    "/",
    "/interfaces/",
    f"/interfaces/{FLOATING}/",
    "/instances/",
    f"/instances/{PRIMARY}/",
    "/elastic-ips/",
    "/elastic-ips/eipalloc-4f07e372/",
    "/actions/",
    "/pairs/",
    "/pairs/article/",
    "/pairs/article/history/",
    "/pairs/article/guest/",
    "/pairs/article/policy/",
    "/pairs/article/settings/",
    "/jobs/",
    "/audit/",
    "/drift/",
    "/help/",
    "/settings/appearance/",
)
FOR_MORE = (
    "/pairs/article/swap/",
    "/pairs/new/",
    "/interfaces/new/",
    f"/interfaces/{FLOATING}/attach/",
    "/elastic-ips/new/",
    "/instances/new/pair/",
    "/pairs/new/at-once/",
    "/pairs/new/from-tags/",
    "/pairs/new/from-yaml/",
)
# What the policy would not let run; data for a script of ours is neither.
INLINE = re.compile(
    r' style=| onclick=|<style|hx-on|javascript:|[\s"]js:'
    r'|<script(?! src="| id="\w+" type="application/json">)'
)


def views(resolver: URLResolver | None = None) -> Iterator[tuple[str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry)
        elif isinstance(entry, URLPattern):
            yield str(entry.pattern), entry.callback


def test_every_page_opens_for_a_viewer_with_its_policy_and_its_request_id(
    home: Home,
) -> None:
    home.job()
    client = home.client("vera")

    for path in PAGES:
        answer = client.get(path)
        text = answer.content.decode()
        policy = answer["Content-Security-Policy"]

        assert answer.status_code == 200, path
        assert "<h1" in text, path
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "HX-Request" in answer["Vary"], path
        assert answer["X-Request-Id"] in text, path


def test_the_anonymous_sign_in_and_come_back(home: Home) -> None:
    for path in [*PAGES, *FOR_MORE]:
        answer = Client().get(path)

        assert answer.status_code == 302, path
        assert answer["Location"] == f"/accounts/login/?next={path}"


def test_who_has_no_role_sees_nothing(home: Home) -> None:
    client = home.client("nils")

    for path in [*PAGES, *FOR_MORE]:
        assert client.get(path).status_code == 403, path


def test_no_sign_in_page_lands_inside_a_table(home: Home) -> None:
    poll = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/?q=x"}

    answer = Client(headers=poll).get("/jobs/?q=x")

    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/login/?next=/jobs/%3Fq%3Dx"
    assert answer.content == b""


def test_every_page_says_who_may_see_it() -> None:
    pages = [v for v in views() if v[1].__module__.startswith("failover.web")]

    unnamed = [path for path, view in pages if not hasattr(view, access.ROLE_ATTRIBUTE)]

    assert len(pages) > 20
    assert unnamed == []


def test_a_role_that_is_taken_away_is_gone_at_once(home: Home) -> None:
    client = home.client("olaf")
    assert client.get("/pairs/article/swap/").status_code == 200

    models.User.objects.filter(username="olaf").update(role="viewer")

    assert client.get("/pairs/article/swap/").status_code == 403


@pytest.mark.timeout(300)
def test_looking_writes_nothing_and_no_page_has_inline_script_or_style(
    home: Home,
) -> None:
    furnished = every_page.furnish(home)
    client = home.client("anna")
    before = (models.Job.objects.count(), models.AuditEntry.objects.count())

    pages = {path: client.get(path).content.decode() for path in furnished.paths}

    assert (models.Job.objects.count(), models.AuditEntry.objects.count()) == before
    pages["signed out"] = Client().get("/accounts/login/").content.decode()
    for path, text in pages.items():
        assert INLINE.findall(text) == [], path


def test_an_unknown_address_says_so_and_names_the_request(home: Home) -> None:
    answer = home.client("vera").get("/nowhere/")

    assert answer.status_code == 404
    assert "Not found" in answer.content.decode()
    assert answer["X-Request-Id"] in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/pairs/unknown/",
        "/pairs/unknown/swap/",
        "/interfaces/eni-00000000/",
        "/instances/i-00000000/",
        "/jobs/00000000-0000-4000-8000-000000000000/",
        "/jobs/not-a-uuid/",
    ],
)
def test_what_does_not_exist_is_not_found(home: Home, path: str) -> None:
    assert home.client("anna").get(path).status_code == 404


def test_a_form_without_its_token_does_nothing(home: Home) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(models.User.objects.get(username="anna"), backend=BACKEND)

    answer = client.post("/pairs/article/freeze/", {"reason": "patching"})

    assert answer.status_code == 403
    assert "Nothing was done" in answer.content.decode()
    home.pair.refresh_from_db()
    assert home.pair.frozen_at is None


def test_the_theme_is_kept_and_rendered_by_the_server(people: None) -> None:
    client = Client()

    back = client.post("/accounts/theme/", {"theme": "dark", "next": "/jobs/"})

    assert back["Location"] == "/jobs/"
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/"])
def test_nobody_is_sent_to_another_site(people: None, next_page: str) -> None:
    answer = Client().post("/accounts/theme/", {"theme": "light", "next": next_page})

    assert answer["Location"] == "/"


def test_signing_out_is_a_post(home: Home) -> None:
    client = home.client("vera")

    assert client.get("/accounts/logout/").status_code == 405
    client.post("/accounts/logout/")

    assert client.get("/jobs/").status_code == 302
