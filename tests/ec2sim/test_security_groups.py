"""Security groups and their rules, in both of the shapes that EC2 has for them."""

from typing import Any

import pytest

from tests.ec2sim.conftest import STANDBY, VPC, Sim

DEFAULT_VPC = "vpc-2ef9cd49"
GROUP = "sg-e2d57e99"
DEFAULT_GROUP = "sg-cf2a82b4"
WEB = {
    "IpProtocol": "tcp",
    "FromPort": 443,
    "ToPort": 443,
    "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "ours"}],
}


def make(sim: Sim, name: str = "web", **more: Any) -> str:
    """A new group."""
    given = {"GroupName": name, "Description": "web servers", "VpcId": VPC, **more}
    return str(sim.ec2.create_security_group(**given)["GroupId"])


def group(sim: Sim, group_id: str) -> dict[str, Any]:
    """A group as it is described."""
    found = sim.ec2.describe_security_groups(GroupIds=[group_id])
    return dict(found["SecurityGroups"][0])


def rules(sim: Sim, group_id: str) -> list[dict[str, Any]]:
    """The rules of a group, each by itself."""
    asked = [{"Name": "group-id", "Values": [group_id]}]
    found = sim.ec2.describe_security_group_rules(Filters=asked)
    return list(found["SecurityGroupRules"])


def test_a_new_group_lets_everything_out_and_nothing_in(sim: Sim) -> None:
    made = make(sim)

    shown = group(sim, made)

    assert shown["IpPermissions"] == []
    assert shown["IpPermissionsEgress"] == [
        {
            "IpProtocol": "-1",
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            "Ipv6Ranges": [],
            "PrefixListIds": [],
            "UserIdGroupPairs": [],
        }
    ]
    assert shown["SecurityGroupArn"].endswith(f":security-group/{made}")
    only = rules(sim, made)
    assert [(each["IsEgress"], each["FromPort"]) for each in only] == [(True, -1)]


def test_what_is_allowed_is_told_in_both_shapes(sim: Sim) -> None:
    made = make(sim)
    peer = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "UserIdGroupPairs": [{"GroupId": GROUP}],
    }
    told = sim.ec2.authorize_security_group_ingress(
        GroupId=made, IpPermissions=[WEB, peer]
    )["SecurityGroupRules"]

    assert [each["CidrIpv4"] for each in told if "CidrIpv4" in each] == ["10.0.0.0/8"]
    assert told[1]["ReferencedGroupInfo"]["GroupId"] == GROUP
    assert group(sim, made)["IpPermissions"] == [
        {
            **WEB,
            "Ipv6Ranges": [],
            "PrefixListIds": [],
            "UserIdGroupPairs": [{"GroupId": GROUP, "UserId": "123456789012"}],
        }
    ]
    ids = {each["SecurityGroupRuleId"] for each in told}
    listed = sim.ec2.describe_security_group_rules(SecurityGroupRuleIds=list(ids))
    assert {each["SecurityGroupRuleId"] for each in listed["SecurityGroupRules"]} == ids
    for name, value in (
        ("ip-permission.cidr", "10.0.0.0/8"),
        ("ip-permission.from-port", "443"),
        ("ip-permission.group-name", "PrivateServer"),
        ("ip-permission.protocol", "tcp"),
        ("egress.ip-permission.cidr", "0.0.0.0/0"),
    ):
        wanted = [{"Name": name, "Values": [value]}]
        found = sim.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
        assert made in [each["GroupId"] for each in found], name


def test_a_rule_is_there_once(sim: Sim) -> None:
    made = make(sim)
    allow = sim.ec2.authorize_security_group_ingress
    allow(GroupId=made, IpPermissions=[WEB])
    again = {**WEB, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "twice"}]}

    assert sim.refusal(allow, GroupId=made, IpPermissions=[again]) == (
        "InvalidPermission.Duplicate",
        'the specified rule "peer: 10.0.0.0/8, TCP, from port: 443, to port: 443, '
        'ALLOW" already exists',
    )


