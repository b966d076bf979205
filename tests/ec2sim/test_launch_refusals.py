"""RunInstances: what it refuses, and the quotas that bind it."""

from typing import Any

import pytest

from tests.ec2sim.conftest import PRIMARY, SUBNET, VPC, Sim
from tests.ec2sim.launching import HERE, ONE, refused, run

ARM_IMAGE = "ami-0d3c032f5934e1b41"


def small_subnet(sim: Sim) -> str:
    """A subnet with eleven free addresses."""
    made = sim.ec2.create_subnet(
        VpcId=VPC, CidrBlock="20.0.9.0/28", AvailabilityZone="eu-west-1a"
    )
    return str(made["Subnet"]["SubnetId"])


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"MinCount": 0}, "InvalidParameterValue", "Value (0) for parameter minCount"),
        ({"MinCount": 3}, "InvalidParameterCombination", "MinCount (3)"),
        ({"ImageId": None}, "MissingParameter", "imageId"),
        (
            {"ImageId": "ami-0123456789abcdef0"},
            "InvalidAMIID.NotFound",
            "The image id '[ami-0123456789abcdef0]' does not exist",
        ),
        ({"ImageId": "ami-xyz"}, "InvalidAMIID.Malformed", 'Invalid id: "ami-xyz"'),
        (
            {"InstanceType": "t9.huge"},
            "InvalidParameterValue",
            "Invalid value 't9.huge' for InstanceType.",
        ),
        (
            {"InstanceType": "t4g.micro"},
            "InvalidParameterValue",
            "The architecture 'arm64' of the specified instance type does not match",
        ),
        ({"ImageId": ARM_IMAGE}, "InvalidParameterValue", "The architecture"),
        (
            {"KeyName": "nobody"},
            "InvalidKeyPair.NotFound",
            "The key pair 'nobody' does not exist",
        ),
        (
            {"SubnetId": "subnet-12345678"},
            "InvalidSubnetID.NotFound",
            "The subnet ID 'subnet-12345678' does not exist",
        ),
        (
            {"SecurityGroupIds": ["sg-12345678"]},
            "InvalidGroup.NotFound",
            "The security group 'sg-12345678' does not exist",
        ),
        (
            {"SecurityGroups": ["default"]},
            "InvalidParameterCombination",
            "The parameter groupName cannot be used with the parameter subnet",
        ),
        (
            {"PrivateIpAddress": "20.0.1.25"},
            "InvalidIPAddress.InUse",
            "The specified address is already in use.",
        ),
        (
            {"PrivateIpAddress": "10.1.1.1"},
            "InvalidParameterValue",
            "Address 10.1.1.1 does not fall within the subnet's address range",
        ),
        (
            {"PrivateIpAddress": "20.0.1.77", "MaxCount": 2},
            "InvalidParameterCombination",
            "Multiple instances creation is not compatible with private IP address",
        ),
        (
            {"Placement": {"AvailabilityZone": "eu-west-1b"}},
            "InvalidParameterValue",
            f"Value (eu-west-1b) for parameter availabilityZone is invalid. Subnet "
            f"'{SUBNET}' is in the availability zone eu-west-1a",
        ),
        (
            {"Placement": {"AvailabilityZone": "eu-west-1z"}},
            "InvalidParameterValue",
            "Invalid availability zone: [eu-west-1z]",
        ),
        (
            {"Placement": {"Tenancy": "dedicated"}},
            "UnsupportedOperation",
            "The parameter Tenancy is not simulated.",
        ),
        (
            {"InstanceInitiatedShutdownBehavior": "hop"},
            "InvalidParameterValue",
            "Value (hop) for parameter instanceInitiatedShutdownBehavior",
        ),
        (
            {"InstanceType": "m5.large", "CreditSpecification": {"CpuCredits": "x"}},
            "InvalidParameterCombination",
            "The instance type 'm5.large' does not support credit",
        ),
        (
            {"InstanceMarketOptions": {"MarketType": "spot"}},
            "UnsupportedOperation",
            "The parameter InstanceMarketOptions is not simulated.",
        ),
        (
            {
                "TagSpecifications": [
                    {"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}
                ]
            },
            "InvalidParameterValue",
            "'vpc' is not a valid taggable resource type for this operation.",
        ),
    ],
)
def test_a_wrong_launch_is_refused_and_leaves_nothing(
    sim: Sim, change: dict[str, Any], code: str, said: str
) -> None:
    asked = {**HERE, **change}
    asked = {name: value for name, value in asked.items() if value is not None}

    answer = refused(sim, **asked)

    assert answer[0] == code
    assert said.lower() in answer[1].lower()


