"""A wake-up never waits and never fails, whatever the broker does.

Each in a process of its own, because a process has one broker for life.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import redis

ROOT = Path(__file__).parents[2]
RING = """
import json, time
import django
django.setup()
from failover import tasks

def wait_until(is_so):
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return round(time.monotonic() - began, 3)

began = time.monotonic()
for region_id in range(50):
    tasks.wake(7)
rung_s = time.monotonic() - began
broken_s = wait_until(tasks.is_broker_broken) if BREAKS else None
again = time.monotonic()
for region_id in range(50):
    tasks.wake(8)
print(json.dumps({
    "rung_s": rung_s, "broken_s": broken_s, "again_s": time.monotonic() - again,
}))
"""


def ring(redis_url: str, *, breaks: bool) -> Any:
    """Wake a region fifty times, twice, in a new process; what it measured."""
    ended = subprocess.run(
        [sys.executable, "-c", f"BREAKS = {breaks}\n{RING}"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "controlpanel.settings",
            "REDIS_URL": redis_url,
        },
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    return json.loads(ended.stdout.splitlines()[-1])


def test_wake_ups_reach_the_queue_without_being_doubled(valkey_url: str) -> None:
    measured = ring(valkey_url, breaks=False)

    with redis.Redis.from_url(valkey_url) as client:
        messages = client.lrange("celery", 0, -1)
    assert 2 <= len(messages) < 20
    assert all(b"failover.drive" in m for m in messages)
    assert measured["rung_s"] < 1


def test_a_refused_broker_is_left_alone_for_a_while(tmp_path: Path) -> None:
    measured = ring(f"redis+socket://{tmp_path}/nobody.sock", breaks=True)

    assert measured["rung_s"] < 1
    assert measured["broken_s"] < 5
    assert measured["again_s"] < 0.5


def test_a_silent_broker_holds_nobody_up_and_is_soon_known() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"

        measured = ring(url, breaks=True)

    assert measured["rung_s"] < 1
    assert measured["broken_s"] < 5
    assert measured["again_s"] < 0.5
