"""Replies against EC2's own model of their shapes, and one door against the other."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from ec2sim import server
from ec2sim.calls import Call
from ec2sim.config import Config
from ec2sim.errors import Ec2Error
from ec2sim.rules.listing import Drawn
from ec2sim.rules.registry import ACTIONS
from ec2sim.wire import model, query
from ec2sim.world import DEFAULT_ACCOUNT
from tests.ec2sim.contract import steps, walks
from tests.ec2sim.contract.doors import REGION, Http, Inside, Refused
from tests.ec2sim.contract.house import House

# EC2 itself says more than its model lists: a new interface is `pending`, a gateway's
# bond is `available`, and a NAT gateway's interface is not written as in the model.
BEYOND_THE_ENUM = {
    ("Status", "pending"),
    ("State", "available"),
    ("InterfaceType", "nat_gateway"),
}


class Raw:
    """The replies as the rules make them, before any door has shown them."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        """The rule's own reply."""
        shape = model.operation("ec2", action).input_shape
        asked = Call(
            account_id=DEFAULT_ACCOUNT,
            region=REGION,
            action=action,
            params=query.check(params, shape),
            request_id="raw",
        )
        try:
            reply: dict[str, Any] = self._world.call(asked, ACTIONS[action])
        except Ec2Error as error:
            raise Refused(error.code, error.message, error.status) from error
        return reply


@pytest.fixture
def worlds() -> Iterator[list[server.Running]]:
    """Two worlds of one seed, so that both draw the same identifiers."""
    made = []
    for _ in range(2):
        running = server.start(config=Config(latency_s=0), sown={"article": True})
        running.world.clock.set(mode="manual")
        made.append(running)
    yield made
    for running in made:
        running.close()


def strangers(name: str, value: Any, shape: Any) -> Iterator[str]:
    """What a value has that its shape does not allow, in words."""
    if shape.type_name == "structure":
        yield from _strange_members(name, value, shape)
    elif shape.type_name == "list":
        if not isinstance(value, list | tuple | Drawn):
            yield f"{name}: {value!r} is no list"
            return
        for each in value:
            yield from strangers(f"{name}[]", each, shape.member)
    else:
        yield from _wrong_scalar(name, value, shape)


def _strange_members(name: str, value: Any, shape: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{name}: {value!r} is no structure"
        return
    for each, below in value.items():
        if each not in shape.members:
            yield f"{name}.{each}: not in the model"
        elif below is not None:
            yield from strangers(f"{name}.{each}", below, shape.members[each])


KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
    "blob": (str, bytes),
}


def _wrong_scalar(name: str, value: Any, shape: Any) -> Iterator[str]:
    is_truth = isinstance(value, bool) and shape.type_name != "boolean"
    if is_truth or not isinstance(value, KINDS[shape.type_name]):
        yield f"{name}: {value!r} is no {shape.type_name}"
    allowed = getattr(shape, "enum", None) or [value]
    is_known = (name.rpartition(".")[2], value) in BEYOND_THE_ENUM
    if value not in allowed and not is_known:
        yield f"{name}: {value!r} is none of {allowed}"


def test_every_action_has_a_step() -> None:
    assert ACTIONS.keys() - {each.action for each in steps.EVERY} == set()


def test_every_member_of_every_reply_is_in_ec2s_model(
    running: server.Running,
) -> None:
    home = House(door=Raw(running.world), running=running)
    found: set[str] = set()
    for step, _, reply in walks.walk(home):
        shape = model.operation("ec2", step.action).output_shape
        if shape is not None:
            found.update(strangers(step.action, reply, shape))

    assert sorted(found) == []


def test_both_doors_answer_alike(worlds: list[server.Running]) -> None:
    http = Http(worlds[0].url)
    outside = walks.walk(House(door=http, running=worlds[0]))
    inside = walks.walk(House(door=Inside(worlds[1].world), running=worlds[1]))

    for one, other in zip(outside, inside, strict=True):
        assert one[0] is other[0]
        assert plain(one[2]) == plain(other[2]), one[0].action
    http.close()


# Keys are drawn from the machine's own chance, and boto3 decodes a console's output
# after it has parsed the reply.
APART = ("KeyFingerprint", "KeyMaterial", "Output")


def plain(value: Any) -> Any:
    """A reply without what differs between two calls: moments and request ids."""
    if isinstance(value, dict):
        return {
            name: plain(each)
            for name, each in value.items()
            if name not in ("ResponseMetadata", *APART)
        }
    if isinstance(value, list):
        return [plain(each) for each in value]
    return "a moment" if isinstance(value, datetime) else value


def test_a_moment_is_the_same_by_both_doors(running: server.Running) -> None:
    http = Http(running.url)
    described = [
        door.call("DescribeNetworkInterfaces")["NetworkInterfaces"]
        for door in (http, Inside(running.world))
    ]
    http.close()

    assert described[0] == described[1]


def test_a_reply_is_the_callers_own(running: server.Running) -> None:
    door = Inside(running.world)
    first = door.call("DescribeNetworkInterfaces")["NetworkInterfaces"]
    before = [dict(each) for each in first]

    first[0]["TagSet"].append({"Key": "mine", "Value": "alone"})
    first[0]["Status"] = "spoilt"

    again = door.call("DescribeNetworkInterfaces")["NetworkInterfaces"]
    assert again[0]["Status"] == before[0]["Status"]
    assert {"Key": "mine", "Value": "alone"} not in again[0]["TagSet"]
