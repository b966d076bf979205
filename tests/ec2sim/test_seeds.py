"""Seeds: worlds to begin with, in several accounts and regions."""

import time
from typing import Any

import pytest

from ec2sim import server
from ec2sim.config import Config
from tests.ec2sim.conftest import Sim


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": 1},
        {"article": "yes"},
        {"empty_vpc": 1},
        {"pairs": -1},
        {"pairs": "2"},
        {"pairs": True},
        {"quotas": 5},
        {"quotas": {"colour": 1}},
        {"quotas": {"instances": -1}},
        {"quotas": {"instances": True}},
        {"account": 5},
        {"account": "123"},
        {"region": "mars"},
    ],
)
def test_a_senseless_seed_is_refused_and_builds_nothing(
    sim: Sim, wrong: dict[str, Any]
) -> None:
    before = sim.control("state")

    said = sim.refused_control("seed", {"pairs": 2, **wrong})

    assert next(iter(wrong)) in said or "colour" in said or "instances" in said
    assert sim.control("state") == before


def test_the_article_is_planted_once(sim: Sim) -> None:
    assert sim.refused_control("seed", {"article": True}) == (
        "article: it is there already"
    )


def test_pairs_have_their_tags_and_their_address(sim: Sim) -> None:
    told = sim.control("seed", {"pairs": 3, "region": "us-east-1"})
    assert (told["interfaces"], told["instances"], told["elastic_ips"]) == (9, 6, 3)
    there = sim.client(region_name="us-east-1")
    wanted = [{"Name": "tag:failover:pair", "Values": ["pair-0002"]}]

    roles = {
        tag["Value"]
        for each in there.describe_tags(Filters=wanted)["Tags"]
        for tag in there.describe_tags(
            Filters=[
                {"Name": "resource-id", "Values": [each["ResourceId"]]},
                {"Name": "key", "Values": ["failover:role"]},
            ]
        )["Tags"]
    }

    assert roles == {"primary", "standby", "floating", "address"}
    shown = there.describe_addresses(Filters=wanted)["Addresses"][0]
    assert shown["NetworkInterfaceId"]
    assert sim.control("state")["violations"] == []


def test_accounts_and_regions_keep_to_themselves(sim: Sim) -> None:
    sim.control("seed", {"pairs": 2, "account": "210987654321"})
    sim.control("seed", {"pairs": 1, "region": "eu-central-1"})

    assert len(sim.ec2.describe_instances()["Reservations"]) == 2
    central = sim.client(region_name="eu-central-1")
    assert len(central.describe_instances()["Reservations"]) == 2
    keys = sim.client("sts").assume_role(
        RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="test"
    )["Credentials"]
    other = sim.client(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert len(other.describe_instances()["Reservations"]) == 4
    public = [
        each["PublicIp"]
        for client in (sim.ec2, central, other)
        for each in client.describe_addresses()["Addresses"]
    ]
    assert len(public) == len(set(public)) == 4


def test_fifty_thousand_interfaces_take_seconds() -> None:
    began = time.monotonic()
    with server.start(config=Config(latency_s=0), sown={"pairs": 16_667}) as running:
        took_s = time.monotonic() - began
        region = running.world.region("123456789012", "eu-west-1")
        assert len(region.interfaces) == 50_001

    # Four seconds on an idle machine.
    assert took_s < 40
