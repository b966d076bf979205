"""The import contracts bite: each is broken here once, in a house of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.files import ROOT

ROOMS = (
    "management.commands",
    "web",
    "api",
    "services",
    "ec2",
    "models",
    "engine",
)
LINT = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build the rooms, each with one empty module, and the project's contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("controlpanel", "ec2sim", "failover", "swapctl"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for room in ROOMS:
        folder = tmp_path / "failover" / room.replace(".", "/")
        folder.mkdir(parents=True)
        for part in (folder, *folder.relative_to(tmp_path / "failover").parents):
            path = tmp_path / "failover" / part
            (path / "__init__.py").touch()
        (folder / "room.py").touch()
    for module in ("tasks", "wiring", "store", "audit", "apps"):
        (tmp_path / "failover" / f"{module}.py").touch()
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache"], cwd=house, capture_output=True, text=True, check=False
    )


def test_empty_rooms_keep_every_contract(house: Path) -> None:
    done = lint(house)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("failover/engine/room.py", "from failover.models import room"),
        ("failover/services/room.py", "from failover.web import room"),
        ("failover/web/room.py", "from failover.api import room"),
        ("failover/services/room.py", "def late():\n    import boto3"),
        ("failover/web/room.py", "import botocore.exceptions"),
        ("failover/services/room.py", "from celery import shared_task"),
        ("failover/engine/room.py", "def late():\n    from time import sleep"),
        ("failover/engine/room.py", "import django.utils.timezone"),
        ("failover/engine/room.py", "import random"),
        ("failover/services/room.py", "import ec2sim"),
        ("ec2sim/__init__.py", "import failover.engine.room"),
        ("failover/services/room.py", "import controlpanel"),
        ("swapctl/__init__.py", "import failover.engine.room"),
        ("swapctl/__init__.py", "import httpx"),
        ("failover/another_room.py", ""),
    ],
)
def test_a_wrong_import_breaks_a_contract(house: Path, module: str, line: str) -> None:
    (house / module).write_text(f"{line}\n")

    done = lint(house)

    assert done.returncode == 1
    assert "1 broken" in done.stdout, done.stdout


def test_files_that_import_each_other_break_a_contract(house: Path) -> None:
    services = house / "failover" / "services"
    (services / "room.py").write_text("from failover.services import peer\n")
    (services / "peer.py").write_text("def late():\n    from . import room\n")

    done = lint(house)

    assert done.returncode == 1
    assert "1 broken" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("failover/ec2/room.py", "import boto3"),
        ("failover/tasks.py", "import celery"),
        ("failover/management/commands/room.py", "import controlpanel"),
        ("failover/web/room.py", "from failover.services import room"),
    ],
)
def test_a_right_import_keeps_every_contract(
    house: Path, module: str, line: str
) -> None:
    (house / module).write_text(f"{line}\n")

    assert lint(house).returncode == 0
