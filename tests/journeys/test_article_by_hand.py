"""The article's steps 1 to 7 by hand, through our pages alone, in an empty VPC."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import Ec2Sim, House, browse, wait_for

SIM = ("--seed-empty-vpc", "--detach-s", "0.6", "--attach-s", "0.4", "--launch-s", "1")
SLOW_MS = 30_000


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """The product, an EC2 with nothing but a VPC, and anna, an admin."""
    sim = Ec2Sim(tmp_path, *SIM)
    try:
        house = House(tmp_path, sim, settings={"VERIFY_AFTER_S": "1"})
        try:
            yield house
        finally:
            house.stop()
    finally:
        sim.stop()


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name).first.click()


def sign_in(page: Page, home: House) -> None:
    page.goto(home.url)
    page.get_by_label("User").fill("anna")
    page.get_by_label("Password", exact=True).fill(home.password)
    page.get_by_role("button", name="Sign in").click()


def manage_the_region(page: Page) -> None:
    follow(page, "Add a region")
    page.get_by_role("textbox", name="Region").fill("eu-west-1")
    press(page, "Add the region")


def launch_both(page: Page) -> None:
    """Steps 1 and 2: two servers in one subnet, each with nginx."""
    go(page, "Instances")
    follow(page, "Launch instances")
    page.get_by_role("link", name="Primary and standby").click()
    subnet = page.get_by_label("Subnet")
    subnet.select_option(index=1)
    for label in ("User data of the primary", "User data of the standby"):
        expect(page.get_by_label(label)).to_have_value(re.compile("install nginx"))
    press(page, "Launch both")
    rows = page.locator("#rows")
    expect(rows.get_by_text("Running")).to_have_count(2, timeout=SLOW_MS)


def create_the_interface(page: Page) -> str:
    """Step 3: in the primary's subnet. Its id."""
    go(page, "Network interfaces")
    follow(page, "Create network interface")
    page.get_by_label("Subnet").select_option(index=1)
    page.get_by_label("Description").fill("SecondaryInterface")
    press(page, "Create network interface")
    page.wait_for_url(re.compile(r"/interfaces/eni-[0-9a-f]+/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def attach_it(page: Page) -> None:
    """Step 4: to the primary server."""
    follow(page, "Attach")
    page.get_by_label("PrimaryServer").check()
    press(page, "Attach")
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("#rows")).to_contain_text("Succeeded", timeout=SLOW_MS)


def give_it_an_elastic_ip(page: Page, interface_id: str) -> str:
    """Step 5: allocate and associate. The address."""
    go(page, "Elastic IPs")
    follow(page, "Allocate Elastic IP address")
    press(page, "Allocate")
    page.wait_for_url(re.compile(r"/elastic-ips/eipalloc-[0-9a-f]+/$"))
    address = page.locator("h1").inner_text().split()[0]
    follow(page, "Associate")
    page.get_by_role("combobox", name="Network interface").fill(interface_id)
    press(page, "Associate")
    page.wait_for_url(re.compile(r"/elastic-ips/eipalloc-[0-9a-f]+/$"))
    return address


def make_the_pair(page: Page, interface_id: str) -> None:
    """Step 6: the wizard, from the interface's page to the guests'."""
    go(page, "Network interfaces")
    follow(page, interface_id)
    follow(page, "Create pair")
    expect(page.get_by_role("combobox", name="Network interface")).to_have_value(
        interface_id
    )
    press(page, "Next")
    standby = page.locator("#known-instances option", has_text="StandbyServer")
    id = standby.get_attribute("value") or ""
    page.get_by_label("Standby instance").fill(id)
    for _ in range(3):
        press(page, "Next")
    page.get_by_role("textbox", name="Name").fill("article")
    press(page, "Create pair")
    page.wait_for_url("**/pairs/article/guest/**")


def swap(page: Page) -> None:
    """Step 7."""
    go(page, "Failover pairs")
    follow(page, "article")
    page.get_by_role("link", name="Swap to").first.click()
    page.get_by_role("button", name="Swap now").click()
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("#rows")).to_contain_text("Succeeded", timeout=SLOW_MS)


@pytest.mark.browser
@pytest.mark.timeout(420)
def test_the_article_by_hand_ends_with_the_standby_on_the_elastic_ip(
    page: Page, home: House
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" else None,
    )
    sign_in(page, home)

    manage_the_region(page)
    launch_both(page)
    interface_id = create_the_interface(page)
    attach_it(page)
    address = give_it_an_elastic_ip(page, interface_id)
    assert "PrimaryServer" in wait_for(
        lambda: browse(home, address), within_s=10, saying="the primary answers"
    )
    make_the_pair(page, interface_id)
    swap(page)

    assert "Welcome to nginx on StandbyServer" in browse(home, address)
    assert home.sim.state()["violations"] == []
    assert complaints == []
