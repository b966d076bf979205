"""Where an interface may be attached: zone, state, card, index, number, type."""

from typing import Any

import pytest

from tests.ec2sim.conftest import (
    FLOATING,
    MANAGED,
    PRIMARY,
    SPARE,
    STANDBY,
    SUBNET,
    Sim,
)

IMAGE = "ami-0c55b159cbfafe1f0"
TWO_CARDS = "c6in.32xlarge"
ONE_CARD_OF_15 = "c5n.18xlarge"


def create(sim: Sim, subnet_id: str = SUBNET, **params: Any) -> str:
    """A new interface, by its identifier."""
    made = sim.ec2.create_network_interface(SubnetId=subnet_id, **params)
    return str(made["NetworkInterface"]["NetworkInterfaceId"])


def launch(sim: Sim, type_name: str) -> str:
    """A running instance of a type in the article's subnet."""
    made = sim.ec2.run_instances(
        ImageId=IMAGE,
        InstanceType=type_name,
        SubnetId=SUBNET,
        MinCount=1,
        MaxCount=1,
    )
    sim.advance(2)
    return str(made["Instances"][0]["InstanceId"])


def refused(sim: Sim, **asked: Any) -> tuple[str, str]:
    """How EC2 refuses to attach the spare interface."""
    asked = {
        "NetworkInterfaceId": SPARE,
        "InstanceId": STANDBY,
        "DeviceIndex": 1,
        **asked,
    }
    return sim.refusal(sim.ec2.attach_network_interface, **asked)


def not_ready(instance_id: str) -> tuple[str, str]:
    """EC2's refusal of an instance that is neither running nor stopped."""
    return (
        "IncorrectState",
        f"Instance '{instance_id}' is not 'running' or 'stopped'.",
    )


def test_an_interface_of_another_network_in_the_zone_is_attached(sim: Sim) -> None:
    far = create(sim, "subnet-f10131b8")

    sim.attach(STANDBY, far)
    sim.advance(2)

    assert sim.interface(far)["Attachment"]["Status"] == "attached"
    assert sim.interface(far)["VpcId"] == "vpc-2ef9cd49"


def test_only_running_and_stopped_instances_take_interfaces(sim: Sim) -> None:
    stop, start = sim.ec2.stop_instances, sim.ec2.start_instances
    stop(InstanceIds=[STANDBY])
    assert refused(sim) == not_ready(STANDBY)
    sim.advance(3)
    start(InstanceIds=[STANDBY])
    assert refused(sim) == not_ready(STANDBY)
    sim.advance(2)
    stop(InstanceIds=[STANDBY])
    sim.advance(3)

    sim.attach(STANDBY, SPARE)
    sim.advance(2)
    assert sim.interface(SPARE)["Attachment"]["Status"] == "attached"


def test_a_dying_or_dead_instance_takes_no_interface(sim: Sim) -> None:
    sim.ec2.terminate_instances(InstanceIds=[STANDBY])
    assert refused(sim) == not_ready(STANDBY)
    sim.advance(3)
    assert refused(sim) == not_ready(STANDBY)

    sim.advance(3601)

    assert refused(sim)[0] == "InvalidInstanceID.NotFound"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"NetworkInterfaceId": "eni-x"}, "InvalidNetworkInterfaceId.Malformed"),
        (
            {"NetworkInterfaceId": "eni-0123456789abcdef0", "InstanceId": "i-x"},
            "InvalidNetworkInterfaceID.NotFound",
        ),
        ({"InstanceId": "i-x"}, "InvalidInstanceID.Malformed"),
        ({"InstanceId": "i-0123456789abcdef0"}, "InvalidInstanceID.NotFound"),
        ({"NetworkInterfaceId": MANAGED}, "OperationNotPermitted"),
        (
            {"NetworkInterfaceId": FLOATING, "DeviceIndex": 0},
            ("InvalidNetworkInterface.InUse"),
        ),
        ({"DeviceIndex": -1}, "InvalidParameterValue"),
        ({"NetworkCardIndex": 1}, "InvalidParameterValue"),
        ({"NetworkCardIndex": -1}, "InvalidParameterValue"),
        ({"EnaSrdSpecification": {"EnaSrdEnabled": True}}, "UnsupportedOperation"),
        ({"EnaQueueCount": 2}, "UnsupportedOperation"),
    ],
)
def test_a_wrong_attach_is_refused(sim: Sim, asked: dict[str, Any], code: str) -> None:
    assert refused(sim, **asked)[0] == code
    assert sim.interface(SPARE)["Status"] == "available"


@pytest.mark.parametrize("name", ["NetworkInterfaceId", "InstanceId", "DeviceIndex"])
def test_what_an_attach_needs(sim: Sim, name: str) -> None:
    asked = {"NetworkInterfaceId": SPARE, "InstanceId": STANDBY, "DeviceIndex": 1}
    del asked[name]

    refusal = sim.refusal(sim.ec2.attach_network_interface, **asked)

    assert refusal[0] == "MissingParameter"


def test_refusals_come_in_one_order(sim: Sim) -> None:
    """Held before state, state before zone, zone before place."""
    far = create(
        sim,
        sim.ec2.create_subnet(
            VpcId="vpc-dbf9cdbc", CidrBlock="20.0.2.0/24", AvailabilityZone="eu-west-1b"
        )["Subnet"]["SubnetId"],
    )
    assert refused(sim, NetworkInterfaceId=far, DeviceIndex=0)[0] == (
        "InvalidParameterCombination"
    )
    sim.ec2.stop_instances(InstanceIds=[STANDBY])

    assert refused(sim, NetworkInterfaceId=far, DeviceIndex=0)[0] == "IncorrectState"
    assert refused(sim, NetworkInterfaceId=FLOATING, DeviceIndex=0)[0] == (
        "InvalidNetworkInterface.InUse"
    )


