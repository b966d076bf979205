"""Start, stop, reboot, terminate: the states, their refusals, and what they tell."""

import pytest

from tests.ec2sim.conftest import ALLOCATION, FLOATING, PRIMARY, STANDBY, Sim
from tests.ec2sim.living import described, launch, state

UNKNOWN = "i-0123456789abcdef0"
PRIMARY_ETH0 = "eni-7233ff43"
STANDBY_ETH0 = "eni-7d37fb4c"


def brought_to(sim: Sim, wanted: str) -> str:
    """The standby server, brought into a state."""
    if wanted in ("stopping", "stopped", "restarting"):
        sim.ec2.stop_instances(InstanceIds=[STANDBY])
    if wanted in ("stopped", "restarting"):
        sim.advance(3)
    if wanted == "restarting":
        sim.ec2.start_instances(InstanceIds=[STANDBY])
    if wanted in ("shutting-down", "terminated"):
        sim.ec2.terminate_instances(InstanceIds=[STANDBY])
    if wanted == "terminated":
        sim.advance(3)
    return STANDBY


def test_each_change_tells_the_state_before_and_after(sim: Sim) -> None:
    stopped = sim.ec2.stop_instances(InstanceIds=[PRIMARY])["StoppingInstances"]
    again = sim.ec2.stop_instances(InstanceIds=[PRIMARY])["StoppingInstances"]
    sim.advance(3)
    started = sim.ec2.start_instances(InstanceIds=[PRIMARY])["StartingInstances"]
    ended = sim.ec2.terminate_instances(InstanceIds=[PRIMARY])["TerminatingInstances"]

    told = [
        (each["PreviousState"]["Name"], each["CurrentState"]["Name"])
        for each in (*stopped, *again, *started, *ended)
    ]
    assert told == [
        ("running", "stopping"),
        ("stopping", "stopping"),
        ("stopped", "pending"),
        ("pending", "shutting-down"),
    ]
    assert ended[0]["CurrentState"]["Code"] == 32


@pytest.mark.parametrize("wanted", ["stopping", "shutting-down", "terminated"])
def test_what_has_not_stopped_cannot_be_started(sim: Sim, wanted: str) -> None:
    instance_id = brought_to(sim, wanted)

    assert sim.refusal(sim.ec2.start_instances, InstanceIds=[instance_id]) == (
        "IncorrectInstanceState",
        f"The instance '{instance_id}' is not in a state from which it can be started.",
    )


@pytest.mark.parametrize("wanted", ["shutting-down", "terminated"])
def test_what_is_ending_cannot_be_stopped(sim: Sim, wanted: str) -> None:
    instance_id = brought_to(sim, wanted)

    assert sim.refusal(sim.ec2.stop_instances, InstanceIds=[instance_id]) == (
        "IncorrectInstanceState",
        f"The instance '{instance_id}' is not in a state from which it can be stopped.",
    )


def test_a_first_launch_cannot_be_stopped_while_it_is_pending(sim: Sim) -> None:
    made = launch(sim)

    assert sim.refusal(sim.ec2.stop_instances, InstanceIds=[made]) == (
        "IncorrectInstanceState",
        f"Instance '{made}' cannot be stopped as it has never reached the 'running' "
        "state.",
    )
    assert state(sim, brought_to(sim, "restarting")) == "pending"
    sim.ec2.stop_instances(InstanceIds=[STANDBY])
    assert state(sim, STANDBY) == "stopping"


@pytest.mark.parametrize("wanted", ["stopping", "stopped", "restarting"])
def test_only_what_runs_can_be_rebooted(sim: Sim, wanted: str) -> None:
    instance_id = brought_to(sim, wanted)

    refused = sim.refusal(sim.ec2.reboot_instances, InstanceIds=[instance_id])

    assert refused[0] == "IncorrectInstanceState"


def test_a_reboot_of_a_terminated_instance_is_ignored(sim: Sim) -> None:
    instance_id = brought_to(sim, "terminated")

    sim.ec2.reboot_instances(InstanceIds=[instance_id])

    assert state(sim, instance_id) == "terminated"


@pytest.mark.parametrize(
    "verb",
    ["start_instances", "stop_instances", "reboot_instances", "terminate_instances"],
)
def test_one_bad_identifier_fails_the_whole_batch(sim: Sim, verb: str) -> None:
    change = getattr(sim.ec2, verb)
    before = sim.control("state")

    assert sim.refusal(change, InstanceIds=[PRIMARY, UNKNOWN]) == (
        "InvalidInstanceID.NotFound",
        f"The instance ID '{UNKNOWN}' does not exist",
    )
    assert sim.refusal(change, InstanceIds=[PRIMARY, UNKNOWN, "i-12345678"]) == (
        "InvalidInstanceID.NotFound",
        f"The instance IDs '{UNKNOWN}, i-12345678' do not exist",
    )
    refused = sim.refusal(change, InstanceIds=[PRIMARY, "i-not-an-id"])
    assert refused[0] == "InvalidInstanceID.Malformed"
    assert sim.control("state") == before


def test_one_wrong_state_fails_the_whole_batch(sim: Sim) -> None:
    brought_to(sim, "terminated")

    sim.refusal(sim.ec2.stop_instances, InstanceIds=[PRIMARY, STANDBY])

    assert state(sim, PRIMARY) == "running"


