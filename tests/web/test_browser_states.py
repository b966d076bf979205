"""Pages in states that no plain address shows: by axe, both themes, on a phone."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from failover import models, wiring
from failover.services.new_pairs import drafts
from failover.web import errors
from tests.web.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Home
from tests.web.test_browser import Complaints, judge, sign_in

PASSWORD = "a long pass phrase for people"
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN = "/accounts/login/"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
# Whatever a form holds is taken out of it, and it is sent as it is then.
SEND_EMPTY = """selector => {
  const form = [...document.querySelectorAll(selector)].pop();
  const kept = "[type=hidden], [type=submit], [type=button]";
  for (const field of form.elements) if (!field.matches(kept)) {
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = false;
    else if (field.matches("input, textarea")) field.value = "";
  }
  form.noValidate = true;
  form.requestSubmit([...form.querySelectorAll("[type=submit]")].pop());
}"""
# Forms that say at their fields what is missing, and how many of them stand before.
NEEDS_SOMETHING = (
    "/interfaces/new/",
    f"/interfaces/{SPARE}/attach/",
    f"/interfaces/{SPARE}/groups/",
    f"/interfaces/{SPARE}/assign/",
    "/instances/new/",
    "/instances/new/pair/",
    "/pairs/new/at-once/",
    "/pairs/new/from-yaml/",
    "/settings/users/",
    "/settings/tokens/",
)
# Others that are refused, each by what finds it on its page.
REFUSED = {
    "/interfaces/": "#views-menu form",
    "/pairs/article/": "form[action$='/freeze/']",
    "/pairs/article/settings/": "form[action$='/delete/']",
    "/swaps/?pair=article": "main form",
}


@pytest.fixture
def site(home: Home, live_server: LiveServer) -> str:
    return str(live_server.url)


@pytest.fixture
def look(page: Page, site: str) -> Callable[..., list[str]]:
    """Open the address, do what shall be done there, and judge what is then seen."""

    def at(path: str, *acts: Callable[[Page], Any]) -> list[str]:
        page.goto(site + path)
        for act in acts:
            act(page)
        return judge(page)

    return at


def carry(page: Page, client: Client, site: str) -> None:
    """That client's session, in the browser."""
    name = settings.SESSION_COOKIE_NAME
    cookie: Any = {"name": name, "value": client.cookies[name].value, "url": site}
    page.context.add_cookies([cookie])


def test_errors_are_pages_like_others(
    home: Home, site: str, page: Page, look: Callable[..., list[str]]
) -> None:
    request: HttpRequest = RequestFactory().get("/")
    request.META["swapboard.request_id"] = "request-0001"
    told = {
        "/broken/": errors.broken(request),
        "/unreadable/": errors.unreadable(request, 431),
        "/often/": errors.too_many(request),
    }
    sign_in(page, home, site, "vera")

    def answer(route: Route) -> None:
        body = told[route.request.url.removeprefix(site)].content.decode()
        route.fulfill(status=200, body=body, content_type="text/html")

    for path in told:
        page.route(site + path, answer)
    found = {path: look(path) for path in (*told, "/settings/users/", "/refresh/")}

    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_second_factors_are_asked_for_and_managed_by_everybody(
    home: Home, site: str, page: Page, look: Callable[..., list[str]]
) -> None:
    found: dict[str, list[str]] = {}
    with override_settings(PASSWORD_HASHERS=FAST):
        anna = models.User.objects.get(username="anna")
        anna.set_password(PASSWORD)
        anna.save()
        TOTP.activate(anna, generate_totp_secret())
        RecoveryCodes.activate(anna)
        client = Client()
        client.post(LOGIN, {"username": "anna", "password": PASSWORD})
        carry(page, client, site)

        def guess(page: Page) -> None:
            page.locator("#id_code").fill("000000")
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.locator("#id_code_error").wait_for()

        found["second step"] = look("/accounts/2fa/authenticate/", guess)
    carry(page, shown_just_now(home, "anna"), site)
    for path in (
        "recovery-codes/",
        "recovery-codes/generate/",
        "totp/deactivate/",
        "reauthenticate/",
    ):
        found[path] = look(f"/accounts/2fa/{path}")
    olaf = models.User.objects.get(username="olaf")
    key = Authenticator.objects.create(
        user=olaf, type="webauthn", data={"name": "Laptop", "credential": {}}
    )
    carry(page, shown_just_now(home, "olaf"), site)
    for path in (
        "/settings/security/",
        f"/accounts/2fa/keys/{key.pk}/edit/",
        f"/accounts/2fa/keys/{key.pk}/remove/",
    ):
        found[path] = look(path)

    assert {path: list_ for path, list_ in found.items() if list_} == {}


