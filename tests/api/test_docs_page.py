"""The page of the REST interface, in a real browser under our policy."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from failover.models import Pair, User
from tests.services.world import make_token

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_the_page_shows_and_tries_the_calls_under_our_policy(
    article: Pair, live_server: LiveServer, page: Page
) -> None:
    make_token("vera", "viewer")
    client = Client()
    client.force_login(User.objects.get(username="vera"), backend=BACKEND)
    name, url = settings.SESSION_COOKIE_NAME, str(live_server.url)
    value = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": url}])
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.emulate_media(color_scheme="dark")

    page.goto(f"{live_server.url}/api/v1/docs/")
    operation = page.locator("#operations-pairs-get_pair")
    operation.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("tr[data-param-name=name] input").fill("article")
    operation.get_by_role("button", name="Execute").click()

    expect(operation.locator(".live-responses-table")).to_contain_text(
        "active_instance_id"
    )
    expect(page.locator("html")).to_have_class("dark-mode")
    assert said == []
