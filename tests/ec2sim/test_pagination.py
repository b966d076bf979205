"""Pages hold every row once, whatever comes and goes between them."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from ec2sim.config import Config
from ec2sim.inprocess import Client
from ec2sim.seeds import sowing
from ec2sim.world import World
from tests.ec2sim.conftest import SUBNET, VPC


@pytest.fixture
def client(world: World) -> Client:
    """A client inside the article's world, with time standing still."""
    return Client(world)


def an_interface(client: Client, _number: int) -> str:
    """A new interface."""
    made = client.call("CreateNetworkInterface", SubnetId=SUBNET)
    return str(made["NetworkInterface"]["NetworkInterfaceId"])


def a_group(client: Client, number: int) -> str:
    """A new security group."""
    made = client.call(
        "CreateSecurityGroup",
        GroupName=f"group-{number}",
        Description="one of many",
        VpcId=VPC,
    )
    return str(made["GroupId"])


def a_tag(client: Client, number: int) -> str:
    """A new tag; its key names it."""
    key = f"key-{number:04d}"
    client.call("CreateTags", Resources=[VPC], Tags=[{"Key": key, "Value": "x"}])
    return key


def without_a_tag(client: Client, key: str) -> None:
    """Take a tag away."""
    client.call("DeleteTags", Resources=[VPC], Tags=[{"Key": key}])


def without(action: str, parameter: str) -> Callable[[Client, str], None]:
    """How to delete one row."""

    def gone(client: Client, row_id: str) -> None:
        client.call(action, **{parameter: row_id})

    return gone


LISTS: dict[str, tuple[Any, Any, str, str]] = {
    "DescribeNetworkInterfaces": (
        an_interface,
        without("DeleteNetworkInterface", "NetworkInterfaceId"),
        "NetworkInterfaces",
        "NetworkInterfaceId",
    ),
    "DescribeSecurityGroups": (
        a_group,
        without("DeleteSecurityGroup", "GroupId"),
        "SecurityGroups",
        "GroupId",
    ),
    "DescribeTags": (a_tag, without_a_tag, "Tags", "Key"),
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("action", LISTS)
def test_what_exists_all_the_time_is_met_exactly_once(
    client: Client, action: str, seed: int
) -> None:
    chance = random.Random(seed)
    make, drop, member, name = LISTS[action]
    rows = [make(client, number) for number in range(30)]
    lasting = set(rows)
    asked: dict[str, Any] = {"MaxResults": chance.randint(5, 9)}
    if action == "DescribeTags":
        asked["Filters"] = [{"Name": "resource-id", "Values": [VPC]}]
    met: list[str] = []
    number = len(rows)
    while True:
        reply = client.call(action, **asked)
        met += [row[name] for row in reply[member]]
        if "NextToken" not in reply:
            break
        asked["NextToken"] = reply["NextToken"]
        for _ in range(chance.randint(0, 4)):
            gone = rows.pop(chance.randrange(len(rows)))
            lasting.discard(gone)
            drop(client, gone)
            rows.append(make(client, number))
            number += 1
        asked["MaxResults"] = chance.randint(5, 9)

    assert len(met) == len(set(met))
    assert lasting <= set(met)


@pytest.mark.parametrize("seed", range(4))
def test_filtered_pages_are_as_stable(client: Client, seed: int) -> None:
    chance = random.Random(seed)
    tags = [{"Key": "kind", "Value": "wanted"}]
    rows = [an_interface(client, number) for number in range(40)]
    wanted = set(chance.sample(rows, 25))
    client.call("CreateTags", Resources=sorted(wanted), Tags=tags)
    asked: dict[str, Any] = {
        "MaxResults": 5,
        "Filters": [{"Name": "tag:kind", "Values": ["wanted"]}],
    }
    met: list[str] = []
    while True:
        reply = client.call("DescribeNetworkInterfaces", **asked)
        met += [row["NetworkInterfaceId"] for row in reply["NetworkInterfaces"]]
        if "NextToken" not in reply:
            break
        asked["NextToken"] = reply["NextToken"]
        # The tag comes to one that an index by value has never met in this order.
        late = chance.choice([row for row in rows if row not in wanted])
        client.call("CreateTags", Resources=[late], Tags=tags)
        client.call("DeleteTags", Resources=[late], Tags=tags)

    assert len(met) == len(set(met))
    assert wanted <= set(met)


def test_a_full_page_at_the_end_has_no_token(client: Client) -> None:
    for number in range(5):
        a_group(client, number)
    names = [f"group-{number}" for number in range(5)]
    wanted = [{"Name": "group-name", "Values": names}]

    reply = client.call("DescribeSecurityGroups", MaxResults=5, Filters=wanted)

    assert len(reply["SecurityGroups"]) == 5
    assert "NextToken" not in reply


def test_pages_outlive_the_row_that_they_were_cut_after(client: Client) -> None:
    rows = [an_interface(client, number) for number in range(12)]
    wanted = [{"Name": "network-interface-id", "Values": rows}]
    first = client.call("DescribeNetworkInterfaces", MaxResults=5, Filters=wanted)
    for row in first["NetworkInterfaces"]:
        row_id = row["NetworkInterfaceId"]
        client.call("DeleteNetworkInterface", NetworkInterfaceId=row_id)

    rest = client.call(
        "DescribeNetworkInterfaces",
        MaxResults=100,
        Filters=wanted,
        NextToken=first["NextToken"],
    )

    found = [row["NetworkInterfaceId"] for row in rest["NetworkInterfaces"]]
    assert found == rows[5:]


def test_a_stale_reader_pages_without_gaps() -> None:
    world = World(config=Config(latency_s=0, stale_s=30))
    world.clock.set(mode="manual")
    sowing.sow(world, {"article": True})
    client = Client(world)
    rows = [an_interface(client, number) for number in range(20)]
    world.clock.set(advance_s=60)
    met: list[str] = []
    asked: dict[str, Any] = {"MaxResults": 5}
    for row in rows[:10]:
        reply = client.call("DescribeNetworkInterfaces", **asked)
        met += [each["NetworkInterfaceId"] for each in reply["NetworkInterfaces"]]
        if "NextToken" not in reply:
            break
        asked["NextToken"] = reply["NextToken"]
        world.clock.set(advance_s=1)
        client.call("DeleteNetworkInterface", NetworkInterfaceId=row)

    world.close()
    assert len(met) == len(set(met))
    assert set(rows[10:]) <= set(met)
