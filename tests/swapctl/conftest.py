"""The article's world behind a web server, and somebody who types."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from failover import models
from failover.models.jobs import IS_ACTIVE
from tests.services.world import article, finish, make_token, region, sim, sim_process

__all__ = ["article", "region", "sim", "sim_process"]

SWAPCTL = Path(sys.executable).with_name("swapctl")


@dataclass
class Shell:
    """A shell with a server and a token in its environment, and no terminal."""

    url: str
    token: str
    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "SWAPCTL_URL": self.url,
            "SWAPCTL_TOKEN": self.token,
        }

    def type(
        self, *words: str, typed: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SWAPCTL, *words],
            env={**self.environ, **environ},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def as_role(
    article: models.Pair, live_server: LiveServer, tmp_path: Path
) -> Callable[[str], Shell]:
    """The shell of somebody with that role."""

    def made(role: str) -> Shell:
        token = make_token(f"one-{role}", role)
        return Shell(url=str(live_server.url), token=token, home=tmp_path)

    return made


@pytest.fixture
def shell(as_role: Callable[[str], Shell]) -> Shell:
    """An operator's."""
    return as_role("operator")


@pytest.fixture
def worker() -> Iterator[None]:
    """Finish each job that is begun, as a worker would."""
    is_over = threading.Event()
    thread = threading.Thread(target=_work, args=(is_over,))
    thread.start()
    yield
    is_over.set()
    thread.join(timeout=30)


def _work(is_over: threading.Event) -> None:
    try:
        while not is_over.wait(0.05):
            job = models.Job.objects.filter(IS_ACTIVE).first()
            if job is not None:
                finish(job)
    finally:
        connections.close_all()


Typing = Callable[..., Any]
