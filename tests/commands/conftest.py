"""Commands in this process: what they print, what they exit with."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import ManagementUtility

from failover import wiring
from tests.ec2 import endpoint
from tests.ec2.endpoint import Endpoint, Script


@dataclass(frozen=True)
class Said:
    """One run of a command."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The last line, which is JSON where contract.md says so."""
        return json.loads(self.stdout.splitlines()[-1])


Manage = Callable[..., Said]


@pytest.fixture
def manage(
    sqlite_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Manage]:
    """Run `manage.py` with arguments, and with `stdin` if the command reads it."""
    wiring.end()

    def run(*arguments: str, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        status = 0
        try:
            ManagementUtility(["manage.py", *arguments]).execute()
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    yield run
    wiring.end()


@pytest.fixture
def serve(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Script], Endpoint]]:
    """Let EC2 and STS answer as a script says."""
    with endpoint.in_place_of_aws(monkeypatch) as start:
        yield start