def test_rules_are_revoked_by_identifier_or_by_what_they_say(sim: Sim) -> None:
    made = make(sim)
    other = {**WEB, "IpRanges": [{"CidrIp": "192.168.0.0/16"}]}
    told = sim.ec2.authorize_security_group_ingress(
        GroupId=made, IpPermissions=[WEB, other]
    )["SecurityGroupRules"]
    revoke = sim.ec2.revoke_security_group_ingress
    first = told[0]["SecurityGroupRuleId"]

    gone = revoke(GroupId=made, SecurityGroupRuleIds=[first])
    assert [
        each["SecurityGroupRuleId"] for each in gone["RevokedSecurityGroupRules"]
    ] == [first]
    revoke(GroupId=made, IpPermissions=[other])

    assert group(sim, made)["IpPermissions"] == []
    assert sim.refusal(revoke, GroupId=made, IpPermissions=[other]) == (
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
    )
    code = sim.refusal(revoke, GroupId=made, SecurityGroupRuleIds=[first])[0]
    assert code == "InvalidSecurityGroupRuleId.NotFound"


def test_in_a_default_vpc_an_unknown_rule_is_told_and_not_refused(sim: Sim) -> None:
    made = make(sim, VpcId=DEFAULT_VPC)

    gone = sim.ec2.revoke_security_group_ingress(GroupId=made, IpPermissions=[WEB])

    assert gone["Return"] is True
    assert gone["UnknownIpPermissions"][0]["IpRanges"] == WEB["IpRanges"]
    assert gone["RevokedSecurityGroupRules"] == []


def test_rules_out_are_allowed_and_revoked_too(sim: Sim) -> None:
    made = make(sim)
    sim.ec2.authorize_security_group_egress(GroupId=made, IpPermissions=[WEB])
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    sim.ec2.revoke_security_group_egress(GroupId=made, IpPermissions=[everything])

    shown = group(sim, made)["IpPermissionsEgress"]

    assert [each["FromPort"] for each in shown] == [443]


def test_a_rule_is_changed_and_described_anew(sim: Sim) -> None:
    made = make(sim)
    told = sim.ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[WEB])
    rule_id = told["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    wanted = {
        "IpProtocol": "udp",
        "FromPort": 53,
        "ToPort": 53,
        "CidrIpv6": "fd00::/8",
        "Description": "names",
    }
    sim.ec2.modify_security_group_rules(
        GroupId=made,
        SecurityGroupRules=[
            {"SecurityGroupRuleId": rule_id, "SecurityGroupRule": wanted}
        ],
    )
    shown = next(each for each in rules(sim, made) if not each["IsEgress"])
    assert {name: shown[name] for name in wanted} == wanted
    sim.ec2.update_security_group_rule_descriptions_ingress(
        GroupId=made,
        SecurityGroupRuleDescriptions=[
            {"SecurityGroupRuleId": rule_id, "Description": "other"}
        ],
    )

    shown = next(each for each in rules(sim, made) if not each["IsEgress"])

    assert shown["Description"] == "other"
    assert shown["SecurityGroupRuleId"] == rule_id


