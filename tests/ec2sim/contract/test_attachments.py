"""AttachNetworkInterface and DetachNetworkInterface, in EC2's states and words."""

from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, MANAGED, PRIMARY, SPARE, STANDBY
from tests.ec2sim.contract.house import NOBODY, PRIMARYS_OWN, House

ATTACH = "AttachNetworkInterface"
DETACH = "DetachNetworkInterface"
AT = {"InstanceId": STANDBY, "DeviceIndex": 1}


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        (
            {"NetworkInterfaceId": FLOATING},
            "InvalidNetworkInterface.InUse",
            f"Interface: [{FLOATING}] in use.",
        ),
        (
            {"NetworkInterfaceId": SPARE, "InstanceId": PRIMARY},
            "InvalidParameterValue",
            f"Instance '{PRIMARY}' already has an interface attached at device index "
            "'1'.",
        ),
        (
            {"NetworkInterfaceId": SPARE, "DeviceIndex": 0},
            "InvalidParameterValue",
            f"Instance '{STANDBY}' already has an interface attached at device index "
            "'0'.",
        ),
        (
            {"NetworkInterfaceId": SPARE, "InstanceId": PRIMARY, "DeviceIndex": 2},
            "AttachmentLimitExceeded",
            "Interface count 3 exceeds the limit for t2.micro",
        ),
        (
            {"NetworkInterfaceId": f"eni-{NOBODY}"},
            "InvalidNetworkInterfaceID.NotFound",
            f"The networkInterface ID 'eni-{NOBODY}' does not exist",
        ),
        (
            {"NetworkInterfaceId": SPARE, "InstanceId": f"i-{NOBODY}"},
            "InvalidInstanceID.NotFound",
            f"The instance ID 'i-{NOBODY}' does not exist",
        ),
    ],
)
def test_what_may_not_be_attached_is_refused_in_ec2s_words(
    house: House, params: dict[str, Any], code: str, message: str
) -> None:
    assert house.refusal(ATTACH, **{**AT, **params}) == (code, message)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"NetworkInterfaceId": "eni-12"}, "InvalidNetworkInterfaceId.Malformed"),
        ({"NetworkInterfaceId": PRIMARY}, "InvalidNetworkInterfaceId.Malformed"),
        (
            {"NetworkInterfaceId": SPARE, "InstanceId": FLOATING},
            "InvalidInstanceID.Malformed",
        ),
        ({"NetworkInterfaceId": MANAGED}, "OperationNotPermitted"),
        ({"NetworkInterfaceId": SPARE, "DeviceIndex": -1}, "InvalidParameterValue"),
        ({"NetworkInterfaceId": SPARE, "NetworkCardIndex": 1}, "InvalidParameterValue"),
    ],
)
def test_what_makes_no_sense_is_refused(
    house: House, params: dict[str, Any], code: str
) -> None:
    assert house.code(ATTACH, **{**AT, **params}) == code
    assert house.interface(SPARE)["Status"] == "available"


def test_another_zone_is_refused_in_ec2s_words(every_house: House) -> None:
    house = every_house
    far = house.create(SubnetId=house.far_subnet())

    assert house.refusal(ATTACH, NetworkInterfaceId=far, **AT) == (
        "InvalidParameterCombination",
        "You may not attach a network interface to an instance if they are not in the "
        "same availability zone",
    )


def test_an_interface_of_another_vpc_in_the_zone_may_be_attached(house: House) -> None:
    other = house.create(SubnetId="subnet-f10131b8")

    house.attach(other)

    assert house.interface(other)["Attachment"]["Status"] == "attaching"


@pytest.mark.parametrize(
    "state", ["stopping", "shutting-down", "terminated", "pending"]
)
def test_an_instance_in_transit_takes_no_interface(house: House, state: str) -> None:
    if state == "pending":
        instance_id = house.launch()["InstanceId"]
    else:
        instance_id = STANDBY
        verb = "StopInstances" if state == "stopping" else "TerminateInstances"
        house.call(verb, InstanceIds=[STANDBY])
        house.advance(10 if state == "terminated" else 0)
    assert house.instance(instance_id)["State"]["Name"] == state

    refusal = house.refusal(
        ATTACH, NetworkInterfaceId=SPARE, InstanceId=instance_id, DeviceIndex=1
    )

    assert refusal == (
        "IncorrectState",
        f"Instance '{instance_id}' is not 'running' or 'stopped'.",
    )


