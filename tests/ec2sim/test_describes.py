"""Describes: shapes, filters, pages, waiters, and the AWS command line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, MANAGED, PRIMARY, SUBNET, Sim


def ids(sim: Sim, name: str, *values: str) -> set[str]:
    """The interfaces that one filter finds."""
    found = sim.ec2.describe_network_interfaces(
        Filters=[{"Name": name, "Values": list(values)}]
    )
    return {each["NetworkInterfaceId"] for each in found["NetworkInterfaces"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network-interface-id", FLOATING),
        ("association.public-ip", "127.31.58.118"),
        ("association.allocation-id", "eipalloc-4f07e372"),
        ("addresses.association.public-ip", "127.31.58.118"),
        ("addresses.private-ip-address", "20.0.1.25"),
        ("private-ip-address", "20.0.1.2?"),
        ("attachment.device-index", "1"),
        ("description", "Secondary*"),
        ("tag:Name", "Secondary"),
        ("tag-key", "Na*"),
        ("mac-address", "06:39:97:d8:9d:7a"),
    ],
)
def test_a_documented_filter_finds_the_interface(
    sim: Sim, name: str, value: str
) -> None:
    assert FLOATING in ids(sim, name, value)
    assert FLOATING not in ids(sim, name, "no-such-value")


def test_filters_narrow_together(sim: Sim) -> None:
    assert ids(sim, "attachment.instance-id", PRIMARY) == {FLOATING, "eni-7233ff43"}
    assert ids(sim, "status", "available") == {"eni-b408c485"}
    assert ids(sim, "requester-managed", "true") == {MANAGED}
    assert ids(sim, "group-id", "sg-cf2a82b4") == {"eni-b408c485"}
    both = sim.ec2.describe_network_interfaces(
        Filters=[
            {"Name": "subnet-id", "Values": [SUBNET]},
            {"Name": "attachment.status", "Values": ["attached"]},
        ]
    )
    assert len(both["NetworkInterfaces"]) == 3


def test_wrong_questions_are_refused_in_xml(sim: Sim) -> None:
    describe = sim.ec2.describe_network_interfaces
    one = [FLOATING]
    assert sim.refusal(describe, Filters=[{"Name": "colour", "Values": ["red"]}]) == (
        "InvalidParameterValue",
        "The filter 'colour' is invalid",
    )
    many = [{"Name": "vpc-id", "Values": [f"vpc-{n:08x}" for n in range(201)]}]
    assert sim.refusal(describe, Filters=many)[0] == "FilterLimitExceeded"
    assert sim.refusal(describe, NetworkInterfaceIds=one, MaxResults=5)[0] == (
        "InvalidParameterCombination"
    )
    assert sim.refusal(describe, MaxResults=4)[0] == "InvalidParameterValue"
    assert sim.refusal(describe, NextToken="x", MaxResults=5)[0] == "InvalidNextToken"


def test_an_unknown_action_is_an_error_in_xml(sim: Sim) -> None:
    sim.ec2.meta.events.register("before-call.ec2.DescribeVpcs", _rename)

    assert sim.refusal(sim.ec2.describe_vpcs)[0] == "InvalidAction"


def _rename(params: dict[str, Any], **_: Any) -> None:
    params["body"]["Action"] = "DescribeUnicorns"


def test_pages_hold_every_interface_once(sim: Sim) -> None:
    sim.control("seed", {"pairs": 10})
    pages = list(
        sim.ec2.get_paginator("describe_network_interfaces").paginate(
            PaginationConfig={"PageSize": 8}
        )
    )
    found = [
        each["NetworkInterfaceId"] for p in pages for each in p["NetworkInterfaces"]
    ]

    assert len(pages) == 5
    assert len(found) == len(set(found)) == 35
    instances = list(
        sim.ec2.get_paginator("describe_instances").paginate(
            PaginationConfig={"PageSize": 5}
        )
    )
    assert sum(len(p["Reservations"]) for p in instances) == 22


def test_boto3s_waiters_work(live: Sim) -> None:
    live.detach()
    live.ec2.get_waiter("network_interface_available").wait(
        NetworkInterfaceIds=[FLOATING], WaiterConfig={"Delay": 0.05, "MaxAttempts": 60}
    )
    assert live.interface()["Status"] == "available"
    live.ec2.stop_instances(InstanceIds=[PRIMARY])
    live.control("clock", {"scale": 20})
    live.ec2.get_waiter("instance_stopped").wait(
        InstanceIds=[PRIMARY], WaiterConfig={"Delay": 0.05, "MaxAttempts": 60}
    )
    told = live.ec2.describe_instances(InstanceIds=[PRIMARY])
    assert told["Reservations"][0]["Instances"][0]["State"]["Name"] == "stopped"


def test_instance_types_have_their_limits(sim: Sim) -> None:
    asked = ["t2.micro", "m5.xlarge"]
    found = sim.ec2.describe_instance_types(InstanceTypes=asked)["InstanceTypes"]
    limits = {
        each["InstanceType"]: each["NetworkInfo"]["MaximumNetworkInterfaces"]
        for each in found
    }
    assert limits == {"t2.micro": 2, "m5.xlarge": 4}


def test_tags_come_and_go(sim: Sim) -> None:
    tags = [{"Key": "colour", "Value": "red"}]
    sim.ec2.create_tags(Resources=[FLOATING, PRIMARY, "eipalloc-4f07e372"], Tags=tags)
    found = sim.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["colour"]}])
    assert len(found["Tags"]) == 3

    sim.ec2.delete_tags(Resources=[FLOATING], Tags=[{"Key": "colour"}])

    assert ids(sim, "tag:colour", "red") == set()
    refused = sim.refusal(
        sim.ec2.create_tags, Resources=["eni-0123456789abcdef0"], Tags=tags
    )
    assert refused[0] == "InvalidNetworkInterfaceID.NotFound"


def test_accounts_come_from_roles_and_see_only_their_own(sim: Sim) -> None:
    sts = sim.client("sts")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    keys = sts.assume_role(
        RoleArn="arn:aws:iam::210987654321:role/Swapboard",
        RoleSessionName="job-1",
        ExternalId="shared-secret",
    )["Credentials"]
    credentials = {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
    other = sim.client(**credentials)

    assert other.describe_network_interfaces()["NetworkInterfaces"] == []
    assert len(other.describe_subnets()["Subnets"]) == 3
    identity = sim.client("sts", **credentials).get_caller_identity()
    assert identity["Account"] == "210987654321"
    last = sim.calls(account="210987654321")[-1]
    assert last["session"] == "job-1"


def test_the_aws_command_line_works_as_it_is(sim: Sim) -> None:
    aws = Path(sys.executable).parent / "aws"
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "key",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_EC2": sim.url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    asked = ["ec2", "describe-network-interfaces", "--network-interface-ids", FLOATING]
    shown = subprocess.run(
        [sys.executable, str(aws), *asked, "--output", "json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)["NetworkInterfaces"][0]
    assert found["Attachment"]["InstanceId"] == PRIMARY
    assert found["TagSet"] == [{"Key": "Name", "Value": "Secondary"}]
