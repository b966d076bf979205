"""What is not the caller's fault, as each door tells it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from ec2sim import server
from ec2sim.errors import ReplyLost, ReplyNever
from tests.ec2sim.conftest import PRIMARY, SPARE, STANDBY
from tests.ec2sim.contract.doors import Door, Http, Inside, Refused
from tests.ec2sim.contract.house import House

ATTACH = "AttachNetworkInterface"
ASKED: dict[str, Any] = {
    "NetworkInterfaceId": SPARE,
    "InstanceId": STANDBY,
    "DeviceIndex": 1,
}
Strike = Callable[..., None]


@pytest.fixture
def strike(house: House) -> Strike:
    """Put a fault in force that strikes the next attach."""

    def planned(kind: str, **more: Any) -> None:
        house.control("faults", {"action": ATTACH, "kind": kind, "times": 1, **more})

    return planned


@pytest.mark.parametrize(
    ("kind", "code", "status", "is_applied"),
    [
        ("throttle", "RequestLimitExceeded", 503, False),
        ("refuse:EC2ThrottledException", "EC2ThrottledException", 503, False),
        ("unauthorized", "UnauthorizedOperation", 403, False),
        ("refuse:AuthFailure", "AuthFailure", 401, False),
        ("error-before", "InternalError", 500, False),
        ("error-after", "InternalError", 500, True),
        ("refuse:Unavailable", "Unavailable", 503, False),
    ],
)
def test_a_failure_has_ec2s_code_and_status(
    house: House, strike: Strike, kind: str, code: str, status: int, *, is_applied: bool
) -> None:
    strike(kind)

    with pytest.raises(Refused) as told:
        house.call(ATTACH, **ASKED)

    assert (told.value.code, told.value.status) == (code, status)
    assert ("Attachment" in house.interface(SPARE)) is is_applied


@pytest.mark.parametrize(
    ("kind", "is_applied"), [("drop-before", False), ("drop-after", True)]
)
def test_a_lost_reply_leaves_open_what_has_happened(
    house: House, strike: Strike, kind: str, *, is_applied: bool
) -> None:
    strike(kind)

    with pytest.raises((ConnectionClosedError, ReplyLost)):
        house.call(ATTACH, **ASKED)

    assert ("Attachment" in house.interface(SPARE)) is is_applied


def test_a_repeated_attach_after_a_lost_reply_is_in_use(
    house: House, strike: Strike
) -> None:
    strike("drop-after")
    with pytest.raises((ConnectionClosedError, ReplyLost)):
        house.call(ATTACH, **ASKED)

    code = house.code(ATTACH, **ASKED)

    assert code == "InvalidNetworkInterface.InUse"
    assert house.interface(SPARE)["Attachment"]["InstanceId"] == STANDBY


def test_a_late_attach_happens_after_everybody_has_given_up(
    house: House, strike: Strike
) -> None:
    strike("late", delay_s=30)
    with pytest.raises((ConnectionClosedError, ReplyLost)):
        house.call(ATTACH, **ASKED)
    before = house.interface(SPARE)["Status"]
    house.advance(31)

    assert before == "available"
    assert house.interface(SPARE)["Attachment"]["InstanceId"] == STANDBY


@pytest.mark.parametrize("name", ["http", "inside"])
def test_a_change_in_a_zone_that_is_down_is_never_answered(
    running: server.Running, name: str
) -> None:
    hasty = Http(running.url, read_timeout_s=0.3)
    door: Door = hasty if name == "http" else Inside(running.world)
    house = House(door=door, running=running)
    house.control("zones/eu-west-1a", {"outage": True})

    with pytest.raises((ReadTimeoutError, ReplyNever)):
        house.call("StopInstances", InstanceIds=[PRIMARY])

    house.control("zones/eu-west-1a", {"outage": False})
    assert house.instance(PRIMARY)["State"]["Name"] == "running"
    hasty.close()
