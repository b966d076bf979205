"""The world of these tests."""

from tests.services.world import article, region, sim, sim_process

__all__ = ["article", "region", "sim", "sim_process"]
