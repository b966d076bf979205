"""A table in a real Chromium: keys, the panel, and polls that take nothing away."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from failover import models
from tests.web.conftest import FLOATING, SPARE, Home
from tests.web.test_browser import AXE, RULES, Complaints, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def table(home: Home, live_server: LiveServer, page: Page) -> Iterator[str]:
    """The address of the interfaces, opened by olaf; the browser has no complaint."""
    site, complaints = str(live_server.url), Complaints()
    page.on("console", complaints.hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, home, site, "olaf")
    page.goto(f"{site}/interfaces/")
    yield f"{site}/interfaces/"
    assert complaints == []


def poll(page: Page) -> None:
    """Let the table ask for itself once more, and wait for the answer."""
    with page.expect_response(lambda answer: "/interfaces/" in answer.url):
        page.evaluate("htmx.trigger('#rows', 'refresh')")
    page.wait_for_timeout(150)


def change(interface_id: str, **columns: object) -> None:
    """EC2 shows something else of the interface than before."""
    row = models.NetworkInterface.objects.get(interface_id=interface_id)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()


def test_a_poll_takes_neither_focus_nor_ticks_nor_place(table: str, page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 800})
    page.locator(f"#pick-{SPARE}").check()
    page.locator(f"#open-{FLOATING}").focus()
    page.locator("#table-scroll").evaluate("e => { e.scrollLeft = 120 }")
    change(SPARE, name="renamed")
    change(FLOATING, name="held")

    poll(page)

    expect(page.locator(f"#row-{SPARE}")).to_contain_text("renamed")
    expect(page.locator(f"#pick-{SPARE}")).to_be_checked()
    expect(page.locator("#picked-count")).to_have_text("1 selected")
    expect(page.locator(f"#open-{FLOATING}")).to_be_focused()
    # The row in use is as it was, until it is left.
    expect(page.locator(f"#row-{FLOATING}")).not_to_contain_text("held")
    assert page.locator("#table-scroll").evaluate("e => e.scrollLeft") == 120
    page.locator("#q").focus()
    poll(page)
    expect(page.locator(f"#row-{FLOATING}")).to_contain_text("held")


def test_reading_again_keeps_ticks_and_focus_and_tells_the_new_age(
    table: str, page: Page
) -> None:
    page.locator(f"#pick-{SPARE}").check()
    models.Region.objects.update(whole_reads={})

    page.get_by_role("button", name="Refresh from EC2").click()

    expect(page.locator("#flashes")).to_contain_text("EC2 is being read again.")
    expect(page.locator("#ages")).to_contain_text("has not been read yet")
    expect(page.get_by_role("button", name="Refresh from EC2")).to_be_focused()
    expect(page.locator(f"#pick-{SPARE}")).to_be_checked()
    assert models.Region.objects.filter(sync_requested_at__isnull=False).exists()


def test_a_poll_keeps_selected_text_and_open_menus(table: str, page: Page) -> None:
    page.locator("#export-menu > summary").click()
    page.evaluate(
        "id => getSelection().selectAllChildren(document.getElementById(id))",
        f"row-{SPARE}",
    )
    change(SPARE, name="renamed")

    poll(page)

    assert SPARE in page.evaluate("getSelection().toString()")
    expect(page.locator("#export-menu")).to_have_attribute("open", "")
    expect(page.locator(f"#row-{SPARE}")).not_to_contain_text("renamed")


def test_keys_go_through_the_table_and_can_be_switched_off(
    table: str, page: Page
) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("#rows tbody tr").first
    expect(first.locator(".opens-panel")).to_be_focused()
    page.keyboard.press("x")
    expect(first.locator("input[name=only]")).to_be_checked()

    page.keyboard.press("Enter")

    expect(page.locator("#panel")).to_be_visible()
    assert "sel=" in page.url
    # Nobody presses Escape within the 20 ms in which the panel's links come to life.
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(first.locator(".opens-panel")).to_be_focused()
    page.keyboard.press("?")
    page.get_by_label("Single keys act").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
    page.evaluate("localStorage.clear()")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(FLOATING)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/interfaces/{FLOATING}/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/pairs/")


def test_typing_finds_and_a_row_opens_its_panel(table: str, page: Page) -> None:
    page.locator("#q").press_sequentially("secondary")
    expect(page.locator("#table-count")).to_have_text("1 network interface found")
    expect(page).to_have_url(re.compile("q=secondary"))
    expect(page.locator("#q")).to_be_focused()

    page.locator(f"#row-{FLOATING} [data-label=Zone]").click()

    panel = page.locator("#panel")
    expect(panel).to_contain_text("Secondary private IPv4")
    panel.get_by_role("link", name="Tags").click()
    expect(panel.get_by_role("columnheader", name="Key")).to_be_visible()
    page.reload()
    expect(page.locator("#panel")).to_contain_text("Key")
    expect(page.locator(f"#row-{FLOATING}")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_of_the_table_is_hard_to_reach(
    table: str, page: Page, theme: str
) -> None:
    site = table.removesuffix("/interfaces/")
    page.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    looks = (
        f"{table}?f=status=in-use&f=colour=red&sel={FLOATING}&edit=status=in-use",
        f"{site}/tables/interfaces/settings/",
        f"{site}/tables/interfaces/views/",
        f"{site}/swaps/?pair=article",
        f"{site}/go/?q=secondary",
    )
    found = {}
    for address in looks:
        page.goto(address)
        page.evaluate(AXE.read_text())
        result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        faults = [
            (v["id"], [n["target"] for n in v["nodes"]]) for v in result["violations"]
        ]
        if faults:
            found[address] = faults
    assert found == {}


@pytest.mark.parametrize(
    "path", [f"/interfaces/?sel={FLOATING}", "/swaps/?pair=article"]
)
def test_a_phone_scrolls_no_table_page_sideways(
    table: str, page: Page, path: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})

    page.goto(table.removesuffix("/interfaces/") + path)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