def test_user_data_is_base64_and_not_too_long(sim: Sim) -> None:
    sim.ec2.meta.events.register("before-call.ec2.RunInstances", _as_it_is)

    assert refused(sim, **HERE, UserData="not base64!") == (
        "InvalidUserData.Malformed",
        "Invalid BASE64 encoding of user data.",
    )


def _as_it_is(params: dict[str, Any], **_: Any) -> None:
    params["body"]["UserData"] = "not base64!"


def test_a_full_subnet_takes_no_more(sim: Sim) -> None:
    small = small_subnet(sim)
    asked = {**HERE, "SubnetId": small}
    made = run(sim, **{**asked, "MinCount": 1, "MaxCount": 50})
    assert len(made) == 11

    assert refused(sim, **asked) == (
        "InsufficientFreeAddressesInSubnet",
        f"There are not enough free addresses in subnet '{small}' to satisfy the "
        "requested number of instances.",
    )


def test_a_region_without_a_default_vpc_needs_a_subnet(sim: Sim) -> None:
    sim.control("seed", {"region": "eu-north-1", "empty_vpc": True})
    north = sim.client(region_name="eu-north-1")

    assert sim.refusal(north.run_instances, **ONE)[0] == "VPCIdNotSpecified"


def test_a_type_is_offered_where_it_is_offered(sim: Sim) -> None:
    zones = sim.ec2.describe_instance_type_offerings(LocationType="availability-zone")[
        "InstanceTypeOfferings"
    ]
    by_zone: dict[str, set[str]] = {}
    for each in zones:
        by_zone.setdefault(each["Location"], set()).add(each["InstanceType"])
    only_c = sorted(
        name
        for name in by_zone["eu-west-1c"] - by_zone["eu-west-1a"]
        if name.startswith(("m", "c", "r")) and "g" not in name.split(".")[0]
    )

    answer = refused(sim, **{**HERE, "InstanceType": only_c[0]})

    assert answer[0] == "Unsupported"
    assert f"({only_c[0]}) is not supported in your requested" in answer[1]


def test_quotas_bind_only_where_a_seed_sets_them(sim: Sim) -> None:
    run(sim, **{**HERE, "MaxCount": 5})
    sim.control("seed", {"quotas": {"instances": 9}})
    assert len(run(sim, **{**HERE, "MaxCount": 5})) == 2
    code, said = refused(sim, **HERE)
    assert code == "InstanceLimitExceeded"
    assert "your current instance limit of 9" in said
    sim.control("seed", {"quotas": {"instances": 99, "vcpus": 17}})

    code, said = refused(sim, **HERE)

    assert code == "VcpuLimitExceeded"
    assert "than your current vCPU limit of 17 allows" in said
    assert len(run(sim, **{**HERE, "InstanceType": "t2.micro"})) == 1


def test_a_start_counts_against_the_quota_too(sim: Sim) -> None:
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)
    sim.control("seed", {"quotas": {"instances": 1}})

    answer = sim.refusal(sim.ec2.start_instances, InstanceIds=[PRIMARY])

    assert answer[0] == "InstanceLimitExceeded"
