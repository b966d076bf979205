"""Tags: limits, hostile texts, and DescribeTags over many resources."""

from typing import Any

import pytest

from tests.ec2sim.conftest import ALLOCATION, FLOATING, PRIMARY, SUBNET, VPC, Sim

GROUP = "sg-e2d57e99"
HOSTILE = [
    "<script>alert(1)</script>",
    "&amp; ]]> <![CDATA[ ' \" \\",
    "\U0001f525 fire and \u00fcml\u00e4ute",
    "\u202eright to left\u202c \u05d0\u05d1\u05d2",
    "tab\tnewline\nreturn\r.",
    " spaces at both ends ",
    "%2F+%20&x=y",
    "\u00e9" * 256,
]


def tag(key: str, value: str = "") -> list[dict[str, str]]:
    """One tag in EC2's shape."""
    return [{"Key": key, "Value": value}]


def told(sim: Sim, **asked: Any) -> dict[tuple[str, str], str]:
    """Values by resource and key."""
    found = sim.ec2.describe_tags(**asked)["Tags"]
    return {(each["ResourceId"], each["Key"]): each["Value"] for each in found}


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_come_back_unharmed(sim: Sim, value: str) -> None:
    key = value[:127]
    sim.ec2.create_tags(Resources=[FLOATING, PRIMARY], Tags=tag(key, value))

    assert {"Key": key, "Value": value} in sim.interface()["TagSet"]
    found = sim.ec2.describe_instances(InstanceIds=[PRIMARY])["Reservations"][0]
    assert {"Key": key, "Value": value} in found["Instances"][0]["Tags"]
    assert told(sim)[FLOATING, key] == value
    escaped = "".join(f"\\{each}" if each in "\\*?" else each for each in value)
    wanted = [{"Name": f"tag:{key}", "Values": [escaped]}]
    shown = sim.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    assert [each["NetworkInterfaceId"] for each in shown] == [FLOATING]


@pytest.mark.parametrize("wrong", ["a\x00b", "a\x08b", "\x1b[31mred", "a\uffffb"])
def test_what_no_xml_can_say_is_refused(sim: Sim, wrong: str) -> None:
    for tags in (tag("key", wrong), tag(wrong, "value")):
        refused = sim.refusal(sim.ec2.create_tags, Resources=[FLOATING], Tags=tags)
        assert refused[0] == "InvalidParameterValue"
    assert sim.interface()["TagSet"] == tag("Name", "Secondary")


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (tag(""), "Tag key cannot be empty."),
        (tag("k" * 128), "Tag key exceeds the maximum length of 127 characters"),
        (
            tag("k", "v" * 257),
            "Tag value exceeds the maximum length of 256 characters",
        ),
        (
            tag("aws:cloudformation:stack"),
            "Tag keys starting with 'aws:' are reserved for internal use",
        ),
        (tag("AWS:x"), "Tag keys starting with 'aws:' are reserved for internal use"),
        (tag("k", "1") + tag("k", "2"), "Duplicate tag key 'k' specified."),
    ],
)
def test_wrong_tags_are_refused(
    sim: Sim, tags: list[dict[str, str]], said: str
) -> None:
    create = sim.ec2.create_tags

    assert sim.refusal(create, Resources=[FLOATING], Tags=tags) == (
        "InvalidParameterValue",
        said,
    )
    given = [{"ResourceType": "subnet", "Tags": tags}]
    refused = sim.refusal(
        sim.ec2.create_subnet,
        VpcId=VPC,
        CidrBlock="20.0.3.0/24",
        TagSpecifications=given,
    )
    assert refused == ("InvalidParameterValue", said)


def test_the_longest_tag_is_taken(sim: Sim) -> None:
    sim.ec2.create_tags(Resources=[FLOATING], Tags=tag("k" * 127, "v" * 256))

    assert told(sim)[FLOATING, "k" * 127] == "v" * 256


def test_a_resource_has_fifty_tags_at_most(sim: Sim) -> None:
    many = [{"Key": f"key-{place}", "Value": ""} for place in range(49)]
    sim.ec2.create_tags(Resources=[FLOATING], Tags=many)
    sim.ec2.create_tags(Resources=[FLOATING], Tags=tag("key-1", "changed"))

    assert sim.refusal(
        sim.ec2.create_tags, Resources=[PRIMARY, FLOATING], Tags=tag("one-more")
    ) == (
        "TagLimitExceeded",
        "The maximum number of Tags for a resource has been reached.",
    )
    assert (PRIMARY, "one-more") not in told(sim)


