"""The world without HTTP: the same rules, and the same end under many hands."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ec2sim.calls import Call
from ec2sim.config import Config
from ec2sim.errors import Ec2Error, ReplyLost
from ec2sim.rules.registry import ACTIONS
from ec2sim.seeds import sowing
from ec2sim.wire import dump
from ec2sim.world import DEFAULT_ACCOUNT, World
from tests.ec2sim.conftest import FLOATING, PRIMARY, SPARE, STANDBY, SUBNET


@pytest.fixture
def world() -> Iterator[World]:
    """The article's world with time standing still."""
    world = World(config=Config(latency_s=0))
    world.clock.set(mode="manual")
    sowing.sow(world, {"article": True})
    yield world
    world.close()


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


def test_the_inner_door_has_the_same_refusals_faults_and_log(world: World) -> None:
    with pytest.raises(Ec2Error, match="InUse"):
        call(
            world,
            "AttachNetworkInterface",
            NetworkInterfaceId=FLOATING,
            InstanceId=STANDBY,
            DeviceIndex=1,
        )
    world.faults.add({"action": "*", "kind": "drop-after", "resource": SPARE})

    with pytest.raises(ReplyLost):
        call(
            world,
            "AttachNetworkInterface",
            NetworkInterfaceId=SPARE,
            InstanceId=STANDBY,
            DeviceIndex=1,
        )

    assert dump.state(world)["interfaces"][SPARE]["instance_id"] == STANDBY
    assert len([line for line in world.journal.lines() if '"call"' in line]) == 2


def test_the_same_seed_draws_the_same_world() -> None:
    dumps = []
    for _ in range(2):
        world = World(seed=7)
        sowing.sow(world, {"pairs": 3})
        dumps.append(dump.state(world))
        world.close()
    assert dumps[0] == dumps[1]


def test_scaled_time_runs_ahead(world: World) -> None:
    bond = dump.state(world)["interfaces"][FLOATING]["attachment_id"]
    freed = threading.Event()
    region = world.region(DEFAULT_ACCOUNT, "eu-west-1")
    region.interfaces.watchers.append(
        lambda _old, new: freed.set() if new and not new.attachment else None
    )
    world.clock.set(mode="real", scale=100)

    call(world, "DetachNetworkInterface", AttachmentId=bond)

    assert freed.wait(2)


def test_many_hands_leave_nothing_inconsistent() -> None:
    config = Config(latency_s=0, detach_s=0.01, attach_s=0.01, jitter=0.5)
    world = World(config=config)
    sowing.sow(world, {"article": True})
    codes: set[str] = set()

    def hands(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(60):
            try:
                act(world, chance)
            except Ec2Error as error:
                codes.add(error.code)

    with ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(hands, seed) for seed in range(16)]:
            done.result()

    found = dump.state(world)["violations"]
    world.close()
    assert found == []
    assert codes <= {
        "AttachmentLimitExceeded",
        "IncorrectState",
        "InvalidAttachmentID.NotFound",
        "InvalidNetworkInterface.InUse",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidParameterValue",
    }


def act(world: World, chance: random.Random) -> None:
    """Do one thing to one of the interfaces, whether or not it makes sense."""
    listed = call(world, "DescribeNetworkInterfaces")["NetworkInterfaces"]
    row = chance.choice([each for each in listed if not each["RequesterManaged"]])
    row_id = row["NetworkInterfaceId"]
    bond = row.get("Attachment")
    roll = chance.random()
    if bond and bond["DeviceIndex"] and roll < 0.5:
        call(world, "DetachNetworkInterface", AttachmentId=bond["AttachmentId"])
    elif roll < 0.7:
        call(
            world,
            "AttachNetworkInterface",
            NetworkInterfaceId=row_id,
            InstanceId=chance.choice((PRIMARY, STANDBY)),
            DeviceIndex=chance.choice((1, 2)),
        )
    elif roll < 0.8:
        call(world, "CreateNetworkInterface", SubnetId=SUBNET)
    elif roll < 0.9 and row_id != FLOATING:
        call(world, "DeleteNetworkInterface", NetworkInterfaceId=row_id)
    else:
        call(
            world,
            "AssociateAddress",
            AllocationId="eipalloc-4f07e372",
            NetworkInterfaceId=row_id,
        )
