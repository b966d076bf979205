"""DryRun: whether it would be allowed, at the price of one token, and no more."""

import json

import pytest

from ec2sim.wire import dump, model
from tests.ec2sim.contract import walks
from tests.ec2sim.contract.doors import Refused
from tests.ec2sim.contract.house import House
from tests.ec2sim.contract.step import Params, Step

ALLOWED = (
    "DryRunOperation",
    "Request would have succeeded, but DryRun flag is set.",
    412,
)


def has_dry_run(action: str) -> bool:
    """Whether EC2's model of a call has the parameter."""
    return "DryRun" in model.operation("ec2", action).input_shape.members


def test_a_dry_run_of_any_call_is_412_and_changes_nothing(house: House) -> None:
    world = house.running.world

    def before(step: Step, params: Params) -> None:
        if not has_dry_run(step.action):
            return
        state = json.dumps(dump.state(world), sort_keys=True, default=str)
        with pytest.raises(Refused) as told:
            house.call(step.action, **params, DryRun=True)
        refused = (told.value.code, told.value.message, told.value.status)
        assert refused == ALLOWED, step.action
        after = json.dumps(dump.state(world), sort_keys=True, default=str)
        assert after == state, step.action

    walks.walk_through(house, before)


def test_a_dry_run_spends_the_bucket_of_its_call(house: House) -> None:
    house.control("config", {"throttle": "api"})
    asked = {
        "NetworkInterfaceId": "eni-b408c485",
        "InstanceId": "i-0190e152559b4866c",
        "DeviceIndex": 1,
    }
    codes = []
    for dry in [True] * 52 + [False]:
        with pytest.raises(Refused) as told:
            house.call("AttachNetworkInterface", **asked, DryRun=dry)
        codes.append(told.value.code)

    assert codes == ["DryRunOperation"] * 50 + ["RequestLimitExceeded"] * 3
    house.advance(1)
    house.call("AttachNetworkInterface", **asked)
