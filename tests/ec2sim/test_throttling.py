"""EC2's token buckets: whose, how large, how fast they fill, and what spends."""

from typing import Any

import pytest

from ec2sim.faults import buckets
from tests.ec2sim.conftest import FLOATING, SPARE, STANDBY, SUBNET, Sim

ASKED: dict[str, Any] = {
    "NetworkInterfaceId": SPARE,
    "InstanceId": STANDBY,
    "DeviceIndex": 1,
}


def level(sim: Sim, bucket: str) -> float | None:
    """The tokens in a bucket; None when nobody has used it."""
    for each in sim.control("buckets")["buckets"]:
        if each["bucket"] == bucket:
            return float(each["tokens"])
    return None


def codes(sim: Sim, times: int, action: Any, **params: Any) -> list[str]:
    """The codes of a call that is refused every time."""
    return [sim.refusal(action, **params)[0] for _ in range(times)]


@pytest.mark.parametrize(
    ("action", "burst", "refill"),
    [
        ("AttachNetworkInterface", 50, 5),
        ("DetachNetworkInterface", 50, 5),
        ("AssociateAddress", 50, 5),
        ("DisassociateAddress", 50, 5),
        ("ReplaceRoute", 50, 5),
        ("AllocateAddress", 50, 5),
        ("CreateNetworkInterface", 100, 5),
        ("DeleteNetworkInterface", 100, 5),
        ("ModifyNetworkInterfaceAttribute", 100, 5),
        ("AssignPrivateIpAddresses", 100, 5),
        ("UnassignPrivateIpAddresses", 100, 5),
        ("CreateTags", 100, 10),
        ("DeleteTags", 100, 10),
        ("RunInstances", 5, 2),
        ("StartInstances", 5, 2),
        ("StopInstances", 50, 5),
        ("TerminateInstances", 100, 5),
        ("DescribeAddresses", 100, 20),
        ("DescribeInstanceTypes", 100, 20),
        ("DescribeNetworkInterfaces", 50, 10),
        ("DescribeInstances", 50, 10),
        ("DescribeInstanceStatus", 50, 10),
    ],
)
def test_each_api_has_the_bucket_of_the_guide(
    action: str, burst: float, refill: float
) -> None:
    assert buckets.charges(action, {}, mode="api")[0].size == (burst, refill)


@pytest.mark.parametrize(
    ("action", "refill"),
    [
        ("RunInstances", 2),
        ("StartInstances", 2),
        ("StopInstances", 20),
        ("TerminateInstances", 20),
    ],
)
def test_instances_cost_tokens_of_resources_too(action: str, refill: float) -> None:
    ids = {"InstanceIds": ["i-1", "i-2", "i-3"]}
    asked = {"MaxCount": 3} if action == "RunInstances" else ids

    request, resources = buckets.charges(action, asked, mode="api")

    assert request.tokens == 1
    assert (resources.size, resources.tokens) == ((1000, refill), 3)


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({}, (50, 10)),
        ({"NetworkInterfaceIds": ["eni-1"]}, (50, 10)),
        ({"Filters": [{"Name": "status", "Values": ["available"]}]}, (100, 20)),
        ({"MaxResults": 100}, (100, 20)),
        ({"NextToken": "x"}, (100, 20)),
    ],
)
def test_a_read_that_is_neither_filtered_nor_paged_has_the_smaller_bucket(
    params: dict[str, Any], size: tuple[float, float]
) -> None:
    charge = buckets.charges("DescribeNetworkInterfaces", params, mode="api")
    assert charge[0].size == size


def test_a_bucket_runs_dry_and_refills_with_the_clock(sim: Sim) -> None:
    sim.control("config", {"throttle": "api"})
    attach = sim.ec2.attach_network_interface
    said = codes(sim, 51, attach, **ASKED, DryRun=True)
    assert said == ["DryRunOperation"] * 50 + ["RequestLimitExceeded"]
    assert sim.detach()

    sim.advance(1)

    said = codes(sim, 6, attach, **ASKED, DryRun=True)
    assert said == ["DryRunOperation"] * 5 + ["RequestLimitExceeded"]


def test_buckets_refill_as_fast_as_time_is_scaled(live: Sim) -> None:
    live.control("config", {"throttle": "api"})
    codes(live, 50, live.ec2.attach_network_interface, **ASKED, DryRun=True)
    live.control("clock", {"scale": 1_000_000})

    assert level(live, "AttachNetworkInterface") == 50


def test_a_throttled_call_is_not_executed_and_spends_nothing(sim: Sim) -> None:
    sim.control("config", {"throttle": "api"})
    codes(sim, 50, sim.ec2.attach_network_interface, **ASKED, DryRun=True)

    refused = codes(sim, 3, sim.ec2.attach_network_interface, **ASKED)

    assert set(refused) == {"RequestLimitExceeded"}
    assert level(sim, "AttachNetworkInterface") == 0
    line = sim.calls(action="AttachNetworkInterface")[-1]
    assert (line["outcome"], line["effect_at"]) == ("throttled", None)
    assert "Attachment" not in sim.interface(SPARE)
    sim.advance(0.2)
    assert sim.attach(interface_id=SPARE)


