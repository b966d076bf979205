"""The attributes of instances: told, changed, and refused."""

import base64
from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, PRIMARY, STANDBY, SUBNET, Sim

GROUP = "sg-ce53dab5"
ETH0 = "eni-7d37fb4c"
IMAGE = "ami-0c55b159cbfafe1f0"
MODIFIED = [
    ("disableApiTermination", "DisableApiTermination", {"Value": True}),
    ("disableApiStop", "DisableApiStop", {"Value": True}),
    (
        "instanceInitiatedShutdownBehavior",
        "InstanceInitiatedShutdownBehavior",
        {"Value": "terminate"},
    ),
    ("sourceDestCheck", "SourceDestCheck", {"Value": False}),
    ("instanceType", "InstanceType", {"Value": "m5.large"}),
    ("ebsOptimized", "EbsOptimized", {"Value": True}),
]


def attribute(sim: Sim, name: str, instance_id: str = STANDBY) -> dict[str, Any]:
    """One attribute, as it is told."""
    told = sim.ec2.describe_instance_attribute(InstanceId=instance_id, Attribute=name)
    assert told.pop("InstanceId") == instance_id
    del told["ResponseMetadata"]
    return dict(told)


def stop(sim: Sim, instance_id: str = STANDBY) -> None:
    """Stop an instance, and wait for it."""
    sim.ec2.stop_instances(InstanceIds=[instance_id])
    sim.advance(3)


def described(sim: Sim, instance_id: str = STANDBY, **asked: Any) -> dict[str, Any]:
    """An instance as EC2 describes it now."""
    found = sim.ec2.describe_instances(InstanceIds=[instance_id], **asked)
    return dict(found["Reservations"][0]["Instances"][0])


@pytest.mark.parametrize(("name", "member", "value"), MODIFIED)
def test_an_attribute_is_changed_and_told(
    sim: Sim, name: str, member: str, value: dict[str, Any]
) -> None:
    stop(sim)
    before = attribute(sim, name)
    assert before[member] != value

    sim.ec2.modify_instance_attribute(InstanceId=STANDBY, **{member: value})

    assert attribute(sim, name) == {member: value}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("blockDeviceMapping", {"BlockDeviceMappings": []}),
        ("enaSupport", {"EnaSupport": {"Value": True}}),
        ("enclaveOptions", {"EnclaveOptions": {"Enabled": False}}),
        ("kernel", {"KernelId": {}}),
        ("productCodes", {"ProductCodes": []}),
        ("ramdisk", {"RamdiskId": {}}),
        ("rootDeviceName", {"RootDeviceName": {"Value": "/dev/xvda"}}),
        ("sriovNetSupport", {"SriovNetSupport": {}}),
        ("userData", {"UserData": {}}),
        (
            "groupSet",
            {"Groups": [{"GroupId": "sg-e2d57e99", "GroupName": "PrivateServer"}]},
        ),
    ],
)
def test_every_attribute_is_told(sim: Sim, name: str, told: dict[str, Any]) -> None:
    assert attribute(sim, name) == told


@pytest.mark.parametrize(
    "change",
    [
        {"InstanceType": {"Value": "m5.large"}},
        {"UserData": {"Value": b"#!/bin/sh"}},
        {"EbsOptimized": {"Value": True}},
    ],
)
def test_some_attributes_can_be_changed_only_while_it_is_stopped(
    sim: Sim, change: dict[str, Any]
) -> None:
    modify = sim.ec2.modify_instance_attribute

    assert sim.refusal(modify, InstanceId=STANDBY, **change) == (
        "IncorrectInstanceState",
        f"The instance '{STANDBY}' is not in the 'stopped' state.",
    )
    stop(sim)
    modify(InstanceId=STANDBY, **change)


def test_user_data_is_changed(sim: Sim) -> None:
    stop(sim)
    sim.ec2.modify_instance_attribute(
        InstanceId=STANDBY, UserData={"Value": b"#!/bin/sh"}
    )

    told = attribute(sim, "userData")["UserData"]["Value"]

    assert base64.b64decode(told) == b"#!/bin/sh"


def test_what_belongs_to_an_interface_needs_to_be_of_the_only_one(sim: Sim) -> None:
    many = (
        "InvalidInstanceID",
        f"There are multiple interfaces attached to instance '{PRIMARY}'. Please "
        "specify an interface ID for the operation instead.",
    )
    modify = sim.ec2.modify_instance_attribute
    reset = sim.ec2.reset_instance_attribute

    for change in ({"SourceDestCheck": {"Value": False}}, {"Groups": [GROUP]}):
        assert sim.refusal(modify, InstanceId=PRIMARY, **change) == many
    answer = sim.refusal(reset, InstanceId=PRIMARY, Attribute="sourceDestCheck")
    assert answer == many
    describe = sim.ec2.describe_instance_attribute
    for name in ("sourceDestCheck", "groupSet"):
        assert sim.refusal(describe, InstanceId=PRIMARY, Attribute=name) == many
    assert sim.interface(FLOATING)["SourceDestCheck"] is True


def test_groups_and_check_of_the_only_interface_are_changed(sim: Sim) -> None:
    modify = sim.ec2.modify_instance_attribute
    modify(InstanceId=STANDBY, Groups=[GROUP])
    modify(InstanceId=STANDBY, SourceDestCheck={"Value": False})
    shown = sim.interface(ETH0)
    assert shown["Groups"] == [{"GroupId": GROUP, "GroupName": "ServerSecurity"}]
    assert shown["SourceDestCheck"] is False
    assert described(sim)["SourceDestCheck"] is False

    sim.ec2.reset_instance_attribute(InstanceId=STANDBY, Attribute="sourceDestCheck")

    assert sim.interface(ETH0)["SourceDestCheck"] is True