def test_a_dry_run_changes_nothing(sim: Sim) -> None:
    for verb in ("stop_instances", "reboot_instances", "terminate_instances"):
        refused = sim.refusal(
            getattr(sim.ec2, verb), InstanceIds=[PRIMARY], DryRun=True
        )
        assert refused[0] == "DryRunOperation"

    assert state(sim, PRIMARY) == "running"


def test_why_an_instance_has_stopped_is_told(sim: Sim) -> None:
    assert "StateReason" not in described(sim, PRIMARY)
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)

    shown = described(sim, PRIMARY)

    assert shown["StateReason"] == {
        "Code": "Client.UserInitiatedShutdown",
        "Message": "Client.UserInitiatedShutdown: User initiated shutdown",
    }
    assert shown["StateTransitionReason"].startswith("User initiated (20")
    assert shown["StateTransitionReason"].endswith(" GMT)")
    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    assert "StateReason" not in described(sim, PRIMARY)


def test_a_start_is_a_new_launch_time(sim: Sim) -> None:
    before = described(sim, PRIMARY)
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(60)
    sim.ec2.start_instances(InstanceIds=[PRIMARY])

    assert described(sim, PRIMARY)["LaunchTime"] > before["LaunchTime"]


def test_a_lent_address_goes_with_a_stop_and_another_comes(sim: Sim) -> None:
    lent = sim.interface(STANDBY_ETH0)["Association"]
    assert "AllocationId" not in lent
    sim.ec2.stop_instances(InstanceIds=[STANDBY])
    sim.advance(3)
    assert "Association" not in sim.interface(STANDBY_ETH0)
    assert "PublicIpAddress" not in described(sim, STANDBY)

    sim.ec2.start_instances(InstanceIds=[STANDBY])
    sim.advance(2)

    shown = described(sim, STANDBY)
    assert shown["PublicIpAddress"] != lent["PublicIp"]
    assert shown["NetworkInterfaces"][0]["Association"]["IpOwnerId"] == "amazon"


def test_no_address_is_lent_beside_a_second_interface(sim: Sim) -> None:
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)
    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    sim.advance(2)

    assert "Association" not in sim.interface(PRIMARY_ETH0)
    assert sim.interface()["Association"]["PublicIp"] == "127.31.58.118"


def test_no_address_is_lent_beside_an_elastic_ip(sim: Sim) -> None:
    sim.ec2.associate_address(AllocationId=ALLOCATION, NetworkInterfaceId=STANDBY_ETH0)
    for verb, seconds in (("stop_instances", 3), ("start_instances", 2)):
        getattr(sim.ec2, verb)(InstanceIds=[STANDBY])
        sim.advance(seconds)

    assert described(sim, STANDBY)["PublicIpAddress"] == "127.31.58.118"
    assert sim.control("state")["violations"] == []


def test_an_interface_is_held_until_shutting_down_has_ended(sim: Sim) -> None:
    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    bond = sim.interface()["Attachment"]["AttachmentId"]
    assert sim.interface()["Attachment"]["Status"] == "attached"
    refused = sim.refusal(sim.ec2.detach_network_interface, AttachmentId=bond)
    assert refused[0].startswith("Incorrect")
    refused = sim.refusal(
        sim.ec2.attach_network_interface,
        NetworkInterfaceId=FLOATING,
        InstanceId=STANDBY,
        DeviceIndex=1,
    )
    assert refused == (
        "InvalidNetworkInterface.InUse",
        f"Interface: [{FLOATING}] in use.",
    )

    sim.advance(3)

    sim.attach(STANDBY)
    assert sim.control("state")["violations"] == []


def test_a_terminated_instance_is_shown_bare_for_an_hour(sim: Sim) -> None:
    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    sim.advance(3)
    shown = described(sim, PRIMARY)
    assert shown["State"] == {"Code": 48, "Name": "terminated"}
    assert shown["NetworkInterfaces"] == []
    assert shown["SecurityGroups"] == []
    assert shown["PrivateDnsName"] == ""
    assert not shown.keys() & {"SubnetId", "VpcId", "PrivateIpAddress"}
    assert shown["Tags"] == [{"Key": "Name", "Value": "PrimaryServer"}]
    again = sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    assert again["TerminatingInstances"][0]["PreviousState"]["Name"] == "terminated"

    sim.advance(3590)
    assert state(sim, PRIMARY) == "terminated"
    sim.advance(20)

    refused = sim.refusal(sim.ec2.describe_instances, InstanceIds=[PRIMARY])
    assert refused[0] == "InvalidInstanceID.NotFound"


def test_an_old_timer_does_not_cut_a_new_state_short(sim: Sim) -> None:
    sim.control("config", {"stop_s": 0.5, "launch_s": 10})
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(1)
    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    sim.advance(8)
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(1)
    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    sim.advance(8)

    assert state(sim, PRIMARY) == "pending"
    sim.advance(2)
    assert state(sim, PRIMARY) == "running"


def test_most_instances_that_one_call_ends(sim: Sim) -> None:
    sim.control("seed", {"pairs": 501})
    found = sim.ec2.describe_instances()["Reservations"]
    every = [each["Instances"][0]["InstanceId"] for each in found]

    refused = sim.refusal(sim.ec2.terminate_instances, InstanceIds=every[:1001])

    assert refused[0] == "InvalidParameterValue"
    assert state(sim, every[0]) == "running"
