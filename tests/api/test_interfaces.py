"""Which interfaces may not be moved over REST."""

import pytest

from failover.models import NetworkInterface
from tests.api.asking import Ask
from tests.services.world import FLOATING, PRIMARY, STANDBY, Sim

pytestmark = pytest.mark.usefixtures("article")


def test_an_interface_of_a_pair_is_swapped_not_detached(olga: Ask) -> None:
    detach = olga("POST", f"network-interfaces/{FLOATING}/detach", {})
    attach = olga(
        "POST", f"network-interfaces/{FLOATING}/attach", {"instance_id": STANDBY}
    )

    assert detach.status_code == attach.status_code == 409
    assert detach.json()["code"] == attach.json()["code"] == "belongs_to_pair"


def test_a_primary_interface_is_not_detached(olga: Ask, sim: Sim) -> None:
    primary = next(
        eni
        for eni, seen in sim.state()["interfaces"].items()
        if seen["instance_id"] == PRIMARY and seen["device_index"] == 0
    )

    reply = olga("POST", f"network-interfaces/{primary}/detach", {})

    assert (reply.status_code, reply.json()["code"]) == (422, "preflight")
    assert sim.mutating_calls() == []


def test_an_attach_that_takes_the_place_of_a_pair_says_so(olga: Ask) -> None:
    known = NetworkInterface.objects.get(interface_id=FLOATING)
    where = {"region": known.region.name, "subnet_id": known.subnet_id}
    spare = olga("POST", "network-interfaces/", where).json()["id"]

    taken = olga("POST", f"network-interfaces/{spare}/attach", {"instance_id": STANDBY})

    assert taken.status_code == 202
    assert taken.json()["takes_place_of"] == ["article"]
