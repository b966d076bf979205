"""A look inside a request: somebody waits for it, but not for ever."""

import pytest

from failover import models
from failover.services import refusals, sights
from tests.services.acts import stage
from tests.services.world import FLOATING, Sim


def test_a_look_that_ec2_asks_to_be_patient_with_is_looked_again(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "DescribeNetworkInterfaces", "throttle", times=2)

    seen = sights.look(region=region, interface_ids=[FLOATING])

    assert FLOATING in seen.interfaces


def test_a_look_that_ec2_puts_off_for_long_says_so_in_its_words(
    region: models.Region, sim: Sim
) -> None:
    stage.fault(sim, "DescribeNetworkInterfaces", "throttle", times=9)

    with pytest.raises(refusals.Ec2Unreachable, match="RequestLimitExceeded"):
        sights.look(region=region, interface_ids=[FLOATING])

    assert len(sim.calls("DescribeNetworkInterfaces")) < 9