def shown_just_now(home: Home, name: str) -> Client:
    """A browser whose person has shown a moment ago who they are."""
    client, now = home.client(name), time.time()
    session = client.session
    session["auth_at"] = now
    session["account_authentication_methods"] = [{"method": "password", "at": now}]
    session.save()
    return client


def test_forms_that_are_refused_are_shown_again_by_the_same_rules(
    home: Home, site: str, page: Page, look: Callable[..., list[str]]
) -> None:
    def send(page: Page, selector: str = "main form[method=post]") -> None:
        with page.expect_navigation():
            page.evaluate(SEND_EMPTY, selector)
        page.locator(".field-error, .tone-error").first.wait_for()

    def describe(page: Page) -> None:
        page.locator("#id_description").fill("other")
        page.get_by_role("button", name="Save").click()
        page.locator("code").first.wait_for()

    complaints = Complaints()
    page.on("console", complaints.hear)
    models.Pair.objects.update(policy={**home.pair.policy, "confirm": "name"})
    sign_in(page, home, site)
    found = {path: look(path, send) for path in NEEDS_SOMETHING}
    for path, selector in REFUSED.items():
        page.goto(site + path)
        send(page, selector)
    break_(home, "ModifyNetworkInterfaceAttribute", "InvalidParameterValue")
    path = f"/interfaces/{SPARE}/description/"
    found["refused by EC2"] = look(path, describe)

    assert complaints == []
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def break_(home: Home, action: str, code: str, times: int = 1) -> None:
    fault = {"action": action, "kind": f"refuse:{code}", "times": times}
    httpx.post(f"{home.sim.url}/_sim/faults", json=fault).raise_for_status()


def test_what_opens_moves_and_ends_badly_is_for_everybody(
    home: Home, site: str, page: Page, look: Callable[..., list[str]]
) -> None:
    def open_(selector: str) -> Callable[[Page], None]:
        return lambda page: page.locator(selector).first.click()

    def keys(page: Page) -> None:
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()

    def plan(page: Page) -> None:
        page.get_by_role("link", name="Swap to StandbyServer").click()
        page.get_by_role("dialog").get_by_role("heading", level=2).wait_for()

    sign_in(page, home, site)
    found = {
        "pair at rest": look("/pairs/article/"),
        "plan in the dialog": look("/pairs/article/", plan),
        "keys": look("/interfaces/", keys),
        "account": look("/interfaces/", open_(".bar .menu-end summary")),
        **{
            name: look(f"/interfaces/?sel={SPARE}", open_(f"#{name} summary"))
            for name in ("filter-editor", "views-menu", "export-menu")
        },
    }
    job = home.job(
        state="reversed", why="attach_refused", finished_at=wiring.now(), reason="x"
    )
    models.Intent.objects.create(
        job=job,
        seq=1,
        fence_token=1,
        action="AttachNetworkInterface",
        args={"NetworkInterfaceId": FLOATING, "InstanceId": STANDBY, "DeviceIndex": 1},
        intent_at=wiring.now(),
        sent_at=wiring.now(),
        ended_at=wiring.now(),
        duration_s=0.31,
        outcome="refused",
        error_code="AttachmentLimitExceeded",
        aws_request_id="7f00-request",
    )
    found["reversed"] = look(f"/jobs/{job.id}/")
    found |= reviews(home, look)

    assert {name: list_ for name, list_ in found.items() if list_} == {}


def reviews(home: Home, look: Callable[..., list[str]]) -> dict[str, list[str]]:
    """The wizard's last page, where EC2 allows all of it and where it does not."""
    home.pair.delete()
    said = {"region": str(home.region.pk), "network_interface_id": FLOATING}
    said |= {"primary_instance_id": PRIMARY, "standby_instance_id": STANDBY}
    anna = models.User.objects.get(username="anna")
    draft = drafts.begin(user=anna, said={**said, "confirm": "none"})
    review = f"/pairs/new/{draft.pk}/review/"
    found = {"review": look(review, has_text("DryRun", "Passed"))}
    break_(home, "AttachNetworkInterface", "UnauthorizedOperation")
    found["refused review"] = look(review, has_text("UnauthorizedOperation"))
    return found


def has_text(*texts: str) -> Callable[[Page], None]:
    def look(page: Page) -> None:
        shown = page.locator("main").inner_text()
        assert [text for text in texts if text not in shown] == []

    return look
