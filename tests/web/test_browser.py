"""The pages in a real Chromium: policy, accessibility, the dialog, small screens."""

import re
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from failover import models, wiring
from tests.web import every_page
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


class Complaints(list[str]):
    """What the browser complained about: errors, and anything of the policy."""

    # Pages that are asked for though they answer an error, which the browser logs.
    odd: tuple[str, ...] = ()

    def hear(self, said: ConsoleMessage) -> None:
        url = str(said.location["url"])
        is_told = said.type == "error" and not url.endswith(self.odd)
        if is_told or "Content Security Policy" in said.text:
            self.append(f"{url}: {said.text}")


@pytest.fixture
def site(home: Home, live_server: LiveServer) -> str:
    return str(live_server.url)


@pytest.fixture
def complaints(page: Page) -> Iterator[Complaints]:
    found = Complaints()
    page.on("console", found.hear)
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


def sign_in(page: Page, home: Home, site: str, who: str = "anna") -> None:
    """Carry that person's session in the browser's cookie."""
    session = home.client(who).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}]
    )


def faults(page: Page, *, only: str = "") -> list[str]:
    """What axe finds, by all rules or one, each with the first element it means."""
    page.evaluate(AXE.read_text())
    return run_axe(page, only=only)


def run_axe(page: Page, *, only: str = "") -> list[str]:
    run = {"type": "rule", "values": [only]} if only else {"type": "tag"}
    how = {"runOnly": {"values": RULES, **run}, "resultTypes": ["violations"]}
    found = page.evaluate("how => axe.run(document, how)", how)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]


def look(page: Page, address: str) -> list[str]:
    """One page in both themes, and on a phone: what is wrong with it."""
    page.goto(address)
    return judge(page)


def judge(page: Page) -> list[str]:
    """The same of what is on the screen now.

    Of axe's rules the one on contrast alone can say something else in the dark.
    """
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {fault}" for fault in run_axe(page, only="color-contrast")]
    page.set_viewport_size({"width": 360, "height": 780})
    width = page.evaluate("document.documentElement.scrollWidth")
    found += [f"{width} px wide on a phone"] if width > 360 else []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.timeout(600)
def test_no_page_breaks_its_policy_shuts_anybody_out_or_overflows_a_phone(
    home: Home, site: str, page: Page, complaints: Complaints
) -> None:
    furnished = every_page.furnish(home)
    complaints.odd = tuple(furnished.odd)
    login = "/accounts/login/"
    found = {login: look(page, site + login)}
    sign_in(page, home, site)

    for path in furnished.paths:
        found[path] = look(page, site + path)

    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_the_dialog_opens_on_cancel_and_gives_the_focus_back(
    home: Home, site: str, page: Page, complaints: Complaints
) -> None:
    sign_in(page, home, site, "olaf")
    page.goto(f"{site}/interfaces/")
    opener = page.get_by_role("link", name="Swap to StandbyServer")

    opener.click()

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("DetachNetworkInterface")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert models.Job.objects.count() == 0


def test_a_refusal_is_said_inside_the_dialog(
    home: Home, site: str, page: Page, complaints: Complaints
) -> None:
    sign_in(page, home, site, "olaf")
    page.goto(f"{site}/pairs/article/")
    page.get_by_role("link", name="Swap to StandbyServer").click()
    swap = page.get_by_role("button", name="Swap now")
    swap.wait_for()
    models.Pair.objects.update(frozen_at=wiring.now(), frozen_by="anna")

    swap.click()

    said = page.get_by_role("dialog").get_by_role("alert")
    expect(said).to_contain_text("frozen")
    expect(said).to_be_focused()
    assert models.Job.objects.count() == 0


def test_a_running_job_is_followed_to_its_end_without_a_reload(
    home: Home, site: str, page: Page, complaints: Complaints
) -> None:
    job = home.job(state="running", outage_started_at=wiring.now())
    sign_in(page, home, site)
    page.goto(f"{site}/jobs/{job.id}/")
    expect(page.locator("#rows")).to_contain_text("Outage so far")

    models.Job.objects.update(
        state="succeeded",
        why="done",
        restored_at=wiring.now(),
        finished_at=wiring.now(),
    )

    expect(page.locator("#rows")).to_contain_text("Succeeded", timeout=10_000)
    expect(page.locator("#announce")).to_contain_text("Done")