def test_an_attribute_may_be_changed_by_its_name(sim: Sim) -> None:
    sim.ec2.modify_instance_attribute(
        InstanceId=STANDBY, Attribute="disableApiTermination", Value="true"
    )

    told = attribute(sim, "disableApiTermination")

    assert told == {"DisableApiTermination": {"Value": True}}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "InvalidParameterCombination"),
        (
            {"DisableApiStop": {"Value": True}, "SourceDestCheck": {"Value": True}},
            "InvalidParameterCombination",
        ),
        ({"Attribute": "kernel", "Value": "x"}, "InvalidParameterValue"),
        ({"Attribute": "disableApiTermination", "Value": "x"}, "InvalidParameterValue"),
        ({"Kernel": {"Value": "aki-1"}}, "UnsupportedOperation"),
        (
            {"InstanceInitiatedShutdownBehavior": {"Value": "hop"}},
            "InvalidParameterValue",
        ),
        ({"InstanceType": {"Value": "t9.huge"}}, "InvalidInstanceAttributeValue"),
        ({"InstanceType": {"Value": "t4g.micro"}}, "InvalidParameterValue"),
        ({"Groups": ["sg-12345678"]}, "InvalidGroup.NotFound"),
    ],
)
def test_a_wrong_change_is_refused(sim: Sim, change: dict[str, Any], code: str) -> None:
    stop(sim)

    answer = sim.refusal(
        sim.ec2.modify_instance_attribute, InstanceId=STANDBY, **change
    )

    assert answer[0] == code


def test_a_type_must_allow_the_interfaces_that_are_there(sim: Sim) -> None:
    modify = sim.ec2.modify_instance_attribute
    stop(sim)
    modify(InstanceId=STANDBY, InstanceType={"Value": "m5.xlarge"})
    for index in (1, 2):
        made = sim.ec2.create_network_interface(SubnetId=SUBNET)["NetworkInterface"]
        sim.attach(STANDBY, made["NetworkInterfaceId"], index)
    sim.advance(2)

    answer = sim.refusal(modify, InstanceId=STANDBY, InstanceType={"Value": "t3.micro"})

    assert answer[0] == "InvalidInstanceAttributeValue"
    assert described(sim)["InstanceType"] == "m5.xlarge"


def test_what_has_ended_is_not_changed(sim: Sim) -> None:
    sim.ec2.terminate_instances(InstanceIds=[STANDBY])

    answer = sim.refusal(
        sim.ec2.modify_instance_attribute,
        InstanceId=STANDBY,
        DisableApiTermination={"Value": True},
    )

    assert answer[0] == "IncorrectInstanceState"


def test_unknown_attributes_are_refused(sim: Sim) -> None:
    describe = sim.ec2.describe_instance_attribute
    answer = sim.refusal(describe, InstanceId=STANDBY, Attribute="colour")
    assert answer[0] == "InvalidParameterValue"
    reset = sim.ec2.reset_instance_attribute
    for name, code in (
        ("kernel", "UnsupportedOperation"),
        ("userData", "InvalidParameterValue"),
    ):
        assert sim.refusal(reset, InstanceId=STANDBY, Attribute=name)[0] == code


def test_metadata_options_are_changed(sim: Sim) -> None:
    changed = sim.ec2.modify_instance_metadata_options(
        InstanceId=STANDBY, HttpTokens="required", HttpEndpoint="disabled"
    )["InstanceMetadataOptions"]

    assert changed["State"] == "applied"
    assert described(sim)["MetadataOptions"] == changed
    tokens = [{"Name": "metadata-options.http-tokens", "Values": ["required"]}]
    assert described(sim, Filters=tokens)["InstanceId"] == STANDBY
    modify = sim.ec2.modify_instance_metadata_options
    for wrong in ({"HttpTokens": "maybe"}, {"HttpPutResponseHopLimit": 65}):
        answer = sim.refusal(modify, InstanceId=STANDBY, **wrong)
        assert answer[0] == "InvalidParameterValue"


def test_monitoring_is_switched(sim: Sim) -> None:
    told = sim.ec2.monitor_instances(InstanceIds=[STANDBY])["InstanceMonitorings"]
    assert told == [{"InstanceId": STANDBY, "Monitoring": {"State": "pending"}}]
    assert described(sim)["Monitoring"]["State"] == "enabled"

    told = sim.ec2.unmonitor_instances(InstanceIds=[STANDBY])["InstanceMonitorings"]

    assert told[0]["Monitoring"]["State"] == "disabling"
    assert described(sim)["Monitoring"]["State"] == "disabled"


def test_credits_are_told_of_burstable_instances_only(sim: Sim) -> None:
    made = sim.ec2.run_instances(
        ImageId=IMAGE,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        CreditSpecification={"CpuCredits": "standard"},
    )["Instances"][0]["InstanceId"]
    sim.ec2.run_instances(
        ImageId=IMAGE, InstanceType="m5.large", MinCount=1, MaxCount=1
    )

    told = sim.ec2.describe_instance_credit_specifications()
    found = {
        each["InstanceId"]: each["CpuCredits"]
        for each in told["InstanceCreditSpecifications"]
    }

    assert found == {PRIMARY: "standard", STANDBY: "standard", made: "standard"}
