"""Many clients at once, over HTTP: one winner, nothing lost, a possible history."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ec2sim import server
from ec2sim.config import Config
from tests.ec2sim.conftest import PRIMARY, STANDBY, SUBNET, Sim
from tests.ec2sim.history import History

ROUNDS = 20
HANDS = 16
ACTS = 30
# What the calls of these tests may be refused with, all of it rightly.
EXPECTED = {
    "AttachmentLimitExceeded",
    "IncorrectState",
    "InvalidAllocationID.NotFound",
    "InvalidAttachmentID.NotFound",
    "InvalidNetworkInterface.InUse",
    "InvalidNetworkInterfaceID.NotFound",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "OperationNotPermitted",
}


@pytest.fixture
def busy() -> Iterator[Sim]:
    """The article's world in real time, where nothing takes long."""
    config = Config(latency_s=0, attach_s=0.01, detach_s=0.01, jitter=0.5)
    with server.start(config=config, sown={"article": True}) as running:
        yield Sim(running)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do all at the same moment; the code of each refusal, or ok."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        barrier.wait()
        try:
            act()
        except ClientError as refused:
            return str(refused.response["Error"]["Code"])
        return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def attaching(client: Any, interface_id: str, instance_id: str, index: int) -> Any:
    """An attach, to be done later."""
    return lambda: client.attach_network_interface(
        NetworkInterfaceId=interface_id, InstanceId=instance_id, DeviceIndex=index
    )


def detaching(client: Any, attachment_id: str) -> Any:
    """A detach, to be done later."""
    return lambda: client.detach_network_interface(AttachmentId=attachment_id)


def test_of_two_attaches_at_once_one_wins_every_time(busy: Sim) -> None:
    clients = [busy.client(), busy.client()]
    for instance_id in (PRIMARY, STANDBY):
        busy.control(f"instances/{instance_id}", {"limit": ROUNDS + 2})

    for index in range(2, ROUNDS + 2):
        made = busy.ec2.create_network_interface(SubnetId=SUBNET)["NetworkInterface"]
        interface_id = str(made["NetworkInterfaceId"])
        codes = at_once(
            attaching(clients[0], interface_id, PRIMARY, index),
            attaching(clients[1], interface_id, STANDBY, index),
        )

        assert sorted(codes) == ["InvalidNetworkInterface.InUse", "ok"]
        winner = (PRIMARY, STANDBY)[codes.index("ok")]
        state = busy.control("state")
        assert state["interfaces"][interface_id]["instance_id"] == winner
        assert state["violations"] == []


def test_of_two_interfaces_for_one_slot_one_gets_it_every_time(busy: Sim) -> None:
    clients = [busy.client(), busy.client()]
    busy.control(f"instances/{STANDBY}", {"limit": ROUNDS + 2})

    for index in range(2, ROUNDS + 2):
        ids = [
            str(
                busy.ec2.create_network_interface(SubnetId=SUBNET)["NetworkInterface"][
                    "NetworkInterfaceId"
                ]
            )
            for _ in clients
        ]
        codes = at_once(
            *(
                attaching(client, interface_id, STANDBY, index)
                for client, interface_id in zip(clients, ids, strict=True)
            )
        )

        assert sorted(codes) == ["InvalidParameterValue", "ok"]
    assert busy.control("state")["violations"] == []


def test_of_two_detaches_at_once_one_is_told_that_it_is_too_late(sim: Sim) -> None:
    clients = [sim.client(), sim.client()]
    for _ in range(ROUNDS):
        bond = str(sim.interface()["Attachment"]["AttachmentId"])
        codes = at_once(*(detaching(client, bond) for client in clients))
        assert sorted(codes) == ["IncorrectState", "ok"]
        sim.advance(5)
        sim.attach(instance_id=PRIMARY)
        sim.advance(5)


def act(client: Any, chance: random.Random, world: dict[str, list[str]]) -> None:
    """Do one thing to one of the resources, whether or not it makes sense."""
    interface_id = chance.choice(world["interfaces"])
    roll = chance.random()
    if roll < 0.25:
        wanted = [{"Name": "network-interface-id", "Values": [interface_id]}]
        found = client.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
        bond = found[0].get("Attachment") if found else None
        if bond:
            client.detach_network_interface(AttachmentId=bond["AttachmentId"])
    elif roll < 0.55:
        attaching(client, interface_id, chance.choice(world["instances"]), 1)()
    elif roll < 0.8:
        client.associate_address(
            AllocationId=chance.choice(world["addresses"]),
            NetworkInterfaceId=interface_id,
        )
    elif roll < 0.9:
        made = client.create_network_interface(SubnetId=chance.choice(world["subnets"]))
        world["interfaces"].append(made["NetworkInterface"]["NetworkInterfaceId"])
    else:
        client.delete_network_interface(NetworkInterfaceId=interface_id)


def work(sim: Sim, world: dict[str, list[str]]) -> set[str]:
    """Many hands on a world at once; the codes that they were refused with."""
    clients = [sim.client(read_timeout_s=30) for _ in range(HANDS)]
    codes: set[str] = set()

    def hands(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(ACTS):
            try:
                act(clients[seed], chance, world)
            except ClientError as refused:
                codes.add(refused.response["Error"]["Code"])

    with ThreadPoolExecutor(HANDS) as pool:
        for done in [pool.submit(hands, seed) for seed in range(HANDS)]:
            done.result()
    for client in clients:
        client.close()
    return codes


def test_sixteen_clients_lose_no_update_and_leave_a_possible_history() -> None:
    config = Config(latency_s=0, attach_s=0.02, detach_s=0.02, jitter=0.5)
    with server.start(config=config, sown={"pairs": 50}) as running:
        sim = Sim(running)
        before = sim.control("state")
        subnets = sim.ec2.describe_subnets()["Subnets"]
        world = {
            "interfaces": list(before["interfaces"]),
            "instances": list(before["instances"]),
            "addresses": list(before["addresses"]),
            "subnets": [str(each["SubnetId"]) for each in subnets],
        }
        codes = work(sim, world)
        sim.control("clock", {"mode": "manual"})
        sim.advance(10)
        after, lines = sim.control("state"), sim.calls()
        sim.ec2.close()

    assert len(before["interfaces"]) + len(before["addresses"]) == 200
    assert codes <= EXPECTED
    assert after["violations"] == []
    history = History(before)
    effects = [line for line in lines if line["place"] is not None]
    effects.sort(key=lambda line: int(line["place"]))
    for line in effects:
        history.tell(line)
    assert history.shown() == History(after).shown()
    times = [line.get("effect_at", line["at"]) for line in effects]
    assert times == sorted(times)
    assert len({line.get("action") for line in effects}) >= 6


def test_a_history_that_could_not_have_been_is_noticed() -> None:
    row = {"instance_id": None, "attachment_status": None}
    history = History({"interfaces": {"eni-1": row}, "addresses": {}})

    with pytest.raises(AssertionError):
        history.enter("eni-1", "attached", "i-1")
