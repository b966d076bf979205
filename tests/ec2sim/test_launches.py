"""RunInstances: what it makes, and everything that it refuses."""

import base64
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.ec2sim.conftest import FLOATING, MANAGED, PRIMARY, SPARE, SUBNET, VPC, Sim

IMAGE = "ami-0c55b159cbfafe1f0"
ARM_IMAGE = "ami-0d3c032f5934e1b41"
OTHER_SUBNET = "subnet-f10131b8"
GROUP = "sg-e2d57e99"
DEFAULT_GROUP = "sg-cf2a82b4"
ONE: dict[str, Any] = {"ImageId": IMAGE, "MinCount": 1, "MaxCount": 1}
HERE: dict[str, Any] = {**ONE, "SubnetId": SUBNET, "InstanceType": "t3.micro"}


def run(sim: Sim, **asked: Any) -> list[dict[str, Any]]:
    """The instances of a launch, as its reply shows them."""
    return list(sim.ec2.run_instances(**asked)["Instances"])


def refused(sim: Sim, **asked: Any) -> tuple[str, str]:
    """Code and message of a launch that must be refused, leaving nothing behind."""
    before = sim.control("state")
    answer = sim.refusal(sim.ec2.run_instances, **asked)
    assert sim.control("state") == before
    return answer


def spec(index: int, **members: Any) -> dict[str, Any]:
    """An interface that a launch makes in the article's subnet."""
    return {"DeviceIndex": index, "SubnetId": SUBNET, **members}


def flags(sim: Sim, instance_id: str) -> dict[int, bool]:
    """DeleteOnTermination by device index."""
    found = sim.ec2.describe_instances(InstanceIds=[instance_id])
    held = found["Reservations"][0]["Instances"][0]["NetworkInterfaces"]
    return {
        each["Attachment"]["DeviceIndex"]: each["Attachment"]["DeleteOnTermination"]
        for each in held
    }


def small_subnet(sim: Sim) -> str:
    """A subnet with eleven free addresses."""
    made = sim.ec2.create_subnet(
        VpcId=VPC, CidrBlock="20.0.9.0/28", AvailabilityZone="eu-west-1a"
    )
    return str(made["Subnet"]["SubnetId"])


