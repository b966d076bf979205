"""The embedded broker: where its socket lies, and that it answers there only."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from controlpanel import broker

START_S = 20.0


def test_the_socket_lies_in_the_data_folder_when_its_path_is_short() -> None:
    path = broker.socket_path(data_dir=Path("/srv/swapboard"))

    assert path == Path("/srv/swapboard/run/broker.sock")


def test_a_deep_data_folder_gets_a_short_path_of_its_own(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["folder-with-a-long-name"] * 6)
    other = tmp_path.joinpath(*["folder-with-a-long-name"] * 7)

    path = broker.socket_path(data_dir=deep)

    assert len(os.fsencode(path)) < broker.SOCKET_PATH_BYTES
    assert path == broker.socket_path(data_dir=deep)
    assert path != broker.socket_path(data_dir=other)


def test_the_sockets_folder_is_ours_alone(tmp_path: Path) -> None:
    path = broker.prepare(data_dir=tmp_path)

    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    data_dir = tmp_path.joinpath(*["folder-with-a-long-name"] * 6)
    folder = broker.socket_path(data_dir=data_dir).parent
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.symlink_to(elsewhere)
    try:
        with pytest.raises(broker.UnsafeFolder):
            broker.prepare(data_dir=data_dir)
    finally:
        folder.unlink()


@pytest.mark.parametrize(
    ("given", "celery"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
        ("redis+socket:///run/v.sock", "redis+socket:///run/v.sock"),
        ("", "redis+socket:///srv/swapboard/run/broker.sock"),
        (None, "redis+socket:///srv/swapboard/run/broker.sock"),
    ],
)
def test_celery_is_told_the_same_broker_in_its_own_words(
    given: str | None, celery: str
) -> None:
    assert broker.celery_url(redis_url=given, data_dir=Path("/srv/swapboard")) == celery


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Path]:
    """A broker of this test's own; its data folder."""
    path = broker.prepare(data_dir=tmp_path)
    # What a broker that was killed leaves behind must not be in the way.
    path.touch()
    server = subprocess.Popen(broker.command(data_dir=tmp_path))
    try:
        yield tmp_path
    finally:
        server.kill()
        server.wait(timeout=10)


def test_it_answers_on_its_socket_and_writes_no_file(running: Path) -> None:
    client = redis.Redis.from_url(broker.url(data_dir=running))
    deadline = time.monotonic() + START_S
    while True:
        try:
            assert client.ping()
            break
        except redis.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    client.lpush("celery", "hint")
    left = {p.name for p in broker.socket_path(data_dir=running).parent.iterdir()}
    client.close()
    assert left == {"broker.sock"}
