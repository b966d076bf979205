"""Two people in two browsers: a swap is refused, approved, and run."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import house

# A busy machine is patient with its browsers.
SOON_MS = 30_000
PASSWORD = "a long pass phrase for others"


def sign_in(page: Page, home: house.House, name: str, *, path: str) -> None:
    page.goto(f"{home.url}{path}")
    page.get_by_label("User").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{path}")


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_a_second_person_approves_and_the_swap_runs(
    browser: Browser, tmp_path: Path
) -> None:
    complaints: list[str] = []
    with house.article(tmp_path) as home:
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
        sign_in(olga, home, "olga", path="/pairs/article/")

        olga.get_by_role("link", name="Swap to").first.click()
        olga.locator("#swap").get_by_label("Reason").fill("new kernel")
        olga.get_by_role("button", name="Swap now").click()
        olga.wait_for_url("**/approvals/*/")
        expect(olga.locator("#approval")).to_contain_text(
            "Waits for an approver", timeout=SOON_MS
        )
        assert home.sim.holder() == house.PRIMARY

        sign_in(alma, home, "alma", path="/pairs/")
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