def test_a_launch_tells_what_it_makes(sim: Sim) -> None:
    sim.ec2.create_key_pair(KeyName="ops", KeyType="ed25519")
    made = run(
        sim,
        **HERE,
        KeyName="ops",
        ClientToken="token-1",
        SecurityGroupIds=[GROUP],
        PrivateIpAddress="20.0.1.77",
        Monitoring={"Enabled": True},
        EbsOptimized=True,
        IamInstanceProfile={"Name": "web"},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    )[0]

    assert made["State"] == {"Code": 0, "Name": "pending"}
    assert made["PrivateIpAddress"] == "20.0.1.77"
    assert made["SecurityGroups"] == [{"GroupId": GROUP, "GroupName": "PrivateServer"}]
    assert (made["KeyName"], made["ClientToken"]) == ("ops", "token-1")
    assert made["Monitoring"]["State"] == "enabled"
    assert made["EbsOptimized"] is True
    assert made["IamInstanceProfile"]["Arn"].endswith(":instance-profile/web")
    assert made["MetadataOptions"]["HttpTokens"] == "required"
    assert made["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    assert made["Placement"]["AvailabilityZone"] == "eu-west-1a"
    primary = made["NetworkInterfaces"][0]
    assert primary["Attachment"]["Status"] == "attaching"
    assert primary["Attachment"]["DeleteOnTermination"] is True


def test_a_launch_without_a_subnet_goes_to_the_default_vpc(sim: Sim) -> None:
    made = run(sim, **ONE)[0]

    assert made["SubnetId"] == OTHER_SUBNET
    assert made["InstanceType"] == "t3.micro"


def test_a_client_token_makes_one_launch_only(sim: Sim) -> None:
    first = sim.ec2.run_instances(**HERE, ClientToken="once")
    sim.advance(2)
    again = sim.ec2.run_instances(**HERE, ClientToken="once")

    assert again["ReservationId"] == first["ReservationId"]
    assert again["Instances"][0]["InstanceId"] == first["Instances"][0]["InstanceId"]
    assert again["Instances"][0]["State"]["Name"] == "running"
    assert refused(sim, **{**HERE, "MaxCount": 2}, ClientToken="once") == (
        "IdempotentParameterMismatch",
        "Arguments on this idempotent request are inconsistent with arguments used in "
        "previous request(s).",
    )
    assert refused(sim, **HERE, ClientToken="x" * 65)[0] == "InvalidParameterValue"
    sim.ec2.terminate_instances(InstanceIds=[first["Instances"][0]["InstanceId"]])
    code = refused(sim, **HERE, ClientToken="once")[0]
    assert code == "IdempotentInstanceTerminated"


def test_many_instances_of_one_launch_are_one_reservation(sim: Sim) -> None:
    made = run(sim, **{**HERE, "MinCount": 2, "MaxCount": 3})

    assert [each["AmiLaunchIndex"] for each in made] == [0, 1, 2]
    assert len({each["PrivateIpAddress"] for each in made}) == 3
    wanted = [{"Name": "instance-id", "Values": [each["InstanceId"] for each in made]}]
    found = sim.ec2.describe_instances(Filters=wanted)["Reservations"]
    assert [len(each["Instances"]) for each in found] == [3]


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


def test_user_data_has_a_limit_and_is_kept(sim: Sim) -> None:
    assert refused(sim, **HERE, UserData="x" * 16_385) == (
        "InvalidParameterValue",
        "User data is limited to 16384 bytes",
    )
    made = run(sim, **HERE, UserData="#!/bin/sh")[0]["InstanceId"]

    told = sim.ec2.describe_instance_attribute(InstanceId=made, Attribute="userData")

    assert base64.b64decode(told["UserData"]["Value"]) == b"#!/bin/sh"


def test_tags_go_to_what_they_are_for(sim: Sim) -> None:
    given = [
        {"ResourceType": kind, "Tags": [{"Key": "for", "Value": kind}]}
        for kind in ("instance", "network-interface", "volume")
    ]
    made = run(sim, **HERE, TagSpecifications=given)[0]

    assert made["Tags"] == [{"Key": "for", "Value": "instance"}]
    interface = sim.interface(made["NetworkInterfaces"][0]["NetworkInterfaceId"])
    assert interface["TagSet"] == [{"Key": "for", "Value": "network-interface"}]


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


def test_a_quota_of_interfaces_leaves_nothing_half_made(sim: Sim) -> None:
    sim.control("seed", {"quotas": {"network_interfaces": 6}})
    two = [spec(0), spec(1)]

    code = refused(sim, **ONE, InstanceType="t3.micro", NetworkInterfaces=two)[0]

    assert code == "NetworkInterfaceLimitExceeded"


def test_flags_of_interfaces_are_the_callers_or_the_defaults(sim: Sim) -> None:
    made = run(
        sim,
        **ONE,
        InstanceType="m5.xlarge",
        NetworkInterfaces=[
            spec(0),
            spec(1, DeleteOnTermination=True, SecondaryPrivateIpAddressCount=2),
            spec(2),
            {"DeviceIndex": 3, "NetworkInterfaceId": SPARE},
        ],
    )[0]["InstanceId"]
    sim.advance(2)
    assert flags(sim, made) == {0: True, 1: True, 2: False, 3: False}
    held = sim.control("state")["instances"][made]["interfaces"]
    assert len(sim.interface(held[1])["PrivateIpAddresses"]) == 3

    sim.ec2.terminate_instances(InstanceIds=[made])
    sim.advance(3)

    left = sim.control("state")["interfaces"]
    assert [name in left for name in held] == [False, False, True, True]
    assert left[SPARE]["status"] == "available"
    assert sim.control("state")["violations"] == []


def test_a_primary_interface_may_be_made_to_stay(sim: Sim) -> None:
    asked = [spec(0, DeleteOnTermination=False, Description="kept")]
    made = run(sim, **ONE, NetworkInterfaces=asked)[0]
    interface_id = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert made["NetworkInterfaces"][0]["Description"] == "kept"
    sim.advance(2)

    sim.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    sim.advance(3)

    assert sim.interface(interface_id)["Status"] == "available"


def test_an_existing_interface_may_be_the_primary_one(sim: Sim) -> None:
    asked = [{"DeviceIndex": 0, "NetworkInterfaceId": SPARE}]

    made = run(sim, **ONE, InstanceType="t3.micro", NetworkInterfaces=asked)[0]

    assert made["SubnetId"] == SUBNET
    assert made["NetworkInterfaces"][0]["NetworkInterfaceId"] == SPARE
    assert flags(sim, made["InstanceId"]) == {0: False}
    bond = sim.interface(SPARE)["Attachment"]["AttachmentId"]
    sim.advance(2)
    answer = sim.refusal(sim.ec2.detach_network_interface, AttachmentId=bond)
    assert answer[0] == "OperationNotPermitted"


@pytest.mark.parametrize(
    ("specs", "code", "said"),
    [
        ([spec(1)], "InvalidParameterCombination", "Primary network interface"),
        (
            [{"SubnetId": SUBNET}],
            "InvalidParameterValue",
            "Each network interface requires a device index.",
        ),
        (
            [spec(0), spec(0)],
            "InvalidParameterValue",
            "Each network interface requires a unique device index.",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "NetworkInterfaceId": FLOATING}],
            "InvalidNetworkInterface.InUse",
            f"Interface: [{FLOATING}] in use.",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "NetworkInterfaceId": MANAGED}],
            "OperationNotPermitted",
            "which a service manages",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "NetworkInterfaceId": "eni-12345678"}],
            "InvalidNetworkInterfaceID.NotFound",
            "The networkInterface ID 'eni-12345678' does not exist",
        ),
        (
            [
                spec(0),
                {
                    "DeviceIndex": 1,
                    "NetworkInterfaceId": SPARE,
                    "DeleteOnTermination": True,
                },
            ],
            "InvalidParameterCombination",
            "A network interface may not specify a network interface ID and delete on "
            "termination as true",
        ),
        (
            [{"DeviceIndex": 0, "NetworkInterfaceId": SPARE, "SubnetId": SUBNET}],
            "InvalidParameterCombination",
            "A network interface may not specify both a network interface ID and a "
            "subnet",
        ),
        (
            [
                {"DeviceIndex": 0, "NetworkInterfaceId": SPARE},
                {"DeviceIndex": 1, "NetworkInterfaceId": SPARE},
            ],
            "InvalidParameterValue",
            f"Network interface ID '{SPARE}' may not be specified on multiple",
        ),
        (
            [spec(0), spec(1, AssociatePublicIpAddress=True)],
            "InvalidParameterCombination",
            "The associatePublicIPAddress parameter cannot be specified when launching "
            "with multiple network interfaces.",
        ),
        (
            [
                {
                    "DeviceIndex": 0,
                    "NetworkInterfaceId": SPARE,
                    "AssociatePublicIpAddress": True,
                }
            ],
            "InvalidParameterCombination",
            "The associatePublicIPAddress parameter cannot be specified for a network "
            "interface with an ID.",
        ),
        (
            [spec(0), spec(1), spec(2)],
            "AttachmentLimitExceeded",
            "Interface count 3 exceeds the limit for t3.micro",
        ),
        (
            [spec(0), {"DeviceIndex": 1, "SubnetId": OTHER_SUBNET}],
            "InvalidParameterValue",
            "Network interface attachments may not cross VPC boundaries.",
        ),
        (
            [spec(0, Ipv6AddressCount=1)],
            "UnsupportedOperation",
            "The parameter Ipv6AddressCount is not simulated.",
        ),
    ],
)
def test_wrong_interfaces_are_refused(
    sim: Sim, specs: list[dict[str, Any]], code: str, said: str
) -> None:
    answer = refused(sim, **ONE, InstanceType="t3.micro", NetworkInterfaces=specs)

    assert answer[0] == code
    assert said in answer[1]


