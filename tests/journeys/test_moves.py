"""Elastic IPs, private addresses and routes are swapped by the whole product."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys import house, moving
from tests.journeys.moving import Town

pytestmark = pytest.mark.timeout(240)
# Long enough to cancel a job that has moved and not yet verified.
VERIFY_AFTER_S = 2.0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One product and one EC2 for all tests here; each makes a pair of its own."""
    folder = tmp_path_factory.mktemp("moves")
    world = house.Ec2Sim(folder, "--seed-article")
    settings = {"VERIFY_AFTER_S": str(VERIFY_AFTER_S)}
    try:
        home = house.House(folder, world, settings=settings)
        try:
            built = moving.build(home)
            yield built
            built.ec2.close()
        finally:
            home.stop()
    finally:
        world.stop()


@pytest.fixture(autouse=True)
def tidy(town: Town) -> Iterator[None]:
    yield
    town.tidy()


def ended(town: Town, job: dict[str, Any]) -> dict[str, Any]:
    return town.home.wait_for_end(str(job["id"]), within_s=30)


def moved(town: Town, job: dict[str, Any]) -> bool:
    return bool(town.home.job(str(job["id"]))["restored_at"])


def cancel(town: Town, job: dict[str, Any]) -> None:
    house.wait_for(lambda: moved(town, job), within_s=15, saying="it has moved")
    reply = town.home.http.post(f"jobs/{job['id']}/cancel")
    assert reply.status_code == 202, reply.text


def lose_the_reply(town: Town, action: str) -> int:
    """The next such call takes effect and is not answered; gives a place in the log."""
    town.home.sim.control("faults", action=action, kind="drop-after", times=1)
    return len(town.home.sim.calls())


def test_an_elastic_ip_goes_to_another_zone_and_back(town: Town) -> None:
    allocation = town.add_vip("vip-far", town.distant)
    assert town.holder_of_address(allocation) == town.primary

    there = ended(town, town.swap("vip-far", town.distant))
    assert there["state"] == "succeeded", there
    assert town.holder_of_address(allocation) == town.distant
    assert [s["name"] for s in there["steps"]] == ["check", "move", "verify"]
    assert isinstance(there["outage_s"], float)
    assert there["outage_s"] < 2.0

    back = ended(town, town.swap("vip-far", town.primary))
    assert back["state"] == "succeeded"
    assert town.holder_of_address(allocation) == town.primary
    pair = town.home.http.get("pairs/vip-far").json()
    assert pair["active_instance_id"] == pair["desired_instance_id"] == town.primary


def test_an_elastic_ip_whose_reply_is_lost_has_moved_once(town: Town) -> None:
    allocation = town.add_vip("vip-lost", town.standby)
    since = lose_the_reply(town, "AssociateAddress")

    job = ended(town, town.swap("vip-lost", town.standby))

    assert job["state"] == "succeeded", job
    assert town.holder_of_address(allocation) == town.standby
    assert job["calls"][0]["outcome"] == "unknown"
    transitions = [
        c
        for c in town.home.sim.calls()[since:]
        if c.get("to") == "associated" and c["resource"] == allocation
    ]
    assert len(transitions) == 1


def test_a_cancelled_elastic_ip_is_exactly_where_it_was(town: Town) -> None:
    allocation = town.add_vip("vip-back", town.distant)
    before = town.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]

    job = town.swap("vip-back", town.distant)
    cancel(town, job)

    assert ended(town, job)["state"] == "reversed"
    after = town.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]
    for name in ("NetworkInterfaceId", "PrivateIpAddress", "InstanceId"):
        assert after[name] == before[name]


def test_a_private_address_goes_over_and_back(town: Town) -> None:
    town.add_address("address", "20.0.10.200")

    there = ended(town, town.swap("address", town.standby))
    assert there["state"] == "succeeded", there
    assert town.holder_of_private_ip("20.0.10.200") == town.standby

    back = ended(town, town.swap("address", town.primary))
    assert back["state"] == "succeeded"
    assert town.holder_of_private_ip("20.0.10.200") == town.primary


def test_a_private_address_whose_reply_is_lost_has_moved(town: Town) -> None:
    town.add_address("address-lost", "20.0.10.201")
    lose_the_reply(town, "AssignPrivateIpAddresses")

    job = ended(town, town.swap("address-lost", town.standby))

    assert job["state"] == "succeeded", job
    assert job["calls"][0]["outcome"] == "unknown"
    assert town.holder_of_private_ip("20.0.10.201") == town.standby


def test_a_cancelled_private_address_is_back_where_it_was(town: Town) -> None:
    town.add_address("address-back", "20.0.10.202")

    job = town.swap("address-back", town.standby)
    cancel(town, job)

    assert ended(town, job)["state"] == "reversed"
    assert town.holder_of_private_ip("20.0.10.202") == town.primary


def test_routes_of_two_tables_go_to_another_zone_and_back(town: Town) -> None:
    tables = town.add_routes("routes-far", town.distant)

    there = ended(town, town.swap("routes-far", town.distant))
    assert there["state"] == "succeeded", there
    assert town.holders_of_routes(tables) == {town.distant}
    assert [c["action"] for c in there["calls"]] == ["ReplaceRoute"] * 2

    back = ended(town, town.swap("routes-far", town.primary))
    assert back["state"] == "succeeded"
    assert town.holders_of_routes(tables) == {town.primary}


def test_a_route_whose_reply_is_lost_has_moved_with_the_other(town: Town) -> None:
    tables = town.add_routes("routes-lost", town.standby)
    lose_the_reply(town, "ReplaceRoute")

    job = ended(town, town.swap("routes-lost", town.standby))

    assert job["state"] == "succeeded", job
    assert sorted(c["outcome"] for c in job["calls"]) == ["ok", "unknown"]
    assert town.holders_of_routes(tables) == {town.standby}


def test_routes_of_which_one_is_refused_are_all_taken_back(town: Town) -> None:
    tables = town.add_routes("routes-back", town.standby)
    # One table can no longer be changed by us, but only towards the new instance.
    town.home.sim.control(
        "faults",
        action="ReplaceRoute",
        kind="refuse:UnauthorizedOperation",
        resource=tables[1],
        times=1,
    )

    job = ended(town, town.swap("routes-back", town.standby))

    assert job["state"] == "reversed", job
    assert town.holders_of_routes(tables) == {town.primary}
    assert "UnauthorizedOperation" in job["message"]


def test_the_command_line_and_a_bulk_request_swap_every_strategy(town: Town) -> None:
    allocation = town.add_vip("vip-bulk", town.standby)
    town.add_address("address-bulk", "20.0.10.203")
    tables = town.add_routes("routes-bulk", town.standby)
    names = ["vip-bulk", "address-bulk", "routes-bulk"]

    reply = town.home.http.post(
        "swaps/", json={"pairs": names}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )

    assert reply.status_code == 202
    assert reply.json()["refused"] == []
    for job in reply.json()["accepted"]:
        assert ended(town, job)["state"] == "succeeded"
    assert town.holder_of_address(allocation) == town.standby
    assert town.holder_of_private_ip("20.0.10.203") == town.standby
    assert town.holders_of_routes(tables) == {town.standby}

    for name in names:
        town.home.manage("swap", name, "--to", town.primary, "--wait")
    assert town.holder_of_address(allocation) == town.primary
    assert town.holder_of_private_ip("20.0.10.203") == town.primary
    assert town.holders_of_routes(tables) == {town.primary}
