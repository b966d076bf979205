"""An attach of the spare interface, and the faults that are planned for it."""

from typing import Any

from tests.ec2sim.conftest import SPARE, STANDBY, Sim

ASKED: dict[str, Any] = {
    "NetworkInterfaceId": SPARE,
    "InstanceId": STANDBY,
    "DeviceIndex": 1,
}


def plan(sim: Sim, kind: str, **more: Any) -> Any:
    """Put a fault on attach."""
    return sim.control(
        "faults", {"action": "AttachNetworkInterface", "kind": kind, **more}
    )


def code_of(sim: Sim, **more: Any) -> str:
    """The code that refuses an attach of the spare interface."""
    return sim.refusal(sim.ec2.attach_network_interface, **{**ASKED, **more})[0]
