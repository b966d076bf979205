"""What a house is told before anybody enters, in one process instead of many."""

import json
import subprocess
import sys
from pathlib import Path

from tests import databases

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


def furnish(data_dir: Path) -> None:
    """Lay a copy of the migrated database where the house will look for its own.

    `up` still migrates, and finds it done. That it can begin with nothing is shown by
    the demo's tests, and by the article on PostgreSQL.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = data_dir / databases.SQLITE
    if not target.exists():
        databases.copy_sqlite(databases.sqlite_template(), target)
