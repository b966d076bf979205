"""The client inside the process: what the contract of both doors does not say."""

import json
from typing import Any

import pytest

from ec2sim.errors import Ec2Error, ReplyLost, ReplyNever, ReplySlow
from ec2sim.inprocess import Client
from ec2sim.world import World
from tests.ec2sim.conftest import FLOATING, SPARE, STANDBY

ATTACH = {"NetworkInterfaceId": SPARE, "InstanceId": STANDBY, "DeviceIndex": 1}


def calls(world: World) -> list[dict[str, Any]]:
    """The calls in the log."""
    lines = [json.loads(line) for line in world.journal.lines()]
    return [line for line in lines if line["event"] == "call"]


def test_calls_are_logged_with_their_session_and_request(world: World) -> None:
    numbers = iter(range(100))
    client = Client(world, session="job-7", new_request_id=lambda: f"r-{next(numbers)}")

    reply = client.call("AttachNetworkInterface", **ATTACH)

    line = calls(world)[0]
    assert reply["ResponseMetadata"]["RequestId"] == line["request_id"] == "r-0"
    assert line["session"] == "job-7"
    assert {SPARE, STANDBY, reply["AttachmentId"]} <= set(line["resources"])


def test_faults_strike_as_they_do_over_http(world: World) -> None:
    client = Client(world)
    world.faults.add({"action": "Attach*", "kind": "drop-after", "times": 1})

    with pytest.raises(ReplyLost):
        client.call("AttachNetworkInterface", **ATTACH)

    shown = client.call("DescribeNetworkInterfaces", NetworkInterfaceIds=[SPARE])
    held = shown["NetworkInterfaces"][0]["Attachment"]
    assert held["InstanceId"] == STANDBY
    assert calls(world)[0]["outcome"] == "dropped"


def test_a_slow_reply_tells_when_and_what_it_would_have_been(world: World) -> None:
    client = Client(world)
    world.faults.add(
        {"action": "DescribeNetworkInterfaces", "kind": "slow", "delay_s": 90}
    )

    with pytest.raises(ReplySlow) as slow:
        client.call("DescribeNetworkInterfaces", NetworkInterfaceIds=[FLOATING])

    assert isinstance(slow.value, ReplyNever)
    assert slow.value.due_at == pytest.approx(world.clock.now() + 90)
    found = slow.value.outcome["NetworkInterfaces"]
    assert [each["NetworkInterfaceId"] for each in found] == [FLOATING]


def test_what_makes_no_sense_is_logged_and_spends_its_token(world: World) -> None:
    world.configure({"throttle": "api"})
    client = Client(world)
    codes = []
    for _ in range(51):
        with pytest.raises(Ec2Error) as refused:
            client.call("AttachNetworkInterface", Colour="red")
        codes.append(refused.value.code)

    assert codes == ["UnknownParameter"] * 50 + ["RequestLimitExceeded"]
    assert [line["outcome"] for line in calls(world)][-2:] == ["refused", "throttled"]


def test_accounts_and_regions_are_worlds_of_their_own(world: World) -> None:
    other = Client(world, account_id="210987654321")
    elsewhere = Client(world, region="eu-central-1")

    for client in (other, elsewhere):
        assert client.call("DescribeNetworkInterfaces")["NetworkInterfaces"] == []
        assert len(client.call("DescribeSubnets")["Subnets"]) == 3
    made = other.call("AllocateAddress")["AllocationId"]
    with pytest.raises(Ec2Error):
        Client(world).call("ReleaseAddress", AllocationId=made)


@pytest.mark.parametrize(
    ("action", "region", "code"),
    [
        ("DescribeUnicorns", "eu-west-1", "InvalidAction"),
        ("CreateVolume", "eu-west-1", "UnsupportedOperation"),
        ("DescribeVpcs", "the moon", "AuthFailure"),
    ],
)
def test_what_has_no_rule_is_refused(
    world: World, action: str, region: str, code: str
) -> None:
    needed = {"CreateVolume": {"AvailabilityZone": "eu-west-1a"}}

    with pytest.raises(Ec2Error) as refused:
        Client(world, region=region).call(action, **needed.get(action, {}))

    assert refused.value.code == code


def test_what_no_xml_could_tell_is_refused_here_too(world: World) -> None:
    tags = [{"Key": "Name", "Value": "bell \x07"}]

    with pytest.raises(Ec2Error, match="characters that are not allowed"):
        Client(world).call("CreateTags", Resources=[SPARE], Tags=tags)
