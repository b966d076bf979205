"""The demo as an operator meets it: the lines it prints, and that it ends whole."""

import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from controlpanel.supervisor import ROOT
from tests.conftest import free_port
from tests.controlpanel.test_supervisor import is_alive

LINES = ["url", "user", "password", "token", "ec2", "pair"]


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    with (folder / "stderr").open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port)],
            env={**os.environ, "DATA_DIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A running demo and what it printed."""
    process = start(tmp_path, free_port())
    assert process.stdout is not None
    try:
        printed = [process.stdout.readline().strip() for _ in LINES]
        yield process, dict(line.split(": ", 1) for line in printed)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    level = {pid}
    while level:
        text = subprocess.run(
            ["ps", "-eo", "pid=,ppid="], stdout=subprocess.PIPE, check=True, text=True
        ).stdout
        rows = [tuple(map(int, line.split())) for line in text.splitlines()]
        level = {child for child, parent in rows if parent in level} - found
        found |= level
    return found


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_the_demo_prints_its_lines_works_and_leaves_nothing_behind(
    demo: tuple[subprocess.Popen[str], dict[str, str]], tmp_path: Path
) -> None:
    process, printed = demo
    assert list(printed) == LINES
    env = tmp_path / "demo" / "env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    said = dict(
        shlex.split(line)[1].split("=", 1) for line in env.read_text().splitlines()
    )
    assert said["SWAPCTL_URL"] == printed["url"]
    assert said["SWAPCTL_TOKEN"] == printed["token"]
    assert said["AWS_ENDPOINT_URL_EC2"] == printed["ec2"]
    with httpx.Client(base_url=printed["url"], timeout=20) as client:
        client.headers["Authorization"] = f"Bearer {printed['token']}"
        assert client.get("/readyz").status_code == 200
        pair = client.get("/api/v1/pairs/article").raise_for_status().json()
    assert pair["active_instance_id"] == "i-09a505d623e75d4d2"
    family = descendants(process.pid)
    assert len(family) >= 6

    process.send_signal(signal.SIGTERM)
    process.wait(timeout=12)

    deadline = time.monotonic() + 5
    while any(is_alive(pid) for pid in family):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(tmp_path, taken.getsockname()[1])
        stdout, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert stdout == ""
    (line,) = (tmp_path / "stderr").read_text().splitlines()
    assert "Address already in use" in line