def test_refusals_and_nonsense_spend_a_token_like_any_call(sim: Sim) -> None:
    sim.control("config", {"throttle": "api"})
    attach = sim.ec2.attach_network_interface

    said = [
        *codes(sim, 1, attach, **{**ASKED, "NetworkInterfaceId": FLOATING}),
        *codes(sim, 1, attach, NetworkInterfaceId=SPARE),
        *codes(sim, 1, attach, **{**ASKED, "DeviceIndex": "first"}),
    ]

    assert said == [
        "InvalidNetworkInterface.InUse",
        "MissingParameter",
        "InvalidParameterValue",
    ]
    assert level(sim, "AttachNetworkInterface") == 47
    told = [line["code"] for line in sim.calls(action="AttachNetworkInterface")]
    assert told == said


def test_accounts_regions_and_apis_share_no_bucket(sim: Sim) -> None:
    sim.control("config", {"throttle": "api"})
    attach = sim.ec2.attach_network_interface
    codes(sim, 50, attach, **ASKED, DryRun=True)
    elsewhere = sim.client(region_name="eu-west-2")
    others = sim.client(aws_access_key_id="ASIA210987654321AAAA")

    said = [
        sim.refusal(each.attach_network_interface, **ASKED, DryRun=True)[0]
        for each in (sim.ec2, elsewhere, others)
    ]

    assert said == ["RequestLimitExceeded", "DryRunOperation", "DryRunOperation"]
    assert sim.detach()


def test_reads_in_full_and_narrowed_reads_share_no_bucket(sim: Sim) -> None:
    sim.control("config", {"throttle": "api"})
    describe = sim.ec2.describe_network_interfaces
    for _ in range(25):
        describe()
        describe(NetworkInterfaceIds=[SPARE])

    assert sim.refusal(describe)[0] == "RequestLimitExceeded"
    assert sim.interface()["Status"] == "in-use"
    assert level(sim, "DescribeNetworkInterfaces") == 99


def test_a_thousand_instances_empty_the_bucket_of_resources(sim: Sim) -> None:
    sim.control("seed", {"pairs": 300, "region": "eu-west-2"})
    sim.control("config", {"throttle": "api"})
    there = sim.client(region_name="eu-west-2")
    state = sim.control("state")["instances"]
    zones = ("eu-west-2a", "eu-west-2b", "eu-west-2c")
    ids = [key for key, row in state.items() if row["availability_zone"] in zones]
    assert len(ids) == 600

    there.stop_instances(InstanceIds=ids, DryRun=False)
    again = sim.refusal(there.stop_instances, InstanceIds=ids)

    assert again[0] == "RequestLimitExceeded"
    assert level(sim, "StopInstances resources") == 400
    assert level(sim, "StopInstances") == 49
    sim.advance(10)
    assert there.stop_instances(InstanceIds=ids)


def test_a_dry_run_spends_its_request_and_no_resources(sim: Sim) -> None:
    image = sim.ec2.describe_images()["Images"][0]["ImageId"]
    sim.control("config", {"throttle": "api"})
    asked = {"ImageId": image, "MinCount": 1, "MaxCount": 9, "SubnetId": SUBNET}

    said = codes(sim, 6, sim.ec2.run_instances, **asked, DryRun=True)

    assert said == ["DryRunOperation"] * 5 + ["RequestLimitExceeded"]
    assert level(sim, "RunInstances resources") is None


def test_the_shared_bucket_is_one_for_every_change(sim: Sim) -> None:
    sim.control("config", {"throttle": "shared"})
    codes(sim, 50, sim.ec2.attach_network_interface, **ASKED, DryRun=True)

    refused = sim.refusal(sim.ec2.detach_network_interface, AttachmentId="x")

    assert refused[0] == "RequestLimitExceeded"
    assert sim.interface()["Status"] == "in-use"
    assert level(sim, "mutating") == 0


def test_setting_the_throttle_anew_fills_every_bucket(sim: Sim) -> None:
    sim.control("config", {"throttle": "api"})
    codes(sim, 50, sim.ec2.attach_network_interface, **ASKED, DryRun=True)

    sim.control("config", {"throttle": "api"})

    assert sim.control("buckets")["buckets"] == []
    assert sim.attach(interface_id=SPARE)


def test_the_other_code_of_throttling_comes_by_fault(sim: Sim) -> None:
    sim.control("faults", {"action": "*", "kind": "refuse:EC2ThrottledException"})

    assert sim.refusal(sim.ec2.describe_addresses)[0] == "EC2ThrottledException"

    line = sim.calls(action="DescribeAddresses")[-1]
    assert line["outcome"] == "throttled"
