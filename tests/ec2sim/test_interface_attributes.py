"""The attributes of an interface, one in each call."""

from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, MANAGED, PRIMARY, SPARE, SUBNET, Sim

GROUP = "sg-e2d57e99"


def test_one_attribute_is_modified_in_each_call(sim: Sim) -> None:
    modify = sim.ec2.modify_network_interface_attribute
    modify(NetworkInterfaceId=SPARE, Description={"Value": "a"})
    modify(NetworkInterfaceId=SPARE, SourceDestCheck={"Value": False})
    modify(NetworkInterfaceId=SPARE, Groups=[GROUP])

    shown = sim.interface(SPARE)
    assert shown["Description"] == "a"
    assert shown["SourceDestCheck"] is False
    assert shown["Groups"] == [{"GroupId": GROUP, "GroupName": "PrivateServer"}]
    modify(NetworkInterfaceId=SPARE, Description={"Value": ""})
    assert sim.interface(SPARE)["Description"] == ""
    assert sim.refusal(
        modify,
        NetworkInterfaceId=SPARE,
        Description={"Value": "b"},
        SourceDestCheck={"Value": True},
    ) == (
        "InvalidParameterCombination",
        "Fields for multiple attribute types specified: description, sourceDestCheck",
    )
    assert sim.refusal(modify, NetworkInterfaceId=SPARE) == (
        "InvalidParameterCombination",
        "No attributes specified.",
    )


def test_delete_on_termination_needs_the_attachment_of_now(sim: Sim) -> None:
    modify = sim.ec2.modify_network_interface_attribute
    old = sim.detach()
    sim.advance(3)
    new = sim.attach()

    def refusal(**attachment: Any) -> str:
        asked = {"NetworkInterfaceId": FLOATING, "Attachment": attachment}
        return sim.refusal(modify, **asked)[0]

    assert refusal(AttachmentId=old, DeleteOnTermination=True) == (
        "InvalidAttachmentID.NotFound"
    )
    assert refusal(AttachmentId=FLOATING, DeleteOnTermination=True) == (
        "InvalidNetworkInterfaceAttachmentId.Malformed"
    )
    assert refusal(DeleteOnTermination=True) == "MissingParameter"
    assert refusal(AttachmentId=new) == "MissingParameter"
    assert refusal(AttachmentId=new, EnaQueueCount=2) == "UnsupportedOperation"
    modify(
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": new, "DeleteOnTermination": True},
    )
    assert sim.interface()["Attachment"]["DeleteOnTermination"] is True


def test_wrong_groups_are_refused_in_a_change(sim: Sim) -> None:
    modify = sim.ec2.modify_network_interface_attribute
    elsewhere = sim.ec2.create_security_group(
        GroupName="far", Description="far", VpcId="vpc-2ef9cd49"
    )["GroupId"]

    assert sim.refusal(
        modify, NetworkInterfaceId=SPARE, Groups=["sg-0123456789abcdef0"]
    ) == (
        "InvalidGroup.NotFound",
        "The security group 'sg-0123456789abcdef0' does not exist",
    )
    assert sim.refusal(modify, NetworkInterfaceId=SPARE, Groups=[elsewhere]) == (
        "InvalidGroup.NotFound",
        "You have specified two resources that belong to different networks.",
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"EnaSrdSpecification": {"EnaSrdEnabled": True}},
        {"EnablePrimaryIpv6": True},
        {"AssociatePublicIpAddress": True},
        {"ConnectionTrackingSpecification": {"UdpTimeout": 30}},
        {"AssociatedSubnetIds": [SUBNET]},
    ],
)
def test_attributes_that_are_not_simulated_are_refused(
    sim: Sim, asked: dict[str, Any]
) -> None:
    code, _ = sim.refusal(
        sim.ec2.modify_network_interface_attribute, NetworkInterfaceId=SPARE, **asked
    )

    assert code == "UnsupportedOperation"


def test_nobody_changes_the_interface_of_a_service(sim: Sim) -> None:
    refusals = [
        sim.refusal(action, NetworkInterfaceId=MANAGED, **asked)
        for action, asked in (
            (
                sim.ec2.modify_network_interface_attribute,
                {"Description": {"Value": "mine"}},
            ),
            (sim.ec2.reset_network_interface_attribute, {"SourceDestCheck": "true"}),
            (
                sim.ec2.assign_private_ip_addresses,
                {"SecondaryPrivateIpAddressCount": 1},
            ),
        )
    ]

    assert set(refusals) == {
        (
            "AuthFailure",
            "You do not have permission to access the specified resource.",
        )
    }


def test_an_attribute_is_described_alone(sim: Sim) -> None:
    def attribute(name: str) -> dict[str, Any]:
        reply = sim.ec2.describe_network_interface_attribute(
            NetworkInterfaceId=FLOATING, Attribute=name
        )
        return {key: reply[key] for key in reply if key != "ResponseMetadata"}

    assert attribute("description") == {
        "NetworkInterfaceId": FLOATING,
        "Description": {"Value": "Secondary/Interface"},
    }
    assert attribute("sourceDestCheck")["SourceDestCheck"] == {"Value": True}
    assert attribute("groupSet")["Groups"][0]["GroupId"] == GROUP
    assert attribute("attachment")["Attachment"]["InstanceId"] == PRIMARY
    assert attribute("associatePublicIpAddress")["AssociatePublicIpAddress"] is False
    describe = sim.ec2.describe_network_interface_attribute
    assert sim.refusal(describe, NetworkInterfaceId=FLOATING)[1] == (
        "No attributes specified."
    )
    unknown = sim.refusal(describe, NetworkInterfaceId=FLOATING, Attribute="colour")
    assert unknown[0] == "InvalidParameterValue"


def test_a_reset_turns_the_source_check_on(sim: Sim) -> None:
    reset = sim.ec2.reset_network_interface_attribute
    sim.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=SPARE, SourceDestCheck={"Value": False}
    )

    reset(NetworkInterfaceId=SPARE, SourceDestCheck="sourceDestCheck")

    assert sim.interface(SPARE)["SourceDestCheck"] is True
    assert sim.refusal(reset, NetworkInterfaceId=SPARE)[0] == (
        "InvalidParameterCombination"
    )


def test_permissions_of_other_accounts_are_not_simulated(sim: Sim) -> None:
    code, _ = sim.refusal(
        sim.ec2.create_network_interface_permission,
        NetworkInterfaceId=SPARE,
        AwsAccountId="210987654321",
        Permission="INSTANCE-ATTACH",
    )

    assert code == "UnsupportedOperation"
