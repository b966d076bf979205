"""The world of these tests."""

import pytest
from django.test import Client

from failover.models import Pair
from failover.services import recording
from tests.services.moving import console
from tests.services.world import article, make_token, region, sim, sim_process

__all__ = ["article", "console", "region", "sim", "sim_process"]


@pytest.fixture(autouse=True)
def no_flood_of_other_tests() -> None:
    """What the tests before this one were refused is no flood of its own."""
    recording.FLOOD.forget()


@pytest.fixture
def bearer(article: Pair) -> Client:
    """A program with the token of an administrator."""
    return Client(headers={"Authorization": f"Bearer {make_token('ada', 'admin')}"})
