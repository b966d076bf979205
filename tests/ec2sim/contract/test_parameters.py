"""Every parameter of every call: missing, wrong, unknown, malformed, nowhere."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ec2sim import server
from ec2sim.rules.registry import ACTIONS
from ec2sim.state import ids
from ec2sim.wire import model
from tests.ec2sim.contract import forms, walks
from tests.ec2sim.contract.doors import Inside, Refused
from tests.ec2sim.contract.house import NOBODY, House
from tests.ec2sim.contract.step import Params, Step

Asked = Callable[[str, list[tuple[str, str]], Any], str]
KINDS = {
    "AllocationId": ids.ALLOCATION,
    "AllocationIds": ids.ALLOCATION,
    "AttachmentId": ids.ATTACHMENT,
    "GroupId": ids.SECURITY_GROUP,
    "GroupIds": ids.SECURITY_GROUP,
    "Groups": ids.SECURITY_GROUP,
    "ImageId": ids.IMAGE,
    "ImageIds": ids.IMAGE,
    "InstanceId": ids.INSTANCE,
    "InstanceIds": ids.INSTANCE,
    "InternetGatewayId": ids.INTERNET_GATEWAY,
    "InternetGatewayIds": ids.INTERNET_GATEWAY,
    "NetworkInterfaceId": ids.INTERFACE,
    "NetworkInterfaceIds": ids.INTERFACE,
    "RouteTableId": ids.ROUTE_TABLE,
    "RouteTableIds": ids.ROUTE_TABLE,
    "SecurityGroupIds": ids.SECURITY_GROUP,
    "SubnetId": ids.SUBNET,
    "SubnetIds": ids.SUBNET,
    "VpcId": ids.VPC,
    "VpcIds": ids.VPC,
}


def scalars(shape: Any, depth: int = 0) -> Iterator[list[tuple[str, str]]]:
    """The way to every number, truth and moment inside a call's parameters.

    Each step is the name for a program and the name in a form; a list is "1".
    """
    if depth > 4 or shape is None:
        return
    for name, member in shape.members.items():
        here = (name, _written(member, name))
        if member.type_name == "structure":
            for rest in scalars(member, depth + 1):
                yield [here, *rest]
        elif member.type_name == "list" and member.member.type_name == "structure":
            for rest in scalars(member.member, depth + 1):
                yield [here, ("1", "1"), *rest]
        elif member.type_name in ("integer", "boolean", "float", "double", "timestamp"):
            yield [here]


def _written(member: Any, name: str) -> str:
    serialization = member.serialization
    written = serialization.get("queryName", serialization.get("name", name))
    return str(written[0].upper() + written[1:])


def by_form(url: str) -> Asked:
    """Asks with a form; the code of the refusal."""

    def ask(action: str, path: list[tuple[str, str]], value: Any) -> str:
        field = ".".join(written for _, written in path)
        fields = {"Action": action, "Version": "2016-11-15", field: value}
        with pytest.raises(Refused) as refused:
            forms.send(url, fields)
        assert refused.value.status == 400
        return refused.value.code

    return ask


def from_inside(door: Inside) -> Asked:
    """Asks in the process; the code of the refusal."""

    def ask(action: str, path: list[tuple[str, str]], value: Any) -> str:
        for name, _ in reversed(path):
            value = [value] if name == "1" else {name: value}
        with pytest.raises(Refused) as refused:
            door.call(action, **value)
        assert refused.value.status == 400
        return refused.value.code

    return ask


@pytest.fixture(params=["http", "inside"])
def ask(request: pytest.FixtureRequest, running: server.Running) -> Asked:
    """How to send one parameter, be it wrong in any way."""
    if request.param == "http":
        return by_form(running.url)
    return from_inside(Inside(running.world))


def test_a_value_of_the_wrong_type_is_an_invalid_value(ask: Asked) -> None:
    seen = 0
    for action in sorted(ACTIONS):
        for path in scalars(model.operation("ec2", action).input_shape):
            assert ask(action, path, "banana") == "InvalidParameterValue", (
                action,
                path,
            )
            seen += 1

    assert seen > 150


def test_a_parameter_that_ec2_does_not_know_is_refused(ask: Asked) -> None:
    for action in sorted(ACTIONS):
        colour = [("Colour", "Colour")]
        assert ask(action, colour, "red") == "UnknownParameter", action


def test_a_call_without_a_dry_run_in_its_model_does_not_know_it(ask: Asked) -> None:
    dry = [("DryRun", "DryRun")]
    for action in ("AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"):
        assert ask(action, dry, "true") == "UnknownParameter"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ([("NetworkInterfaceIds", "NetworkInterfaceId")], "eni-415e9270"),
        ([("Filters", "Filter"), ("1", "1"), ("Colour", "Colour")], "red"),
        ([("MaxResults", "MaxResults"), ("Value", "Value")], "5"),
    ],
)
def test_a_parameter_of_another_build_is_unknown(
    ask: Asked, path: list[tuple[str, str]], value: str
) -> None:
    assert ask("DescribeNetworkInterfaces", path, value) == "UnknownParameter"


def test_a_call_without_what_it_needs_is_refused(house: House) -> None:
    def before(step: Step, params: Params) -> None:
        for name in model.operation("ec2", step.action).input_shape.required_members:
            asked = {each: params[each] for each in params if each != name}
            code, message = house.refusal(step.action, **asked)
            assert code == "MissingParameter", step.action
            assert name.lower() in message.lower()

    assert walks.walk_through(house, before) > 50


# EC2 documents these as no error, or the name means something else there.
NO_SUCH_ERROR: set[tuple[str, str]] = set()


def test_an_identifier_is_checked_for_its_form_and_its_existence(house: House) -> None:
    checked: set[tuple[str, str]] = set()

    def before(step: Step, params: Params) -> None:
        for name in params.keys() & KINDS.keys():
            if (step.action, name) in NO_SUCH_ERROR:
                continue
            kind = KINDS[name]
            checked.add((step.action, name))
            for value, code in (
                (f"{kind.prefix}-nonsense", kind.malformed or kind.not_found),
                ("never-0123456789abcdef0", kind.malformed or kind.not_found),
                (f"{kind.prefix}-{NOBODY}", kind.not_found),
            ):
                wrong = [value] if isinstance(params[name], list) else value
                found = house.code(step.action, **{**params, name: wrong})
                assert found == code, (step.action, name, value)

    walks.walk_through(house, before)
    assert len(checked) > 40


NAMED = sorted(
    (action, name)
    for action in ACTIONS
    for name in KINDS
    if action.startswith("Describe")
    and name.endswith("Ids")
    and name in model.operation("ec2", action).input_shape.members
)


@pytest.mark.parametrize(("action", "name"), NAMED)
def test_a_listing_of_what_is_named_is_whole_or_refused(
    house: House, action: str, name: str
) -> None:
    kind = KINDS[name]
    unknown = f"{kind.prefix}-{NOBODY}"
    other = f"{kind.prefix}-0fedcba9876543210"
    malformed = kind.malformed or kind.not_found

    assert house.code(action, **{name: [unknown]}) == kind.not_found
    assert house.code(action, **{name: ["nonsense"]}) == malformed
    code, message = house.refusal(action, **{name: [unknown, other]})
    assert code == kind.not_found
    assert unknown in message
    if "MaxResults" in model.operation("ec2", action).input_shape.members:
        code = house.code(action, **{name: [unknown]}, MaxResults=10)
        assert code == "InvalidParameterCombination"


@pytest.mark.parametrize(
    ("action", "name", "malformed", "unknown"),
    [
        (
            "DescribeNetworkInterfaces",
            "NetworkInterfaceIds",
            "InvalidNetworkInterfaceId.Malformed",
            "InvalidNetworkInterfaceID.NotFound",
        ),
        (
            "DescribeInstances",
            "InstanceIds",
            "InvalidInstanceID.Malformed",
            "InvalidInstanceID.NotFound",
        ),
    ],
)
def test_the_codes_are_those_of_ec2s_own_list(
    house: House, action: str, name: str, malformed: str, unknown: str
) -> None:
    kind = KINDS[name]

    assert house.code(action, **{name: ["nonsense"]}) == malformed
    assert house.code(action, **{name: [f"{kind.prefix}-{NOBODY}"]}) == unknown


def test_what_a_form_cannot_say_counts_as_not_said(house: House) -> None:
    whole = house.call("DescribeNetworkInterfaces")["NetworkInterfaces"]

    same = house.call("DescribeNetworkInterfaces", NetworkInterfaceIds=[], Filters=[])

    assert same["NetworkInterfaces"] == whole
    assert house.code("StopInstances", InstanceIds=[]) == "MissingParameter"
