"""What a house is told before anybody enters, in one process instead of many."""

import atexit
import functools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import databases

DATABASE = "swapboard.sqlite3"
SCRIPT = """
import json, sys
import django
from django.core.management import call_command

django.setup()
for words in json.loads(sys.argv[1]):
    call_command(*words)
"""


def run(
    *commands: list[str], root: Path, environment: dict[str, str], typed: str = ""
) -> str:
    """Run commands of manage.py one after the other; what they printed.

    Most of what a command costs is the start of its process.
    """
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(commands)],
        cwd=root,
        env={**environment, "DJANGO_SETTINGS_MODULE": "controlpanel.settings"},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@functools.cache
def _migrated(root: Path) -> Path:
    """The database as the migrations of that release leave it, made once."""
    folder = Path(tempfile.mkdtemp(prefix="sb-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {"HOME": str(folder), "DATA_DIR": str(folder)}
    run(["migrate", "--verbosity", "0"], root=root, environment=environment)
    return folder / DATABASE


def furnish(data_dir: Path, *, root: Path) -> None:
    """Lay a copy of the migrated database where the house will look for its own.

    `up` still migrates, and finds it done. That it can begin with nothing is shown by
    the demo's tests, and by every house on PostgreSQL.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = data_dir / DATABASE
    if not target.exists():
        databases.copy_sqlite(_migrated(root), target)
