"""A gateway onto a scripted endpoint, with dummy keys and no other AWS in reach."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from failover.ec2.gateway import Gateway
from failover.ec2.looks import ZonesOf
from failover.ec2.session import Identity
from failover.engine.ports import Fence
from tests.ec2 import endpoint
from tests.ec2.endpoint import Endpoint, Script


class Ticking:
    """The real clock, as a database would have it."""

    def now(self) -> float:
        return time.time()


@dataclass
class Desk:
    """A gateway, its endpoint, and the fence that a test opens and closes."""

    gateway: Gateway
    endpoint: Endpoint
    asked_of_fence: list[Fence]


Open = Callable[..., Desk]


@pytest.fixture(autouse=True)
def no_other_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@pytest.fixture
def open_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Make a desk for a script; `url` points the gateway elsewhere."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(8))

        def open_it(
            script: Script,
            *,
            url: str | None = None,
            is_open: Callable[[Fence], bool] = lambda _: True,
            wall_now: Callable[[], float] = time.time,
            identity: Identity | None = None,
            zones_of: ZonesOf = lambda _ids: {},
        ) -> Desk:
            served = stack.enter_context(endpoint.serve(script))
            for service in ("EC2", "STS"):
                monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url or served.url)
            asked: list[Fence] = []

            def ask(fence: Fence) -> bool:
                asked.append(fence)
                return is_open(fence)

            gateway = Gateway(
                identity=identity or Identity(region="eu-west-1"),
                clock=Ticking(),
                wall_now=wall_now,
                is_open_for=ask,
                leave_within_s=10.0,
                pool=pool,
                zones_of=zones_of,
            )
            return Desk(gateway, served, asked)

        yield open_it
