"""The world of these tests, and who asks."""

import pytest

from failover.models import Region
from tests.api.asking import Ask, asker
from tests.services.moving import console
from tests.services.world import article, make_token, region, sim, sim_process

__all__ = ["article", "console", "region", "sim", "sim_process"]


@pytest.fixture
def olga(region: Region) -> Ask:
    """An operator's calls: `olga("POST", "swaps/", {…})`."""
    return asker(make_token("olga", "operator"))


@pytest.fixture
def ada(region: Region) -> Ask:
    """An admin's calls."""
    return asker(make_token("ada", "admin"))
