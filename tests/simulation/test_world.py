"""The simulation's small EC2 is no fancy: it answers as ec2sim does, call by call.

The same walk of calls, waits and happenings is taken through both. Each call must be
carried out in both or in neither, and afterwards both must show the same.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from ec2sim import inprocess
from ec2sim import world as simulated
from ec2sim.config import Config
from ec2sim.errors import Ec2Error
from ec2sim.seeds import sowing
from failover.engine.job import Action, Call, Part
from failover.engine.refusals import AMBIGUOUS, IN_USE
from failover.engine.topology import AllocationId, AttachmentId, InstanceId, InterfaceId
from tests.ec2sim.conftest import ALLOCATION, FLOATING, PRIMARY, STANDBY
from tests.simulation.answers import Refusal
from tests.simulation.places import Spot
from tests.simulation.truth import Machine, Nic
from tests.simulation.world import World

NIC, ADDRESS = InterfaceId(FLOATING), AllocationId(ALLOCATION)
ENDS = (InstanceId(PRIMARY), InstanceId(STANDBY))
DETACH_S, ATTACH_S = 3.0, 2.0
WALKS, STEPS = 20, 60
# Which of several true reasons EC2 names first nobody knows.
ALIKE = AMBIGUOUS | {IN_USE}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look says of the floating interface and its Elastic IP."""

    status: str
    instance_id: str
    index: int | None
    attachment_status: str
    is_deleted_with_instance: bool
    has_address: bool


class Ec2(Protocol):
    """One of the two worlds. Attachments are told apart by their number in the walk."""

    def attach(self, instance_id: InstanceId) -> str: ...
    def detach(self, number: int, *, force: bool) -> str: ...
    def keep(self, number: int) -> str: ...
    def associate(self, *, may_take: bool) -> str: ...
    def disassociate(self) -> None: ...
    def advance(self, seconds: float) -> None: ...
    def terminate(self, instance_id: InstanceId) -> None: ...
    def show(self) -> Shown | None: ...


@dataclass
class Small:
    """The world that the simulation runs in."""

    at: float = 0.0
    ties: list[AttachmentId] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self.world = World(
            now=lambda: self.at,
            schedule=self._schedule,
            rng=random.Random(1),
            detach_s=(DETACH_S, DETACH_S),
            attach_s=(ATTACH_S, ATTACH_S),
            hangs=[],
        )
        for each in ENDS:
            self.world.add_machine(Machine(id=each))
        nic = Nic(id=NIC, address="10.0.0.10")
        self.world.add_nic(nic, holder=ENDS[0], kept=True)
        self.nic = nic
        assert nic.tie is not None
        self.ties.append(nic.tie.id)
        here = Spot(interface_id=NIC, private_ip=nic.address)
        self.world.places.add(Part(allocation_id=ADDRESS), here)

    def _schedule(self, after_s: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.at + after_s, len(self._heap), what))

    def _perform(self, call: Call) -> str:
        try:
            made = self.world.perform(call)
        except Refusal as refusal:
            return refusal.code
        if made is not None:
            self.ties.append(made)
        return "ok"

    def attach(self, instance_id: InstanceId) -> str:
        call = Call(
            action=Action.ATTACH,
            interface_id=NIC,
            instance_id=instance_id,
            device_index=1,
        )
        return self._perform(call)

    def detach(self, number: int, *, force: bool) -> str:
        call = Call(
            action=Action.DETACH,
            interface_id=NIC,
            attachment_id=self.ties[number],
            force=force,
        )
        return self._perform(call)

    def keep(self, number: int) -> str:
        call = Call(
            action=Action.MODIFY, interface_id=NIC, attachment_id=self.ties[number]
        )
        return self._perform(call)

    def associate(self, *, may_take: bool) -> str:
        call = Call(
            action=Action.ASSOCIATE,
            interface_id=NIC,
            allocation_id=ADDRESS,
            private_ip=self.nic.address,
            may_take=may_take,
        )
        return self._perform(call)

    def disassociate(self) -> None:
        self.world.places.put(ADDRESS, None)

    def advance(self, seconds: float) -> None:
        until = self.at + seconds
        while self._heap and self._heap[0][0] <= until:
            self.at, _, what = heapq.heappop(self._heap)
            what()
        self.at = until

    def terminate(self, instance_id: InstanceId) -> None:
        self.world.terminate(instance_id)
        self.advance(30.0)

    def show(self) -> Shown | None:
        nic = self.nic
        if not nic.exists:
            return None
        tie = nic.tie
        return Shown(
            status="in-use" if tie else "available",
            instance_id=tie.instance_id if tie else "",
            index=tie.index if tie else None,
            attachment_status=tie.status if tie else "",
            is_deleted_with_instance=not tie.is_kept if tie else False,
            has_address=self.world.places.spots[ADDRESS] is not None,
        )


