"""What ec2sim does not keep itself: moto answers it, or nobody does, but truly."""

from typing import Any

import pytest
from botocore.parsers import ResponseParserError

from tests.ec2sim.conftest import FLOATING, PRIMARY, SUBNET, VPC, Sim

UNKNOWN = "i-0123456789abcdef0"


@pytest.fixture(autouse=True)
def patient(sim: Sim) -> None:
    """A client that waits until moto has been loaded."""
    sim.ec2 = sim.client(read_timeout_s=60)


UNKNOWN = "i-0123456789abcdef0"


def test_what_ec2sim_does_not_keep_is_answered_by_moto(sim: Sim) -> None:
    volume = sim.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=8)["VolumeId"]
    sim.ec2.create_tags(Resources=[volume], Tags=[{"Key": "Name", "Value": "data"}])

    found = sim.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]

    assert (found["Size"], found["Tags"][0]["Value"]) == (8, "data")


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("attach_volume", {"VolumeId": "vol-1", "InstanceId": PRIMARY, "Device": "b"}),
        ("create_image", {"InstanceId": PRIMARY, "Name": "copy"}),
        ("create_vpc_endpoint", {"VpcId": VPC, "ServiceName": "com.amazonaws.s3"}),
        ("create_nat_gateway", {"SubnetId": SUBNET}),
        ("create_network_acl", {"VpcId": VPC}),
        ("create_flow_logs", {"ResourceIds": [FLOATING], "ResourceType": "VPC"}),
        ("associate_dhcp_options", {"DhcpOptionsId": "default", "VpcId": VPC}),
        ("assign_ipv6_addresses", {"NetworkInterfaceId": FLOATING}),
        ("describe_image_attribute", {"ImageId": "ami-0c55b159cbfafe1f0"}),
        ("get_launch_template_data", {"InstanceId": PRIMARY}),
    ],
)
def test_a_call_of_motos_on_what_is_here_is_not_simulated(
    sim: Sim, call: str, params: dict[str, Any]
) -> None:
    if call == "describe_image_attribute":
        params = {**params, "Attribute": "description"}
    refused = sim.refusal(getattr(sim.ec2, call), **params)

    assert refused[0] == "UnsupportedOperation"
    assert "is not simulated for" in refused[1]


def test_a_call_of_motos_on_what_is_nowhere_is_told_so(sim: Sim) -> None:
    refused = sim.refusal(
        sim.ec2.attach_volume, VolumeId="vol-1", InstanceId=UNKNOWN, Device="b"
    )

    assert refused == (
        "InvalidInstanceID.NotFound",
        f"The instance ID '{UNKNOWN}' does not exist",
    )


@pytest.mark.parametrize(
    "call",
    [
        "describe_network_acls",
        "describe_vpc_classic_link",
        "describe_iam_instance_profile_associations",
        "describe_nat_gateways",
    ],
)
def test_motos_own_network_is_never_shown(sim: Sim, call: str) -> None:
    assert sim.refusal(getattr(sim.ec2, call))[0] == "UnsupportedOperation"


def test_a_refusal_of_what_moto_answers_is_spoilt_like_any_other(sim: Sim) -> None:
    sim.control("faults", {"action": "DescribeNetworkAcls", "kind": "garbage"})

    with pytest.raises(ResponseParserError):
        sim.ec2.describe_network_acls()


def test_a_filter_by_what_is_here_finds_nothing_of_motos(sim: Sim) -> None:
    sim.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=8)
    by_instance = [{"Name": "attachment.instance-id", "Values": [PRIMARY]}]
    by_vpc = [{"Name": "vpc-id", "Values": [VPC]}]

    assert sim.ec2.describe_volumes(Filters=by_instance)["Volumes"] == []
    assert sim.ec2.describe_vpc_endpoints(Filters=by_vpc)["VpcEndpoints"] == []


def test_a_fleet_of_motos_instances_is_not_passed_off_as_ours(sim: Sim) -> None:
    asked = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro"}

    refused = sim.refusal(sim.ec2.request_spot_instances, LaunchSpecification=asked)

    assert refused[0] == "InvalidAMIID.NotFound"
    assert len(sim.ec2.describe_instances()["Reservations"]) == 2


def test_a_launch_template_keeps_any_identifier(sim: Sim) -> None:
    sim.ec2.create_launch_template(
        LaunchTemplateName="web", LaunchTemplateData={"ImageId": "ami-12345678"}
    )

    found = sim.ec2.describe_launch_template_versions(LaunchTemplateName="web")

    kept = found["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert kept["ImageId"] == "ami-12345678"
    refused = sim.refusal(
        sim.ec2.run_instances,
        MinCount=1,
        MaxCount=1,
        LaunchTemplate={"LaunchTemplateName": "web"},
    )
    assert refused == (
        "UnsupportedOperation",
        "The parameter LaunchTemplate is not simulated.",
    )


def test_what_breaks_moto_is_no_server_error(sim: Sim) -> None:
    assert sim.refusal(sim.ec2.allocate_hosts)[0] == "UnsupportedOperation"