def test_a_knob_of_the_instance_limits_it_below_its_type(sim: Sim) -> None:
    sim.control(f"instances/{STANDBY}", {"limit": 1})

    assert refused(sim) == (
        "AttachmentLimitExceeded",
        "Interface count 2 exceeds the limit for t2.micro",
    )


def test_each_network_card_has_its_own_indexes_and_limit(sim: Sim) -> None:
    wide = launch(sim, TWO_CARDS)
    attach = sim.ec2.attach_network_interface
    first, second = create(sim), create(sim)

    attach(NetworkInterfaceId=first, InstanceId=wide, DeviceIndex=1)
    reply = attach(
        NetworkInterfaceId=second, InstanceId=wide, DeviceIndex=1, NetworkCardIndex=1
    )

    assert reply["NetworkCardIndex"] == 1
    assert sim.interface(second)["Attachment"]["NetworkCardIndex"] == 1
    assert refused(sim, InstanceId=wide, NetworkCardIndex=1) == (
        "InvalidParameterValue",
        f"Instance '{wide}' already has an interface attached at device index '1'.",
    )
    for index in range(2, 9):
        attach(
            NetworkInterfaceId=create(sim),
            InstanceId=wide,
            DeviceIndex=index,
            NetworkCardIndex=1,
        )
    assert refused(sim, InstanceId=wide, NetworkCardIndex=1, DeviceIndex=9) == (
        "AttachmentLimitExceeded",
        f"Interface count 9 exceeds the limit for {TWO_CARDS}",
    )
    attach(NetworkInterfaceId=SPARE, InstanceId=wide, DeviceIndex=2)
    assert sim.control("state")["violations"] == []


def test_an_elastic_fabric_adapter_needs_a_stopped_instance_that_knows_it(
    sim: Sim,
) -> None:
    adapter = create(sim, InterfaceType="efa")
    assert sim.interface(adapter)["InterfaceType"] == "efa"
    assert refused(sim, NetworkInterfaceId=adapter) == (
        "UnsupportedOperation",
        "t2.micro instances do not support Elastic Fabric Adapters.",
    )
    able = launch(sim, ONE_CARD_OF_15)
    assert refused(sim, NetworkInterfaceId=adapter, InstanceId=able)[0] == (
        "UnsupportedOperation"
    )

    sim.ec2.stop_instances(InstanceIds=[able])
    sim.advance(3)
    sim.attach(able, adapter)


def test_a_forced_detach_leaves_its_index_unusable_until_a_stop(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.detach()
    sim.advance(60)
    sim.detach(Force=True)
    sim.advance(3)

    assert refused(sim, InstanceId=PRIMARY) == (
        "InvalidParameterValue",
        f"Instance '{PRIMARY}' already has an interface attached at device index '1'.",
    )
    sim.ec2.reboot_instances(InstanceIds=[PRIMARY])
    assert refused(sim, InstanceId=PRIMARY)[0] == "InvalidParameterValue"

    sim.ec2.stop_instances(InstanceIds=[PRIMARY], Force=True)
    sim.advance(3)
    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    sim.advance(2)
    sim.attach(PRIMARY, SPARE)


def test_another_index_is_usable_after_a_forced_detach(sim: Sim) -> None:
    sim.detach(Force=True)
    sim.advance(3)

    sim.attach(PRIMARY, FLOATING, index=2)
    assert sim.interface()["Attachment"]["DeviceIndex"] == 2


def test_a_plain_detach_leaves_its_index_usable(sim: Sim) -> None:
    sim.detach()
    sim.advance(3)

    sim.attach(PRIMARY, FLOATING, index=1)
    assert sim.interface()["Attachment"]["DeviceIndex"] == 1


def test_a_forced_detach_from_a_stopped_instance_burns_nothing(sim: Sim) -> None:
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)
    sim.detach(Force=True)
    sim.advance(3)

    sim.attach(PRIMARY, FLOATING, index=1)
    assert sim.interface()["Attachment"]["DeviceIndex"] == 1


def test_an_attaching_interface_can_be_detached(sim: Sim) -> None:
    bond = sim.attach(STANDBY, SPARE)
    sim.ec2.detach_network_interface(AttachmentId=bond)
    sim.advance(3)

    assert sim.interface(SPARE)["Status"] == "available"
    assert sim.calls(event="transition", resource=SPARE, to="attached") == []


def test_a_dying_instance_keeps_its_interfaces_to_the_end(sim: Sim) -> None:
    bond = sim.interface()["Attachment"]["AttachmentId"]
    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])

    detach = sim.ec2.detach_network_interface
    assert sim.refusal(detach, AttachmentId=bond) == not_ready(PRIMARY)
    assert sim.interface()["Status"] == "in-use"
    assert refused(sim, NetworkInterfaceId=FLOATING)[0] == (
        "InvalidNetworkInterface.InUse"
    )

    sim.advance(3)
    assert sim.interface()["Status"] == "available"
    assert sim.refusal(detach, AttachmentId=bond)[0] == "InvalidAttachmentID.NotFound"


def test_a_second_forced_detach_is_refused_like_a_second_plain_one(sim: Sim) -> None:
    bond = sim.detach()
    detach = sim.ec2.detach_network_interface
    again = sim.refusal(detach, AttachmentId=bond)

    detach(AttachmentId=bond, Force=True)
    twice = sim.refusal(detach, AttachmentId=bond, Force=True)

    assert again == twice
    assert again == (
        "IncorrectState",
        f"The attachment '{bond}' is already being detached.",
    )
