"""python -m ec2sim, as a process."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from ec2sim import server
from ec2sim.__main__ import options
from ec2sim.config import BadControl, Config

COMMAND = (sys.executable, "-m", "ec2sim")


@contextmanager
def process(*given: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A running command and the one line that it printed."""
    with subprocess.Popen(
        [*COMMAND, *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        try:
            yield running, json.loads(running.stdout.readline())
        finally:
            running.kill()


def get(url: str) -> Any:
    """The JSON at a URL."""
    with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - loopback
        return json.loads(reply.read())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_one_line_serves_and_ends_on_a_signal(
    tmp_path: Path, number: signal.Signals
) -> None:
    log = tmp_path / "calls.jsonl"
    given = ["--seed-pairs", "3", "--latency-s", "0", "--log", str(log)]
    with process(*given) as (running, said):
        dumped = get(f"{said['url']}/_sim/state")
        running.send_signal(number)
        assert running.wait(10) == 0
        assert running.stdout is not None
        assert running.stdout.read() == ""

    assert set(said) == {"port", "url"}
    assert len(dumped["interfaces"]) == 9
    assert dumped["violations"] == []
    names = {each["name"] for each in dumped["instances"].values()}
    assert "pair-0001-primary" in names
    assert log.exists()


def test_every_setting_is_an_option_with_the_same_default() -> None:
    given = options().parse_args([])

    assert {each.name: getattr(given, each.name) for each in fields(Config)} == {
        each.name: each.default for each in fields(Config)
    }


def test_options_are_the_settings_that_the_control_shows() -> None:
    given = ["--distribution", "lognormal", "--throttle", "shared", "--visible-s", "2"]
    with process(*given, "--event-url", "http://127.0.0.1:9/x") as (_, said):
        shown = get(f"{said['url']}/_sim/config")

    assert (shown["distribution"], shown["throttle"]) == ("lognormal", "shared")
    assert (shown["visible_s"], shown["event_url"]) == (2, "http://127.0.0.1:9/x")


def test_help_says_what_each_option_means() -> None:
    done = subprocess.run(
        [*COMMAND, "--help"], capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == 0
    for each in fields(Config):
        assert f"--{each.name.replace('_', '-')}" in done.stdout
    assert "lognormal: half of the attaches are faster (2.0)" in " ".join(
        done.stdout.split()
    )


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (["--detach-s", "-1"], "--detach-s"),
        (["--detach-s", "soon"], "--detach-s"),
        (["--detach-s", "nan"], "--detach-s"),
        (["--jitter", "2"], "--jitter"),
        (["--throttle", "much"], "--throttle"),
        (["--distribution", "normal"], "--distribution"),
        (["--attach-p99-s", "1"], "--attach-p99-s"),
        (["--dead-guest", "7"], "--dead-guest"),
        (["--event-url", "http://example.org/"], "--event-url"),
        (["--port", "70000"], "--port"),
        (["--port", "-1"], "--port"),
        (["--seed", "x"], "--seed"),
        (["--seed-pairs", "-3"], "pairs"),
        (["--seed-article", "--seed-empty-vpc"], "--seed-empty-vpc"),
        (["--log", "/dev/null/x"], "/dev/null"),
        (["--colour"], "--colour"),
        (["--detach", "3"], "--detach"),
        (["article"], "article"),
    ],
)
def test_a_usage_error_exits_64_and_says_which(wrong: list[str], named: str) -> None:
    done = subprocess.run(
        [*COMMAND, *wrong], capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == 64
    assert done.stdout == ""
    assert named in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "--port", port],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_seed_leaves_nothing_running() -> None:
    with pytest.raises(BadControl):
        server.start(config=Config(latency_s=0), sown={"pairs": -1})