@pytest.mark.parametrize(
    ("permission", "code", "said"),
    [
        ({**WEB, "FromPort": 9, "ToPort": 8}, "InvalidParameterValue", "(9:8)"),
        (
            {"IpProtocol": "tcp", "IpRanges": WEB["IpRanges"]},
            "InvalidParameterValue",
            "Must specify both from and to ports with TCP/UDP.",
        ),
        (
            {**WEB, "IpProtocol": "quic"},
            "InvalidParameterValue",
            "Invalid value 'quic' for IP protocol. Unknown protocol.",
        ),
        (
            {**WEB, "IpRanges": [{"CidrIp": "10.0.0.0/33"}]},
            "InvalidParameterValue",
            "CIDR block 10.0.0.0/33 is malformed",
        ),
        (
            {**WEB, "IpRanges": [], "UserIdGroupPairs": [{"GroupId": "sg-12345678"}]},
            "InvalidGroup.NotFound",
            "The security group 'sg-12345678' does not exist",
        ),
        ({**WEB, "IpRanges": []}, "MissingParameter", "source"),
    ],
)
def test_a_wrong_permission_is_refused(
    sim: Sim, permission: dict[str, Any], code: str, said: str
) -> None:
    answer = sim.refusal(
        sim.ec2.authorize_security_group_ingress,
        GroupId=GROUP,
        IpPermissions=[permission],
    )

    assert answer[0] == code
    assert said in answer[1]
    assert len(rules(sim, GROUP)) == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"GroupName": "sg-x"}, "InvalidParameterValue"),
        ({"GroupName": "default"}, "InvalidParameterValue"),
        ({"GroupName": "n" * 256}, "InvalidParameterValue"),
        ({"Description": "\u00fcml\u00e4ute"}, "InvalidParameterValue"),
        ({"GroupName": "PrivateServer"}, "InvalidGroup.Duplicate"),
        ({"VpcId": "vpc-12345678"}, "InvalidVpcID.NotFound"),
        ({"VpcId": "vpc-x"}, "InvalidVpcID.Malformed"),
    ],
)
def test_a_wrong_group_is_refused(sim: Sim, given: dict[str, str], code: str) -> None:
    asked = {"GroupName": "web", "Description": "web", "VpcId": VPC, **given}

    answer = sim.refusal(sim.ec2.create_security_group, **asked)

    assert answer[0].lower() == code.lower()


def test_a_group_in_use_is_not_deleted(sim: Sim) -> None:
    delete = sim.ec2.delete_security_group
    made = make(sim)
    peer = {**WEB, "IpRanges": [], "UserIdGroupPairs": [{"GroupId": made}]}
    sim.ec2.authorize_security_group_ingress(GroupId=GROUP, IpPermissions=[peer])

    for used in (GROUP, made):
        assert sim.refusal(delete, GroupId=used) == (
            "DependencyViolation",
            f"resource {used} has a dependent object",
        )
    assert sim.refusal(delete, GroupId=DEFAULT_GROUP)[0] == "CannotDelete"
    sim.ec2.revoke_security_group_ingress(GroupId=GROUP, IpPermissions=[peer])
    delete(GroupId=made)
    assert sim.refusal(delete, GroupId=made)[0] == "InvalidGroup.NotFound"
    assert rules(sim, made) == []


def test_a_name_alone_is_of_the_default_vpc(sim: Sim) -> None:
    describe = sim.ec2.describe_security_groups
    found = describe(GroupNames=["default"])["SecurityGroups"]

    assert [each["VpcId"] for each in found] == [DEFAULT_VPC]
    assert sim.refusal(describe, GroupNames=["PrivateServer"]) == (
        "InvalidGroup.NotFound",
        f"The security group 'PrivateServer' does not exist in default VPC "
        f"'{DEFAULT_VPC}'",
    )
    elsewhere = [{"Name": "group-name", "Values": ["PrivateServer"]}]
    assert len(describe(Filters=elsewhere)["SecurityGroups"]) == 1


def test_groups_of_a_vpc_are_listed(sim: Sim) -> None:
    found = sim.ec2.get_security_groups_for_vpc(VpcId=VPC)["SecurityGroupForVpcs"]

    assert {each["GroupName"] for each in found} == {
        "PrivateServer",
        "ServerSecurity",
        "default",
        "newVPC",
    }
    references = sim.ec2.describe_security_group_references(GroupId=[GROUP])
    assert references["SecurityGroupReferenceSet"] == []
    stale = sim.ec2.describe_stale_security_groups(VpcId=VPC)
    assert stale["StaleSecurityGroupSet"] == []


def test_an_instance_tells_the_groups_of_its_primary_interface(sim: Sim) -> None:
    made = make(sim)
    sim.ec2.modify_instance_attribute(InstanceId=STANDBY, Groups=[made])
    wanted = [{"Name": "instance.group-id", "Values": [made]}]

    found = sim.ec2.describe_instances(Filters=wanted)["Reservations"]

    assert [each["Instances"][0]["InstanceId"] for each in found] == [STANDBY]
