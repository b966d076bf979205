"""The wizard and the actions in a browser without JavaScript: forms and links do."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from failover import models
from tests.web.conftest import FLOATING, SPARE, STANDBY, Home
from tests.web.test_browser import sign_in


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_pair_and_an_action_need_no_script(
    home: Home, live_server: LiveServer, browser: Browser
) -> None:
    home.pair.delete()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    site, main = str(live_server.url), page.locator("main")
    sign_in(page, home, site)

    def go_on(name: str) -> None:
        main.get_by_role("button", name=name, exact=True).last.click()

    page.goto(f"{site}/interfaces/{FLOATING}/")
    main.get_by_role("link", name="Create pair").click()
    go_on("Next")
    page.get_by_label("Standby instance").fill(STANDBY)
    go_on("Next")
    go_on("Next")
    page.locator("#id_probe_kind").select_option("none")
    go_on("Next")
    expect(main).to_contain_text("AttachNetworkInterface")
    main.get_by_role("textbox", name="Name").fill("by-hand")
    go_on("Create pair")
    expect(main).to_contain_text("ip_nonlocal_bind")
    assert models.Pair.objects.get().name == "by-hand"

    page.goto(f"{site}/interfaces/{SPARE}/description/")
    main.get_by_role("textbox", name="Description").fill("spare, for the next one")
    main.get_by_role("button").last.click()
    expect(page).to_have_url(f"{site}/interfaces/{SPARE}/")
    expect(main).to_contain_text("spare, for the next one")
    context.close()
