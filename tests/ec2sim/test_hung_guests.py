"""Guests that hang or die: how they stop and end, and what heals them."""

import pytest

from tests.ec2sim.conftest import FLOATING, PRIMARY, Sim
from tests.ec2sim.living import state


@pytest.mark.parametrize("hurry", ["Force", "SkipOsShutdown"])
def test_a_hung_guest_stops_late_unless_it_is_not_asked(sim: Sim, hurry: str) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(60)
    assert state(sim, PRIMARY) == "stopping"

    sim.ec2.stop_instances(InstanceIds=[PRIMARY], **{hurry: True})
    sim.advance(3)

    assert state(sim, PRIMARY) == "stopped"


def test_a_hung_guest_that_is_not_forced_stops_in_the_end(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])

    sim.advance(300)

    assert state(sim, PRIMARY) == "stopped"


def test_a_hung_guest_is_terminated_like_any_other(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.detach()
    sim.advance(60)
    assert sim.interface()["Attachment"]["Status"] == "detaching"

    sim.ec2.terminate_instances(InstanceIds=[PRIMARY])
    sim.advance(3)

    assert sim.interface()["Status"] == "available"


@pytest.mark.parametrize("guest", ["hung", "dead"])
def test_a_reboot_heals_the_guest_and_not_the_host(sim: Sim, guest: str) -> None:
    sim.control(
        f"instances/{PRIMARY}",
        {"guest": guest, "instance_status": "impaired", "system_status": "impaired"},
    )

    sim.ec2.reboot_instances(InstanceIds=[PRIMARY])

    dumped = sim.control("state")["instances"][PRIMARY]
    assert (dumped["guest"], dumped["state"]) == ("ok", "running")
    assert dumped["instance_status"] == "ok"
    assert dumped["system_status"] == "impaired"


def test_a_start_comes_up_on_a_host_that_is_well(sim: Sim) -> None:
    sim.control(
        f"instances/{PRIMARY}",
        {"guest": "dead", "instance_status": "impaired", "system_status": "impaired"},
    )

    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)
    sim.ec2.start_instances(InstanceIds=[PRIMARY])
    sim.advance(2)

    dumped = sim.control("state")["instances"][PRIMARY]
    assert dumped["guest"] == dumped["instance_status"] == dumped["system_status"]
    assert dumped["guest"] == "ok"


def test_a_reboot_lets_go_of_what_a_hung_guest_held(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.detach()
    sim.advance(60)

    sim.ec2.reboot_instances(InstanceIds=[PRIMARY])

    assert sim.interface()["Status"] == "available"


def test_a_stop_frees_an_index_that_a_forced_detach_has_burnt(sim: Sim) -> None:
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    sim.detach(Force=True)
    sim.advance(3)
    refused = sim.refusal(
        sim.ec2.attach_network_interface,
        NetworkInterfaceId=FLOATING,
        InstanceId=PRIMARY,
        DeviceIndex=1,
    )
    assert refused[0] == "InvalidParameterValue"

    sim.ec2.stop_instances(InstanceIds=[PRIMARY], Force=True)
    sim.advance(3)

    sim.attach(PRIMARY)