def test_a_stopped_instance_takes_an_interface(house: House) -> None:
    house.call("StopInstances", InstanceIds=[STANDBY])
    house.advance(10)

    house.attach(SPARE)
    house.advance(4)

    assert house.interface(SPARE)["Attachment"]["Status"] == "attached"


def test_an_attach_goes_from_attaching_to_attached(house: House) -> None:
    bond = house.attach(SPARE)

    coming = house.interface(SPARE)
    assert (coming["Status"], coming["Attachment"]["Status"]) == ("in-use", "attaching")
    house.advance(4)
    held = house.interface(SPARE)

    assert (held["Status"], held["Attachment"]["Status"]) == ("in-use", "attached")
    assert held["Attachment"]["AttachmentId"] == bond
    assert held["Attachment"]["InstanceId"] == STANDBY
    assert held["Attachment"]["DeviceIndex"] == 1
    assert held["Attachment"]["DeleteOnTermination"] is False


def test_a_detach_shows_the_attachment_until_it_is_over(every_house: House) -> None:
    house = every_house
    bond = house.detach()

    going = house.interface()
    code = house.code(ATTACH, NetworkInterfaceId=FLOATING, **AT)
    house.advance(4)
    free = house.interface()

    assert (going["Status"], going["Attachment"]["Status"]) == ("in-use", "detaching")
    assert going["Attachment"]["AttachmentId"] == bond
    assert code == "InvalidNetworkInterface.InUse"
    assert free["Status"] == "available"
    assert "Attachment" not in free
    assert house.code(DETACH, AttachmentId=bond) == "InvalidAttachmentID.NotFound"


def test_every_attach_has_a_new_attachment_with_its_flag_reset(house: House) -> None:
    old = house.bond()
    house.call(
        "ModifyNetworkInterfaceAttribute",
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": old, "DeleteOnTermination": True},
    )
    house.free()

    new = house.attach(instance_id=PRIMARY)
    house.advance(4)

    assert new != old
    assert house.interface()["Attachment"]["DeleteOnTermination"] is False


def test_what_may_not_be_detached_is_refused_in_ec2s_words(house: House) -> None:
    own, managed = house.bond(PRIMARYS_OWN), house.bond(MANAGED)

    assert house.refusal(DETACH, AttachmentId=own) == (
        "OperationNotPermitted",
        "The network interface at device index 0 and networkCard index 0 cannot be "
        "detached.",
    )
    assert house.refusal(DETACH, AttachmentId=managed) == (
        "OperationNotPermitted",
        "You are not allowed to manage 'ela-attach' attachments.",
    )
    gone = f"eni-attach-{NOBODY}"
    assert house.code(DETACH, AttachmentId=gone) == "InvalidAttachmentID.NotFound"
    malformed = "InvalidNetworkInterfaceAttachmentId.Malformed"
    assert house.code(DETACH, AttachmentId=FLOATING) == malformed


def test_a_second_detach_is_an_incorrect_state(house: House) -> None:
    bond = house.detach()

    assert house.code(DETACH, AttachmentId=bond) == "IncorrectState"


def test_a_hung_guest_lets_go_only_by_force(house: House) -> None:
    house.control(f"instances/{PRIMARY}", {"guest": "hung"})
    bond = house.detach()
    house.advance(600)
    stuck = house.interface()["Attachment"]["Status"]

    house.call(DETACH, AttachmentId=bond, Force=True)
    house.advance(4)

    assert stuck == "detaching"
    assert house.interface()["Status"] == "available"


def test_a_dry_run_answers_about_permission_and_changes_nothing(
    every_house: House,
) -> None:
    house = every_house
    asked = {"NetworkInterfaceId": SPARE, **AT, "DryRun": True}

    assert house.refusal(ATTACH, **asked) == (
        "DryRunOperation",
        "Request would have succeeded, but DryRun flag is set.",
    )
    code = house.code(DETACH, AttachmentId=house.bond(), DryRun=True)
    assert code == "DryRunOperation"
    assert house.interface(SPARE)["Status"] == "available"
    assert house.interface()["Attachment"]["Status"] == "attached"