def test_all_of_the_resources_are_tagged_or_none(sim: Sim) -> None:
    refused = sim.refusal(
        sim.ec2.create_tags, Resources=[FLOATING, "i-12345678"], Tags=tag("colour")
    )

    assert refused[0] == "InvalidInstanceID.NotFound"
    assert (FLOATING, "colour") not in told(sim)
    refused = sim.refusal(
        sim.ec2.create_tags, Resources=[FLOATING, "nonsense"], Tags=tag("colour")
    )
    assert refused == ("InvalidID", "The ID 'nonsense' is not valid")


def test_every_kind_of_resource_takes_tags(sim: Sim) -> None:
    rule = sim.ec2.describe_security_group_rules()["SecurityGroupRules"][0]
    table = sim.ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"]
    gateway = sim.ec2.describe_internet_gateways()["InternetGateways"][0]
    key = sim.ec2.create_key_pair(KeyName="ops", KeyType="ed25519")["KeyPairId"]
    homes = {
        FLOATING: "network-interface",
        PRIMARY: "instance",
        ALLOCATION: "elastic-ip",
        VPC: "vpc",
        SUBNET: "subnet",
        GROUP: "security-group",
        rule["SecurityGroupRuleId"]: "security-group-rule",
        table: "route-table",
        gateway["InternetGatewayId"]: "internet-gateway",
        key: "key-pair",
        "ami-0c55b159cbfafe1f0": "image",
    }
    sim.ec2.create_tags(Resources=list(homes), Tags=tag("colour", "red"))

    found = sim.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["colour"]}])

    kinds = {each["ResourceId"]: each["ResourceType"] for each in found["Tags"]}
    assert kinds == homes
    only = [{"Name": "resource-type", "Values": ["sub*", "vpc"]}]
    assert {name for name, _ in told(sim, Filters=only)} >= {VPC, SUBNET}
    assert PRIMARY not in {name for name, _ in told(sim, Filters=only)}


def test_tags_are_deleted_by_key_or_by_key_and_value(sim: Sim) -> None:
    delete = sim.ec2.delete_tags
    for key, value in (("a", "1"), ("b", "2"), ("c", ""), ("d", "4")):
        sim.ec2.create_tags(Resources=[FLOATING], Tags=tag(key, value))

    delete(Resources=[FLOATING], Tags=[{"Key": "a"}])
    delete(Resources=[FLOATING], Tags=tag("b", "other"))
    delete(Resources=[FLOATING], Tags=tag("c", ""))
    delete(Resources=[FLOATING], Tags=tag("d", ""))

    kept = {key for name, key in told(sim) if name == FLOATING}
    assert kept == {"Name", "b", "d"}
    delete(Resources=[FLOATING])
    assert sim.interface()["TagSet"] == []


def test_tags_given_at_creation_are_of_that_kind_only(sim: Sim) -> None:
    given = [{"ResourceType": "instance", "Tags": tag("colour")}]

    assert sim.refusal(
        sim.ec2.create_subnet,
        VpcId=VPC,
        CidrBlock="20.0.3.0/24",
        TagSpecifications=given,
    ) == (
        "InvalidParameterValue",
        "'instance' is not a valid taggable resource type for this operation.",
    )


def test_pages_of_tags_hold_every_tag_once(sim: Sim) -> None:
    sim.control("seed", {"pairs": 30})
    whole = told(sim)
    pages = sim.ec2.get_paginator("describe_tags").paginate(
        PaginationConfig={"PageSize": 7}
    )

    found = [
        (each["ResourceId"], each["Key"]) for page in pages for each in page["Tags"]
    ]

    assert len(found) == len(set(found))
    assert set(found) == set(whole)
    wanted = [{"Name": "tag:failover:role", "Values": ["standby"]}]
    assert len(told(sim, Filters=wanted)) == 30


def test_a_page_of_tags_goes_on_where_it_was_cut(sim: Sim) -> None:
    many = [{"Key": f"key-{place}", "Value": ""} for place in range(20)]
    sim.ec2.create_tags(Resources=[FLOATING], Tags=many)
    asked = [{"Name": "resource-id", "Values": [FLOATING]}]
    first = sim.ec2.describe_tags(Filters=asked, MaxResults=5)
    shown = [each["Key"] for each in first["Tags"]]

    sim.ec2.delete_tags(Resources=[FLOATING], Tags=[{"Key": shown[-1]}])
    rest = sim.ec2.describe_tags(Filters=asked, NextToken=first["NextToken"])

    assert len(rest["Tags"]) == 16
    assert not {each["Key"] for each in rest["Tags"]} & set(shown)


def test_at_most_a_thousand_resources_are_tagged_at_once(sim: Sim) -> None:
    many = [f"eni-{place:08x}" for place in range(1001)]

    refused = sim.refusal(sim.ec2.create_tags, Resources=many, Tags=tag("colour"))

    assert refused[0] == "InvalidParameterValue"