def test_interfaces_of_two_zones_are_not_one_instance(sim: Sim) -> None:
    far = sim.ec2.create_subnet(
        VpcId=VPC, CidrBlock="20.0.2.0/24", AvailabilityZone="eu-west-1b"
    )["Subnet"]["SubnetId"]
    two = [spec(0), {"DeviceIndex": 1, "SubnetId": far}]

    assert refused(sim, **ONE, NetworkInterfaces=two) == (
        "InvalidParameterCombination",
        "You may not attach a network interface to an instance if they are not in the "
        "same availability zone",
    )


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({"SubnetId": SUBNET}, "subnet ID"),
        ({"SecurityGroupIds": [GROUP]}, "security groups"),
        ({"PrivateIpAddress": "20.0.1.9"}, "private IP address"),
    ],
)
def test_interfaces_and_a_network_of_the_instance_exclude_each_other(
    sim: Sim, beside: dict[str, Any], said: str
) -> None:
    assert refused(sim, **ONE, NetworkInterfaces=[spec(0)], **beside) == (
        "InvalidParameterCombination",
        f"Network interfaces and an instance-level {said} may not be specified on the "
        "same request",
    )


def test_an_existing_interface_is_for_one_instance(sim: Sim) -> None:
    asked = [{"DeviceIndex": 0, "NetworkInterfaceId": SPARE}]

    answer = refused(sim, **{**ONE, "MaxCount": 2}, NetworkInterfaces=asked)

    assert answer[0] == "InvalidParameterCombination"


