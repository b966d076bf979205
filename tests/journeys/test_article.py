"""The article's steps 3 to 7, through HTTP, worker and ec2sim as processes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import house
from tests.journeys.house import House


@pytest.fixture
def on_postgresql(postgres_database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house that begins with an empty database."""
    with house.article(tmp_path, database_url=postgres_database_url) as opened:
        yield opened


@pytest.fixture(params=["home", "on_postgresql"], ids=["sqlite", "postgresql"])
def either_home(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.mark.timeout(180)
def test_the_standby_answers_on_the_elastic_ip_after_a_swap_and_back(
    either_home: House,
) -> None:
    home = either_home
    sim = home.sim
    detach = home.http.post(f"network-interfaces/{house.INTERFACE}/detach", json={})
    assert detach.json()["code"] == "belongs_to_pair"
    assert "PrimaryServer" in house.browse(home)

    for to, name in (
        (house.STANDBY, "StandbyServer"),
        (house.PRIMARY, "PrimaryServer"),
    ):
        job = home.swap(to, reason="the article's step 7")
        ended = home.wait_for_end(job["id"], within_s=30)

        assert ended["state"] == "succeeded", ended
        assert sim.holder() == to
        assert f"Welcome to nginx on {name}" in house.browse(home)
        assert 0.9 < ended["outage_s"] < 6
        pair = home.http.get("pairs/article").json()
        assert pair["active_instance_id"] == pair["desired_instance_id"] == to

    assert sim.state()["violations"] == []


@pytest.mark.timeout(180)
def test_a_free_interface_is_attached_and_detached_as_jobs(home: House) -> None:
    ec2 = home.sim.client()
    subnet = ec2.describe_network_interfaces(NetworkInterfaceIds=[house.INTERFACE])[
        "NetworkInterfaces"
    ][0]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet, Description="second")
    eni = made["NetworkInterface"]["NetworkInterfaceId"]
    home.manage("sync", "eu-west-1")

    asked = home.http.post(
        f"network-interfaces/{eni}/attach", json={"instance_id": house.STANDBY}
    )
    assert asked.status_code == 202, asked.text
    ended = home.wait_for_end(asked.json()["id"], within_s=30)
    assert ended["state"] == "succeeded"
    assert home.sim.holder(eni) == house.STANDBY

    asked = home.http.post(f"network-interfaces/{eni}/detach", json={})
    assert asked.status_code == 202, asked.text
    assert home.wait_for_end(asked.json()["id"], within_s=30)["state"] == ("succeeded")
    assert home.sim.state()["interfaces"][eni]["status"] == "available"
