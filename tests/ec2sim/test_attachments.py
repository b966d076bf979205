"""Attach and detach, in EC2's states and EC2's words."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from tests.ec2sim.conftest import FLOATING, MANAGED, PRIMARY, SPARE, STANDBY, Sim


def test_a_detach_shows_the_attachment_until_it_is_over(sim: Sim) -> None:
    bond = sim.detach()

    leaving = sim.interface()
    assert leaving["Status"] == "in-use"
    assert leaving["Attachment"]["Status"] == "detaching"
    assert leaving["Attachment"]["AttachmentId"] == bond

    sim.advance(3)
    free = sim.interface()
    assert free["Status"] == "available"
    assert "Attachment" not in free


def test_an_attach_has_a_new_attachment_and_does_not_delete_on_termination(
    sim: Sim,
) -> None:
    old = sim.interface()["Attachment"]["AttachmentId"]
    sim.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=FLOATING,
        Attachment={"AttachmentId": old, "DeleteOnTermination": True},
    )
    assert sim.interface()["Attachment"]["DeleteOnTermination"] is True
    sim.detach()
    sim.advance(3)

    new = sim.attach()
    coming = sim.interface()["Attachment"]
    assert coming["Status"] == "attaching"
    sim.advance(2)
    held = sim.interface()["Attachment"]

    assert new != old
    assert held["Status"] == "attached"
    assert held["InstanceId"] == STANDBY
    assert held["DeleteOnTermination"] is False


def test_the_elastic_ip_follows_the_interface(sim: Sim) -> None:
    before = sim.ec2.describe_addresses()["Addresses"][0]
    sim.detach()
    sim.advance(3)
    free = sim.ec2.describe_addresses()["Addresses"][0]
    sim.attach()
    sim.advance(2)
    after = sim.ec2.describe_addresses()["Addresses"][0]

    assert before["InstanceId"] == PRIMARY
    assert "InstanceId" not in free
    assert after["InstanceId"] == STANDBY
    assert before["AssociationId"] == free["AssociationId"] == after["AssociationId"]


def test_what_may_not_be_attached_is_refused_in_ec2s_words(sim: Sim) -> None:
    attach = sim.ec2.attach_network_interface
    asked: dict[str, Any] = {"InstanceId": STANDBY, "DeviceIndex": 1}

    assert sim.refusal(attach, NetworkInterfaceId=FLOATING, **asked) == (
        "InvalidNetworkInterface.InUse",
        f"Interface: [{FLOATING}] in use.",
    )
    assert sim.refusal(
        attach, NetworkInterfaceId=SPARE, InstanceId=PRIMARY, DeviceIndex=1
    ) == (
        "InvalidParameterValue",
        f"Instance '{PRIMARY}' already has an interface attached at device index '1'.",
    )
    assert sim.refusal(
        attach, NetworkInterfaceId=SPARE, InstanceId=STANDBY, DeviceIndex=0
    )[0] == ("InvalidParameterValue")
    assert sim.refusal(
        attach, NetworkInterfaceId=SPARE, InstanceId=PRIMARY, DeviceIndex=2
    ) == (
        "AttachmentLimitExceeded",
        "Interface count 3 exceeds the limit for t2.micro",
    )
    codes = [
        sim.refusal(attach, NetworkInterfaceId=each, **asked)[0]
        for each in (MANAGED, "eni-0123456789abcdef0", "eni-nonsense", "i-12345678")
    ]
    assert codes == [
        "OperationNotPermitted",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidNetworkInterfaceId.Malformed",
        "InvalidNetworkInterfaceId.Malformed",
    ]


def test_an_interface_still_detaching_is_in_use(sim: Sim) -> None:
    sim.detach()

    code, _ = sim.refusal(
        sim.ec2.attach_network_interface,
        NetworkInterfaceId=FLOATING,
        InstanceId=STANDBY,
        DeviceIndex=1,
    )

    assert code == "InvalidNetworkInterface.InUse"


def test_another_zone_is_refused(sim: Sim) -> None:
    subnet = sim.ec2.create_subnet(
        VpcId="vpc-dbf9cdbc", CidrBlock="20.0.2.0/24", AvailabilityZone="eu-west-1b"
    )["Subnet"]["SubnetId"]
    far = sim.ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]

    code, message = sim.refusal(
        sim.ec2.attach_network_interface,
        NetworkInterfaceId=far["NetworkInterfaceId"],
        InstanceId=STANDBY,
        DeviceIndex=1,
    )

    assert code == "InvalidParameterCombination"
    assert message == (
        "You may not attach a network interface to an instance if they are not in the "
        "same availability zone"
    )


def test_what_may_not_be_detached_is_refused_in_ec2s_words(sim: Sim) -> None:
    detach = sim.ec2.detach_network_interface
    primary = sim.interface("eni-7233ff43")["Attachment"]["AttachmentId"]
    managed = sim.interface(MANAGED)["Attachment"]["AttachmentId"]

    assert sim.refusal(detach, AttachmentId=primary) == (
        "OperationNotPermitted",
        "The network interface at device index 0 and networkCard index 0 cannot be "
        "detached.",
    )
    assert sim.refusal(detach, AttachmentId=managed) == (
        "OperationNotPermitted",
        "You are not allowed to manage 'ela-attach' attachments.",
    )
    gone, malformed = "eni-attach-0123456789abcdef0", FLOATING
    assert sim.refusal(detach, AttachmentId=gone)[0] == "InvalidAttachmentID.NotFound"
    assert sim.refusal(detach, AttachmentId=malformed)[0] == (
        "InvalidNetworkInterfaceAttachmentId.Malformed"
    )
    bond = sim.detach()
    assert sim.refusal(detach, AttachmentId=bond)[0] == "IncorrectState"
    sim.advance(3)
    assert sim.refusal(detach, AttachmentId=bond)[0] == "InvalidAttachmentID.NotFound"


def test_an_instance_that_is_going_away_takes_no_interface(sim: Sim) -> None:
    sim.detach()
    sim.advance(3)
    sim.ec2.terminate_instances(InstanceIds=[STANDBY])

    refused = sim.refusal(
        sim.ec2.attach_network_interface,
        NetworkInterfaceId=FLOATING,
        InstanceId=STANDBY,
        DeviceIndex=1,
    )

    assert refused == (
        "IncorrectState",
        f"Instance '{STANDBY}' is not 'running' or 'stopped'.",
    )


def test_a_hung_guest_holds_on_until_forced(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.detach()
    sim.advance(3600)
    assert sim.interface()["Attachment"]["Status"] == "detaching"

    sim.detach(Force=True)
    sim.advance(3)

    assert sim.interface()["Status"] == "available"


def test_a_hung_guest_lets_go_when_it_stops(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.detach()
    sim.advance(60)
    sim.ec2.stop_instances(InstanceIds=[PRIMARY], Force=True)
    sim.advance(3)

    assert sim.interface()["Status"] == "available"


def test_of_sixteen_attaches_at_once_one_wins(live: Sim) -> None:
    live.control("config", {"attach_s": 0.05, "detach_s": 0.05})
    live.control(f"instances/{PRIMARY}", {"limit": 20})
    live.control(f"instances/{STANDBY}", {"limit": 20})
    clients = [live.client() for _ in range(16)]

    def attach(place: int) -> str:
        try:
            clients[place].attach_network_interface(
                NetworkInterfaceId=SPARE,
                InstanceId=(PRIMARY, STANDBY)[place % 2],
                DeviceIndex=2 + place,
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "won"

    with ThreadPoolExecutor(16) as pool:
        ends = sorted(pool.map(attach, range(16)))

    assert ends == ["InvalidNetworkInterface.InUse"] * 15 + ["won"]
    assert live.control("state")["violations"] == []


def test_twenty_of_twenty_double_attaches_have_one_winner(live: Sim) -> None:
    live.control("config", {"attach_s": 0.0, "detach_s": 0.0})
    live.control(f"instances/{PRIMARY}", {"limit": 20})
    clients = [live.client(), live.client()]

    def attach(place: int) -> str:
        try:
            clients[place].attach_network_interface(
                NetworkInterfaceId=SPARE,
                InstanceId=(PRIMARY, STANDBY)[place],
                DeviceIndex=2,
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "won"

    for _ in range(20):
        with ThreadPoolExecutor(2) as pool:
            ends = sorted(pool.map(attach, range(2)))
        assert ends == ["InvalidNetworkInterface.InUse", "won"]
        live.detach(SPARE)
        live.ec2.get_waiter("network_interface_available").wait(
            NetworkInterfaceIds=[SPARE],
            WaiterConfig={"Delay": 0.05, "MaxAttempts": 100},
        )
