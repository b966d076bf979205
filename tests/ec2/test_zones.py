"""A zone that fails hides its own instances from a look, and nothing else."""

from collections.abc import Mapping, Sequence

import pytest

from failover.engine import ports
from failover.engine.topology import InstanceId, InterfaceId, Scope
from tests.ec2.conftest import Open
from tests.ec2.endpoint import Parameters, Say, refusal, reply

ENI = InterfaceId("eni-415e9270")
HERE = InstanceId("i-0aaaaaaaaaaaaaaa1")
THERE = InstanceId("i-0bbbbbbbbbbbbbbb1")
FORGOTTEN = InstanceId("i-0bbbbbbbbbbbbbbb2")
ZONES: dict[str, str] = {
    HERE: "eu-west-1a",
    THERE: "eu-west-1b",
    FORGOTTEN: "eu-west-1b",
}
BOTH = Scope(interface_ids=frozenset({ENI}), instance_ids=frozenset({HERE, THERE}))
DOWN = refusal("Unavailable", status=503)
INTERFACE = f"<item><networkInterfaceId>{ENI}</networkInterfaceId></item>"


def named(asked: Parameters) -> list[str]:
    return sorted(v for v in asked.values() if v.startswith("i-"))


def by_id(asked: Parameters) -> bool:
    return any(name.startswith("InstanceId.") for name in asked)


def show(asked: Parameters) -> Say:
    """What a healthy EC2 shows of these, and nothing of the forgotten one."""
    action = asked["Action"]
    ids = [i for i in named(asked) if i != FORGOTTEN]
    if action == "DescribeInstances":
        items = "".join(
            f"<item><instancesSet><item><instanceId>{i}</instanceId><placement>"
            f"<availabilityZone>{ZONES[i]}</availabilityZone></placement>"
            f"</item></instancesSet></item>"
            for i in ids
        )
        return reply(action, f"<reservationSet>{items}</reservationSet>")
    if action == "DescribeInstanceStatus":
        items = "".join(f"<item><instanceId>{i}</instanceId></item>" for i in ids)
        return reply(action, f"<instanceStatusSet>{items}</instanceStatusSet>")
    return reply(action, f"<networkInterfaceSet>{INTERFACE}</networkInterfaceSet>")


class Sky:
    """EC2 whose second zone fails as documented, from the moment it is told to."""

    def __init__(self, *, is_down: bool = False) -> None:
        self.is_down = is_down

    def __call__(self, asked: Parameters) -> Say:
        ids = named(asked)
        is_hit = not ids or any(ZONES[i] == "eu-west-1b" for i in ids)
        if asked["Action"].startswith("DescribeInstance") and self.is_down and is_hit:
            return DOWN
        return show(asked)


def test_a_failing_zone_hides_only_its_own_instances(open_desk: Open) -> None:
    sky = Sky()
    desk = open_desk(sky)
    assert set(desk.gateway.observe(BOTH).instances) == {HERE, THERE}

    sky.is_down = True
    seen = desk.gateway.observe(BOTH)

    assert set(seen.interfaces) == {ENI}
    assert set(seen.instances) == {HERE}
    assert seen.scope.instance_ids == {HERE}
    assert seen.scope.interface_ids == {ENI}


def test_zones_that_the_inventory_knows_need_no_first_look(open_desk: Open) -> None:
    asked: list[Sequence[str]] = []

    def zones_of(ids: Sequence[str]) -> Mapping[str, str]:
        asked.append(sorted(ids))
        return ZONES

    desk = open_desk(Sky(is_down=True), zones_of=zones_of)

    assert set(desk.gateway.observe(BOTH).instances) == {HERE}
    assert set(desk.gateway.observe(BOTH).instances) == {HERE}
    assert asked == [[HERE, THERE]]


def test_instances_of_unknown_zones_are_hidden_together(open_desk: Open) -> None:
    seen = open_desk(Sky(is_down=True)).gateway.observe(BOTH)

    assert seen.instances == {}
    assert seen.scope.instance_ids == frozenset()
    assert set(seen.interfaces) == {ENI}


def test_ids_are_named_outright_where_a_filter_fails(open_desk: Open) -> None:
    def names_only(asked: Parameters) -> Say:
        if asked["Action"] == "DescribeInstances" and not by_id(asked):
            return DOWN
        if by_id(asked) and FORGOTTEN in asked.values():
            said = f"The instance ID '{FORGOTTEN}' does not exist"
            return refusal("InvalidInstanceID.NotFound", message=said)
        return show(asked)

    desk = open_desk(names_only)

    seen = desk.gateway.observe(Scope(instance_ids=frozenset({HERE, FORGOTTEN})))

    assert set(seen.instances) == {HERE}
    assert seen.scope.instance_ids == {HERE, FORGOTTEN}


@pytest.mark.parametrize(
    ("said", "family"),
    [
        (refusal("UnauthorizedOperation", status=403), ports.Ec2Refused),
        (refusal("RequestLimitExceeded", status=503), ports.Ec2Busy),
    ],
)
@pytest.mark.parametrize("action", ["DescribeInstances", "DescribeInstanceStatus"])
def test_a_refusal_and_a_throttle_are_of_no_zone(
    open_desk: Open, said: Say, family: type[ports.Ec2Error], action: str
) -> None:
    desk = open_desk(lambda asked: said if asked["Action"] == action else show(asked))

    with pytest.raises(family):
        desk.gateway.observe(BOTH)


def test_checks_that_fail_hide_their_instances_too(open_desk: Open) -> None:
    def without_checks(asked: Parameters) -> Say:
        if asked["Action"] == "DescribeInstanceStatus" and THERE in asked.values():
            return DOWN
        return show(asked)

    desk = open_desk(without_checks, zones_of=lambda _ids: ZONES)

    assert set(desk.gateway.observe(BOTH).instances) == {HERE}
