"""By hand in a real Chromium, on an empty VPC: servers, an interface, an address."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from ec2sim import server
from ec2sim.config import Config
from failover import models, wiring
from failover.models import Action, Job
from failover.services import inventory
from tests.web.conftest import Home
from tests.web.test_browser import Complaints, faults, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
def empty(people: None) -> Iterator[Home]:
    """An EC2 with nothing in it but a VPC, read once."""
    config = Config(latency_s=0, launch_s=0.2)
    with (
        server.start(config=config, sown={"empty_vpc": True}) as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AWS_ENDPOINT_URL", running.url)
        wiring.start_anew()
        region = models.Region.objects.create(
            account=models.Account.objects.create(name="default"), name="eu-west-1"
        )
        inventory.sync(region)
        models.ReconcilerBeat.objects.create(name="reconciler", seen_at=wiring.now())
        models.WorkerBeat.objects.create(name="worker", seen_at=wiring.now())
        nothing: Any = None
        yield Home(sim=running, region=region, pair=nothing)
    wiring.start_anew()


class Walk:
    """Somebody's way through the pages, with what axe finds on each in both themes."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.found: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        self.page.emulate_media(color_scheme="light")
        self.found[name] = faults(self.page)
        self.page.emulate_media(color_scheme="dark")
        self.found[name] += faults(self.page)

    def open(self, path: str, link: str) -> None:
        """From the list by its header's button."""
        self.page.goto(self.site + path)
        self.page.get_by_role("link", name=link).click()

    def send(self, button: str, leads_to: str) -> None:
        self.page.get_by_role("button", name=button).click()
        self.page.wait_for_url(leads_to)


def launch_both(walk: Walk) -> None:
    page = walk.page
    walk.open("/instances/", "Launch a pair")
    page.get_by_label("Subnet").select_option(index=1)
    expect(page.get_by_label("default (")).to_be_visible()
    walk.look("launch")
    page.get_by_label("Instance type").fill("t2.micro")
    walk.send("Launch both", "**/instances/?only=*")
    expect(page.get_by_text("are being launched")).to_be_visible()


def create_interface(walk: Walk) -> None:
    page = walk.page
    walk.open("/interfaces/", "Create network interface")
    page.get_by_label("Subnet").select_option(index=1)
    page.get_by_label("default (").check()
    page.get_by_label("Description").fill("floating")
    page.get_by_label("Key of tag 1").fill("Name")
    page.get_by_label("Value of tag 1").fill("Secondary")
    walk.look("create")
    walk.send("Create network interface", "**/interfaces/eni-*/")
    expect(page.get_by_text("Network interface created.")).to_be_visible()
    walk.look("interface")


def allocate_and_associate(walk: Walk, interface: str) -> None:
    page = walk.page
    walk.open("/elastic-ips/", "Allocate Elastic IP address")
    walk.look("allocate")
    walk.send("Allocate", "**/elastic-ips/eipalloc-*/")
    walk.look("elastic ip")
    page.goto(interface)
    page.get_by_role("link", name="Associate Elastic IP").click()
    walk.look("associate")
    walk.send("Associate", interface)
    expect(page.get_by_text("Elastic IP associated.")).to_be_visible()


def attach(walk: Walk) -> None:
    page = walk.page
    page.get_by_role("link", name="Attach", exact=True).click()
    walk.look("attach")
    page.get_by_role("radio", name="PrimaryServer").check()
    walk.send("Attach", "**/jobs/*/")


def read_actions(walk: Walk) -> None:
    page = walk.page
    page.goto(f"{walk.site}/actions/")
    walk.look("actions")
    page.get_by_role("link", name="Elastic IP associated").click()
    page.get_by_text("As AWS CLI").first.click()
    expect(page.get_by_text("aws ec2 associate-address")).to_be_visible()
    walk.look("action")


def test_the_articles_pieces_are_made_by_hand_on_an_empty_vpc(
    empty: Home, live_server: LiveServer, page: Page
) -> None:
    site, complaints = str(live_server.url), Complaints()
    page.on("console", complaints.hear)
    sign_in(page, empty, site)
    walk = Walk(page, site)

    launch_both(walk)
    inventory.sync(empty.region)
    create_interface(walk)
    allocate_and_associate(walk, page.url)
    attach(walk)
    read_actions(walk)

    assert Job.objects.get().kind == "attach"
    assert Action.objects.exclude(state="refused").count() == 5
    assert {place: said for place, said in walk.found.items() if said} == {}
    assert complaints == []