@pytest.mark.parametrize("wish", [True, False])
def test_a_public_address_is_lent_as_wished(sim: Sim, *, wish: bool) -> None:
    only = [{"DeviceIndex": 0, "AssociatePublicIpAddress": wish}]
    made = run(sim, **{**HERE, "NetworkInterfaces": only})[0]["InstanceId"]
    sim.advance(2)

    found = sim.ec2.describe_instances(InstanceIds=[made])["Reservations"][0]

    assert ("PublicIpAddress" in found["Instances"][0]) is wish


def test_a_subnet_says_whether_an_address_is_lent(sim: Sim) -> None:
    def lent(subnet_id: str) -> bool:
        made = run(sim, **{**HERE, "SubnetId": subnet_id})[0]["InstanceId"]
        sim.advance(2)
        found = sim.ec2.describe_instances(InstanceIds=[made])["Reservations"][0]
        return "PublicIpAddress" in found["Instances"][0]

    assert (lent(SUBNET), lent(OTHER_SUBNET)) == (False, True)
    sim.ec2.modify_subnet_attribute(
        SubnetId=SUBNET, MapPublicIpOnLaunch={"Value": True}
    )
    assert lent(SUBNET) is True


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


@pytest.mark.parametrize("named", [{"SubnetId": SUBNET}, {}])
def test_a_launch_into_a_zone_that_is_down_is_never_answered(
    sim: Sim, named: dict[str, Any]
) -> None:
    hasty = sim.client(read_timeout_s=0.5)
    sim.control("zones/eu-west-1a", {"outage": True})

    with pytest.raises(ReadTimeoutError):
        hasty.run_instances(**ONE, **named)

    assert len(sim.control("state")["instances"]) == 2


def test_a_launch_is_logged_with_its_interfaces(sim: Sim) -> None:
    made = run(sim, **HERE)[0]
    sim.advance(2)
    interface_id = made["NetworkInterfaces"][0]["NetworkInterfaceId"]

    told = [line["to"] for line in sim.calls(event="transition", resource=interface_id)]
    states = [
        line["to"]
        for line in sim.calls(event="transition", resource=made["InstanceId"])
    ]

    assert told == ["attaching", "attached"]
    assert states == ["pending", "running"]
