"""python -m ec2sim, as a process."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from ec2sim import server
from ec2sim.config import Config


def test_the_command_prints_one_line_serves_and_ends_on_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    options = ["--seed-pairs", "3", "--latency-s", "0", "--log", str(log)]
    with subprocess.Popen(
        [sys.executable, "-m", "ec2sim", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        url = f"{said['url']}/_sim/state"
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - loopback
            dumped = json.loads(reply.read())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stdout.read() == ""

    assert set(said) == {"port", "url"}
    assert len(dumped["interfaces"]) == 9
    assert dumped["violations"] == []
    names = {each["name"] for each in dumped["instances"].values()}
    assert "pair-0001-primary" in names
    assert log.exists()


def test_a_usage_error_exits_64() -> None:
    for wrong in (["--detach-s", "-1"], ["--throttle", "much"], ["--colour"]):
        done = subprocess.run(
            [sys.executable, "-m", "ec2sim", *wrong],
            capture_output=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 64
        assert done.stderr


def test_reset_leaves_an_empty_world_and_a_seed_fills_it_again() -> None:
    with server.start(config=Config(latency_s=0), sown={"article": True}) as running:
        running.world.reset()
        assert running.world.regions() == []

        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{running.url}/_sim/seed", data=b'{"article": true}'
        )
        with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
            assert json.loads(reply.read())["interfaces"] == 5
