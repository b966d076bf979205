"""A probe on the Elastic IP, against the page that the simulator serves there."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import house
from tests.journeys.house import House, wait_for

PORT = 8080


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    # An address of this world's own: others may serve the article's at this moment.
    seed = str(random.randrange(10**6))
    sim = ("--detach-s", "0.6", "--attach-s", "0.4", "--seed", seed)
    with house.article(tmp_path, sim=sim) as opened:
        yield opened


def own_address(home: House) -> str:
    """Put another Elastic IP on the article's interface; where its page is served."""
    ec2 = home.sim.client()
    [there] = ec2.describe_addresses(AllocationIds=[house.ALLOCATION])["Addresses"]
    ec2.disassociate_address(AssociationId=there["AssociationId"])
    made = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(
        AllocationId=made["AllocationId"], NetworkInterfaceId=house.INTERFACE
    )
    home.manage("sync", "eu-west-1")
    return str(made["PublicIp"])


def probe_it(home: House, **probe: Any) -> None:
    reply = home.http.patch("pairs/article", json={"probe": probe})
    assert reply.status_code == 200, reply.text


@pytest.mark.timeout(180)
def test_a_swap_ends_when_the_standbys_page_answers_and_waits_for_a_hung_guest(
    home: House,
) -> None:
    address = own_address(home)
    probe_it(home, kind="http", port=PORT, path="/", expect="StandbyServer")
    tried = home.http.post("pairs/article/probe", json={}).json()
    assert (tried["outcome"], tried["code"]) == ("failed", "text_missing"), tried

    job = home.swap(house.STANDBY)
    ended = home.wait_for_end(job["id"], within_s=40)

    assert ended["state"] == "succeeded", ended
    assert ended["probe"]["outcome"] == "passed"
    assert ended["probe"]["address"] == address
    assert ended["probe"]["since"] > ended["restored_at"]

    # The former primary's guest hangs: it takes connections and never answers.
    probe_it(home, kind="http", port=PORT, path="/", expect="PrimaryServer")
    home.sim.control(f"instances/{house.PRIMARY}", guest="hung")
    back = home.swap(house.PRIMARY, force=True)
    said = f"Attached; waiting for http/{PORT} on {address}: no answer in time."

    def waits() -> Any:
        seen = home.job(back["id"])
        return seen if seen["message"] == said else None

    waiting = wait_for(waits, within_s=40, saying=said)
    assert waiting["state"] == "running"
    assert waiting["waiting_for"] == "probe"
    assert waiting["restored_at"] is not None
    assert waiting["outage_s"] is not None
    verify = next(s for s in waiting["steps"] if s["name"] == "verify")
    assert verify["detail"] == f"http/{PORT} on {address}: no answer in time"

    home.sim.control(f"instances/{house.PRIMARY}", guest="ok")
    ended = home.wait_for_end(back["id"], within_s=40)

    assert ended["state"] == "succeeded", ended
    assert ended["outage_s"] == waiting["outage_s"]
