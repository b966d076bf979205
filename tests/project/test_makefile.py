"""The words of the Makefile, and what happens to the demo when make is ended."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.files import ROOT

WORDS = {"setup", "demo", "test", "check", "fix", "sim", "bench"}
SCRIPT = """
import os, signal, sys, time

def end(number, frame):
    print("ended", flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
print(os.getpid(), *sys.argv[1:], flush=True)
while True:
    time.sleep(0.05)
"""


def test_make_knows_the_words_of_the_contract_and_help() -> None:
    text = (ROOT / "Makefile").read_text()

    assert set(re.findall(r"^([a-z]+):.*## ", text, re.M)) == WORDS | {"help"}


def test_help_says_what_each_word_does() -> None:
    done = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    told = {line.split()[1] for line in done.stdout.splitlines()}
    assert told == WORDS | {"help"}


def test_sim_hands_its_minutes_and_seed_on() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "sim", "MINUTES=3", "SEED=17"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "-m tests.simulation --minutes 3 --seed 17" in done.stdout


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Lay out a project with this Makefile and a demo that only waits."""
    (tmp_path / "make").mkdir()
    shutil.copy(ROOT / "make" / "interruptible.py", tmp_path / "make")
    (tmp_path / "make" / "environment.sh").write_text("exit 0\n")
    (tmp_path / "manage.py").write_text(SCRIPT)
    text = (ROOT / "Makefile").read_text()
    python = f"RUN := {sys.executable}"
    (tmp_path / "Makefile").write_text(text.replace("RUN := .venv/bin/python", python))
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_make_alone_ends_the_demo(
    house: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        # Whoever runs the tests in the background has them ignore SIGINT.
        ["env", "--default-signal=INT", "make", "demo", "PORT=8123"],
        cwd=house,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout is not None
        try:
            first = make.stdout.readline()
            make.send_signal(number)
            # The pipe ends when the last process that writes to it is gone.
            rest = make.stdout.read()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(make.pid, signal.SIGKILL)

    assert first.split()[1:] == ["demo", "--port", "8123"]
    assert rest == "ended\n"
    assert make.returncode != 0
