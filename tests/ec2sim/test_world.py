"""The world without HTTP: the same rules, and the same draws by the same seed."""

import json
import threading
from typing import Any

import pytest

from ec2sim.calls import Call
from ec2sim.errors import Ec2Error, ReplyBare, ReplyLost, ReplyNever, ReplySlow
from ec2sim.rules.registry import ACTIONS
from ec2sim.seeds import sowing
from ec2sim.wire import dump
from ec2sim.world import DEFAULT_ACCOUNT, World
from tests.ec2sim.conftest import FLOATING, SPARE, STANDBY


def call(world: World, action: str, **params: Any) -> Any:
    """One call of the default account in the article's region."""
    asked = Call(
        account_id=DEFAULT_ACCOUNT,
        region="eu-west-1",
        action=action,
        params=params,
        request_id="r-1",
    )
    return world.call(asked, ACTIONS[action])


def attach(world: World, interface_id: str = SPARE) -> Any:
    """Attach an interface to the standby."""
    return call(
        world,
        "AttachNetworkInterface",
        NetworkInterfaceId=interface_id,
        InstanceId=STANDBY,
        DeviceIndex=1,
    )


def test_the_inner_door_has_the_same_refusals_faults_and_log(world: World) -> None:
    with pytest.raises(Ec2Error, match="InUse"):
        attach(world, FLOATING)
    world.faults.add({"action": "*", "kind": "drop-after", "resource": SPARE})

    with pytest.raises(ReplyLost):
        attach(world)

    assert dump.state(world)["interfaces"][SPARE]["instance_id"] == STANDBY
    assert len([line for line in world.journal.lines() if '"call"' in line]) == 2


@pytest.mark.parametrize(
    ("kind", "met"), [("http:502", ReplyBare), ("garbage", ReplyLost)]
)
def test_a_reply_that_cannot_be_read_is_a_lost_one(
    world: World, kind: str, met: type[Exception]
) -> None:
    world.faults.add({"action": "*", "kind": kind})

    with pytest.raises(ReplyLost) as lost:
        attach(world)

    assert isinstance(lost.value, met)


def test_a_slow_reply_is_a_reply_that_never_comes_to_the_impatient(
    world: World,
) -> None:
    world.faults.add({"action": "*", "kind": "slow", "delay_s": 7})

    with pytest.raises(ReplyNever) as never:
        attach(world)

    slow = never.value
    assert isinstance(slow, ReplySlow)
    assert slow.due_at == pytest.approx(world.clock.now() + 7)
    assert slow.outcome["AttachmentId"].startswith("eni-attach-")


def test_the_same_seed_draws_the_same_world() -> None:
    dumps = []
    for _ in range(2):
        world = World(seed=7)
        sowing.sow(world, {"pairs": 3})
        dumps.append(dump.state(world))
        world.close()
    assert dumps[0] == dumps[1]


def test_reset_draws_the_same_world_again(world: World) -> None:
    made = []
    for _ in range(2):
        world.reset()
        world.clock.set(mode="manual")
        sowing.sow(world, {"article": True})
        world.faults.add({"action": "*", "kind": "throttle", "probability": 0.5})
        codes = []
        for _ in range(10):
            try:
                made_id = call(world, "AllocateAddress")["AllocationId"]
                codes.append(made_id)
            except Ec2Error as error:
                codes.append(error.code)
        made.append(codes)

    assert made[0] == made[1]
    assert "RequestLimitExceeded" in made[0]


def test_time_goes_on_after_an_effect_that_breaks(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    region = world.region(DEFAULT_ACCOUNT, "eu-west-1")

    broken = threading.Event()

    def break_down(_at: float) -> None:
        broken.set()
        raise ZeroDivisionError

    region.timers.add(region.now + 1, break_down)
    world.clock.set(mode="real", scale=1000)
    assert broken.wait(5)
    bond = dump.state(world)["interfaces"][FLOATING]["attachment_id"]
    call(world, "DetachNetworkInterface", AttachmentId=bond)
    assert world.clock.wait_until(region.now + 4, at_most_s=5)

    assert json.loads(world.journal.lines()[-1])
    assert dump.state(world)["interfaces"][FLOATING]["status"] == "available"
    assert "ZeroDivisionError" in capfd.readouterr().err
