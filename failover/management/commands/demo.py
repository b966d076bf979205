"""`demo [--port 8000]`: the article's failover on this machine, from nothing."""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from controlpanel import supervisor
from controlpanel.supervisor import ROOT, Part
from failover.management import demonstration, door

DEFAULT_PORT = 8000


class Command(door.Door):
    help = "Run Swapboard against a simulated EC2 that holds the article's world."

    def add_arguments(self, parser: CommandParser) -> None:
        port = int(os.environ.get("PORT") or DEFAULT_PORT)
        parser.add_argument("--port", type=int, default=port)
        parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["inside"]:
            try:
                demonstration.run(port=options["port"], stdout=self.stdout)
            except demonstration.CannotStart as error:
                self.leave(1, str(error))
            return
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder.parent / "demo.lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self.leave(1, f"A demo already runs in {folder}.")
            shutil.rmtree(folder)
            raise SystemExit(_run_inside(folder=folder, port=options["port"]))


def _folder() -> Path:
    """`demo` under the data folder; itself when its `env` file was sourced."""
    data_dir = Path(settings.DATA_DIR)
    return data_dir if data_dir.name == "demo" else data_dir / "demo"


def _run_inside(*, folder: Path, port: int) -> int:
    """Run the demo in a process of its own, whose settings are the demo's.

    Settings are read once a process, before any command runs; so the environment
    must be the demo's from the start.
    """
    part = Part(
        name="demo",
        command=[
            *(sys.executable, str(ROOT / "manage.py"), "demo", "--inside"),
            *("--port", str(port)),
        ],
    )
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(demonstration.environment(before, folder=folder, port=port))
    process = supervisor.spawn(part, stdout=None)

    def pass_on(_signal: int, _frame: object) -> None:
        process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, pass_on)
    try:
        return process.wait()
    except subprocess.SubprocessError:
        return 1
