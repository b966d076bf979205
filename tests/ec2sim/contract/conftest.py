"""The article's world with time standing still, and the doors to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from ec2sim import server
from ec2sim.config import Config
from ec2sim.world import DEFAULT_ACCOUNT
from tests.ec2sim.contract.doors import REGION, CommandLine, Http, Inside
from tests.ec2sim.contract.house import House


@pytest.fixture
def running() -> Iterator[server.Running]:
    """A server with the article's world, whose time moves by hand."""
    with server.start(config=Config(latency_s=0), sown={"article": True}) as started:
        started.world.clock.set(mode="manual")
        yield started


def _opened(running: server.Running, name: str) -> Iterator[House]:
    if name == "http":
        http = Http(running.url)
        yield House(door=http, running=running)
        http.close()
    elif name == "inside":
        yield House(door=Inside(running.world), running=running)
    else:
        yield House(door=CommandLine(running.url), running=running)


@pytest.fixture(params=["http", "inside"])
def house(request: pytest.FixtureRequest, running: server.Running) -> Iterator[House]:
    """The world through each of the two quick doors."""
    yield from _opened(running, request.param)


@pytest.fixture(params=["http", "inside", "command line"])
def every_house(
    request: pytest.FixtureRequest, running: server.Running
) -> Iterator[House]:
    """The world through each of the three doors."""
    yield from _opened(running, request.param)


@pytest.fixture
def quotas(running: server.Running) -> Any:
    """The quotas of the article's region, to be set."""
    return running.world.region(DEFAULT_ACCOUNT, REGION).quotas
