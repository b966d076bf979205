"""The region of these tests, on either database, and faults of its EC2."""

from collections.abc import Iterator
from typing import Any

import pytest

from failover import models, wiring
from failover.services import inventory, regions
from tests.services.readiness.readying import Faults
from tests.services.world import REGION, SHELL, Sim


@pytest.fixture
def region(database: str, sim: Sim) -> Iterator[models.Region]:
    """The region under management and read once, on either database."""
    wiring.end()
    row = regions.add(region=REGION, actor=SHELL)
    inventory.sync(row)
    row.refresh_from_db()
    yield row
    wiring.end()


@pytest.fixture
def fault(sim: Sim) -> Iterator[Faults]:
    """Plan a fault of ec2sim; they end with the test."""

    def plan(action: str, kind: str, **more: Any) -> None:
        sim.control("faults", {"action": action, "kind": kind, **more})

    yield plan
    sim.end_faults()
