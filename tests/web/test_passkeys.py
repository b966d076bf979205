"""A passkey in a real Chromium, whose authenticator is a virtual one."""

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from failover.models import AuditEntry
from failover.services.access import Actor
from failover.services.people import users

SHELL = Actor(name="cli:root", role="admin", trigger="cli")
PASSWORD = "a long pass phrase for people"
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# As a laptop with a finger's print: it keeps keys, and knows its owner.
LAPTOP = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_passkey_is_added_and_signs_in_by_itself(
    sqlite_database: str, live_server: LiveServer, page: Page
) -> None:
    with override_settings(PASSWORD_HASHERS=FAST):
        users.create_user(name="paul", role="viewer", password=PASSWORD, actor=SHELL)
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": LAPTOP})
        # Browsers know passkeys for names, not for addresses.
        site = str(live_server.url).replace("127.0.0.1", "localhost")
        page.goto(f"{site}/accounts/login/?next=/settings/security/")
        page.get_by_label("User name").fill("paul")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name="Add a passkey").click()
        name = page.get_by_label("Name", exact=True)
        expect(name).to_have_value("Passkey")
        name.fill("Laptop")
        page.get_by_label("Sign in with it alone").check()
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        page.get_by_role("link", name="Done").click()
        expect(page.get_by_text("Laptop")).to_be_visible()

        page.get_by_role("button", name="End all my sessions").click()
        expect(page.get_by_text("All your sessions are ended.")).to_be_visible()
        page.goto(f"{site}/accounts/login/?next=/settings/security/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/settings/security/")

    expect(page.locator("#factors")).to_be_visible()
    told = AuditEntry.objects.filter(action="user.login", actor="paul")
    assert told.count() == 2
