"""Swaps in a browser: the article's step 7, and one that a second person approves."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import house
from tests.journeys.house import House

# A busy machine is patient with its browsers.
SOON_MS = 30_000
PASSWORD = "a long pass phrase for others"


def sign_in(
    page: Page,
    home: House,
    name: str = "anna",
    *,
    password: str,
    path: str = "/pairs/article/",
) -> None:
    page.goto(f"{home.url}{path}")
    page.get_by_label("User").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{path}")


def swap(page: Page) -> None:
    page.get_by_role("link", name="Swap to").first.click()
    page.locator("#swap").get_by_label("Reason").fill("step 7")
    page.get_by_role("button", name="Swap now").click()
    page.wait_for_url("**/jobs/*/")


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_click_on_swap_shows_the_standby_on_the_elastic_ip(
    page: Page, home: House
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" else None,
    )
    assert "PrimaryServer" in house.browse(home)
    sign_in(page, home, password=home.password)

    swap(page)
    expect(page.locator("#rows")).to_contain_text("Succeeded", timeout=30_000)

    assert "StandbyServer" in house.browse(home)
    assert complaints == []


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_the_same_click_works_without_javascript(browser: Browser, home: House) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, home, password=home.password)
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


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_a_second_person_approves_and_the_swap_runs(
    browser: Browser, home: House
) -> None:
    complaints: list[str] = []
    policy = {"policy": {"approval": True}}
    home.http.patch("pairs/article", json=policy).raise_for_status()
    for name, role in (("olga", "operator"), ("alma", "approver")):
        home.manage(
            *("create_user", name, "--role", role, "--password-stdin"),
            typed=PASSWORD,
        )
    contexts = [browser.new_context(), browser.new_context()]
    olga, alma = (context.new_page() for context in contexts)
    for page in (olga, alma):
        page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(olga, home, "olga", password=PASSWORD)

    olga.get_by_role("link", name="Swap to").first.click()
    olga.locator("#swap").get_by_label("Reason").fill("new kernel")
    olga.get_by_role("button", name="Swap now").click()
    olga.wait_for_url("**/approvals/*/")
    expect(olga.locator("#approval")).to_contain_text(
        "Waits for an approver", timeout=SOON_MS
    )
    assert home.sim.holder() == house.PRIMARY

    sign_in(alma, home, "alma", password=PASSWORD, path="/pairs/")
    alma.get_by_role("link", name="Open", exact=True).click()
    alma.locator("#rows").get_by_role("link", name="article").click()
    expect(alma.locator("#approval")).to_contain_text("new kernel", timeout=SOON_MS)
    alma.get_by_label("Comment").fill("go ahead")
    alma.get_by_role("button", name="Approve").click()
    expect(alma.locator("#approval")).to_contain_text("Approved", timeout=SOON_MS)

    # Olga's page has seen it by itself.
    olga.get_by_role("button", name="Swap now").click(timeout=SOON_MS)
    olga.wait_for_url("**/jobs/*/")
    expect(olga.locator("#rows")).to_contain_text("Succeeded", timeout=60_000)
    assert home.sim.holder() == house.STANDBY
    assert complaints == []
    for context in contexts:
        context.close()