@dataclass
class Full:
    """ec2sim with the article's world, inside this process."""

    ties: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        config = Config(latency_s=0, detach_s=DETACH_S, attach_s=ATTACH_S)
        self.world = simulated.World(config=config)
        sowing.sow(self.world, {"article": True})
        self.world.clock.set(mode="manual")
        self.client = inprocess.Client(self.world)
        self.address = self._interface()["PrivateIpAddress"]
        self.ties.append(self._interface()["Attachment"]["AttachmentId"])

    def _interface(self) -> Any:
        found = self.client.call(
            "DescribeNetworkInterfaces", NetworkInterfaceIds=[FLOATING]
        )
        return found["NetworkInterfaces"][0]

    def _call(self, action: str, **params: Any) -> str:
        try:
            reply = self.client.call(action, **params)
        except Ec2Error as refusal:
            return refusal.code
        if action == "AttachNetworkInterface":
            self.ties.append(reply["AttachmentId"])
        return "ok"

    def attach(self, instance_id: InstanceId) -> str:
        return self._call(
            "AttachNetworkInterface",
            NetworkInterfaceId=FLOATING,
            InstanceId=instance_id,
            DeviceIndex=1,
        )

    def detach(self, number: int, *, force: bool) -> str:
        tie = self.ties[number]
        return self._call("DetachNetworkInterface", AttachmentId=tie, Force=force)

    def keep(self, number: int) -> str:
        kept = {"AttachmentId": self.ties[number], "DeleteOnTermination": False}
        return self._call(
            "ModifyNetworkInterfaceAttribute",
            NetworkInterfaceId=FLOATING,
            Attachment=kept,
        )

    def associate(self, *, may_take: bool) -> str:
        return self._call(
            "AssociateAddress",
            AllocationId=ALLOCATION,
            NetworkInterfaceId=FLOATING,
            PrivateIpAddress=self.address,
            AllowReassociation=may_take,
        )

    def disassociate(self) -> None:
        found = self.client.call("DescribeAddresses", AllocationIds=[ALLOCATION])
        bond = found["Addresses"][0].get("AssociationId")
        if bond:
            self.client.call("DisassociateAddress", AssociationId=bond)

    def advance(self, seconds: float) -> None:
        self.world.clock.set(advance_s=seconds)
        self.world.settle()

    def terminate(self, instance_id: InstanceId) -> None:
        self.client.call("TerminateInstances", InstanceIds=[instance_id])
        self.advance(30.0)

    def show(self) -> Shown | None:
        try:
            seen = self._interface()
        except Ec2Error:
            return None
        bond = seen.get("Attachment") or {}
        return Shown(
            status=seen["Status"],
            instance_id=bond.get("InstanceId", ""),
            index=bond.get("DeviceIndex"),
            attachment_status=bond.get("Status", ""),
            is_deleted_with_instance=bond.get("DeleteOnTermination", False),
            has_address="Association" in seen,
        )


Step = tuple[str, dict[str, Any]]


def draw(chance: random.Random, ties: int) -> Step:
    """The next step of a walk in which there have been so many attachments."""
    what = chance.choices(
        ("attach", "detach", "keep", "associate", "disassociate", "advance"),
        weights=(6, 6, 1, 1, 1, 6),
    )[0]
    match what:
        case "attach":
            return what, {"instance_id": chance.choice(ENDS)}
        case "detach":
            number = chance.choice((ties - 1, ties - 1, ties - 1, 0))
            return what, {"number": number, "force": chance.random() < 0.1}
        case "keep":
            return what, {"number": ties - 1}
        case "associate":
            return what, {"may_take": chance.random() < 0.5}
        case "advance":
            return what, {"seconds": chance.choice((0.5, 1.5, 2.5, 4.5))}
        case _:
            return what, {}


def take(step: Step, worlds: tuple[Ec2, Ec2], told: list[str]) -> None:
    """Take the step in both, and hold what they say and show against each other."""
    what, arguments = step
    shown = worlds[0].show()
    if what == "detach" and shown and shown.attachment_status == "detaching":
        # What EC2 answers to a second detach nobody knows.
        what, arguments = "advance", {"seconds": 1.0}
    said = [getattr(world, what)(**arguments) for world in worlds]
    told.append(f"{what} {arguments}: {said}")
    if arguments.get("force"):
        # How long one by force takes is the guest's matter, and no rule of EC2's.
        for world in worlds:
            world.advance(DETACH_S)
    alike = said[0] == said[1] or (said[0] in ALIKE and said[1] in ALIKE)
    assert alike, "\n".join(told)
    looks = [world.show() for world in worlds]
    assert looks[0] == looks[1], "\n".join([*told, *map(str, looks)])


@pytest.mark.parametrize("number", range(WALKS))
def test_a_walk_is_the_same_in_both_worlds(number: int) -> None:
    chance, told = random.Random(number), [f"walk {number}"]
    worlds = (Small(), Full())

    for _ in range(STEPS):
        take(draw(chance, len(worlds[0].ties)), worlds, told)


@pytest.mark.parametrize("number", range(10))
def test_an_instance_that_ends_leaves_the_same_in_both_worlds(number: int) -> None:
    chance, told = random.Random(number), [f"end {number}"]
    worlds = (Small(), Full())
    for _ in range(number):
        take(draw(chance, len(worlds[0].ties)), worlds, told)

    take(("terminate", {"instance_id": ENDS[number % 2]}), worlds, told)
    for _ in range(5):
        take(draw(chance, len(worlds[0].ties)), worlds, told)
