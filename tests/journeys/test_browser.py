"""The article's step 7 in a browser: sign in, Swap, and the standby answers."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import house


def sign_in(page: Page, home: house.House) -> None:
    page.goto(f"{home.url}/pairs/article/")
    page.get_by_label("User").fill("anna")
    page.get_by_label("Password", exact=True).fill(home.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/pairs/article/")


def swap(page: Page) -> None:
    page.get_by_role("link", name="Swap to").first.click()
    page.locator("#swap").get_by_label("Reason").fill("step 7")
    page.get_by_role("button", name="Swap now").click()
    page.wait_for_url("**/jobs/*/")


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_click_on_swap_shows_the_standby_on_the_elastic_ip(
    page: Page, tmp_path: Path
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" else None,
    )
    with house.article(tmp_path) as home:
        assert "PrimaryServer" in house.browse(home)
        sign_in(page, home)

        swap(page)
        expect(page.locator("#rows")).to_contain_text("Succeeded", timeout=30_000)

        assert "StandbyServer" in house.browse(home)
        assert complaints == []


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_the_same_click_works_without_javascript(
    browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with house.article(tmp_path) as home:
        sign_in(page, home)
        swap(page)
        house.wait_for(
            lambda: home.sim.holder() == house.STANDBY,
            within_s=30,
            saying="the standby holds the interface",
        )
        job_id = page.url.rstrip("/").rpartition("/")[2]
        home.wait_for_end(job_id, within_s=30)
        page.reload()

        assert "Succeeded" in page.locator("#rows").inner_text()
    context.close()