def test_a_filter_narrows_the_table_and_the_address(
    home: Home, site: str, page: Page, complaints: Complaints
) -> None:
    sign_in(page, home, site, "vera")
    page.goto(f"{site}/interfaces/")

    page.get_by_label("Find network interfaces").fill(FLOATING)

    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(f"q={FLOATING}"))
    page.reload()
    expect(page.locator("#rows tbody tr")).to_have_count(1)


def test_a_swap_needs_no_script(home: Home, site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, home, site, "olaf")
    page.goto(f"{site}/interfaces/?q={FLOATING}")

    page.get_by_role("link", name="Swap to StandbyServer").click()
    page.get_by_label("Reason").fill("step 7")
    page.get_by_role("button", name="Swap now").click()

    page.wait_for_url("**/jobs/**")
    job = models.Job.objects.get()
    assert str(job.id) in page.url
    assert job.reason == "step 7"
    context.close()


def test_naming_two_instances_brings_the_advice_and_a_strategy_its_own_fields(
    page: Page, home: Home, site: str, complaints: Complaints
) -> None:
    sign_in(page, home, site)
    page.goto(f"{site}/pairs/new/at-once/")
    interface = page.locator("#id_network_interface_id")
    expect(interface).to_be_visible()
    expect(page.get_by_label("Destination")).to_be_hidden()

    page.get_by_label("Primary instance").fill(PRIMARY)
    page.get_by_label("Standby instance").fill(STANDBY)
    page.get_by_label("Standby instance").blur()

    expect(page.get_by_role("heading", name="Private address")).to_be_visible()
    page.get_by_role("radio", name="Routes").check()
    expect(page.get_by_label("Destination")).to_be_visible()
    expect(interface).to_be_hidden()


def test_the_picture_moves_without_a_reload_and_keeps_still_for_who_asks(
    home: Home, site: str, page: Page, complaints: Complaints
) -> None:
    page.emulate_media(reduced_motion="reduce")
    home.job(state="running", requested_by="anna")
    sign_in(page, home, site)
    page.goto(f"{site}/pairs/article/")
    card = page.locator("#floating")
    expect(card).to_have_class("card-group at-primary")
    wire = page.locator("#wire-standby")
    assert wire.evaluate("e => getComputedStyle(e).animationName") == "none"

    models.NetworkInterface.objects.filter(interface_id=FLOATING).update(
        instance_id=STANDBY
    )
    models.Job.objects.update(
        state="succeeded", why="done", finished_at=wiring.now(), version=9
    )

    expect(card).to_have_class("card-group at-standby", timeout=10_000)
    expect(page.locator("#announce")).to_contain_text("is attached to StandbyServer")


def test_the_message_of_a_job_turns_into_its_end_in_place(
    home: Home, site: str, page: Page, complaints: Complaints
) -> None:
    home.job(state="running", requested_by="anna")
    sign_in(page, home, site)
    page.goto(f"{site}/help/")
    flash = page.locator("#job-flashes .flash")
    expect(flash).to_contain_text("Running.")

    models.Job.objects.update(
        state="succeeded", why="done", finished_at=wiring.now(), version=9
    )

    expect(flash).to_contain_text("Succeeded.", timeout=10_000)
    flash.get_by_role("button", name="Close").click()
    expect(flash).to_have_count(0)
    page.reload()
    expect(flash).to_have_count(0)


def test_names_of_256_letters_widen_no_page(home: Home, site: str, page: Page) -> None:
    name = f"<script>{{{{ 7 }}}} \u0645\u0631\u062d\u0628\u0627 \U0001f680 {'W' * 226}"
    models.Instance.objects.update(name=name[:256])
    models.NetworkInterface.objects.update(name=name[:256])
    models.Subnet.objects.update(name=name[:256])
    home.job(state="running", reason=name, requested_by="anna")
    page.set_viewport_size({"width": 360, "height": 780})
    sign_in(page, home, site)

    wide = {}
    for path in ("/", "/pairs/article/", "/pairs/article/history/"):
        page.goto(site + path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in wide.items() if width > 360} == {}
