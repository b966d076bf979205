"""A process's death is proved by its lock; anything less is no proof."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from failover.incarnation import FileLives, Incarnation, SessionLives

HOLD = """
import sys, time
from pathlib import Path
from failover.incarnation import FileLives
lives = FileLives(folder=Path(sys.argv[1]))
lives.begin("anna")
print("held", flush=True)
time.sleep(600)
"""


def test_a_killed_processes_life_is_over_and_a_living_ones_is_not(
    tmp_path: Path,
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "controlpanel.settings"},
    )
    lives = FileLives(folder=tmp_path)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        was_over = lives.is_over("anna")
    finally:
        holder.kill()
        holder.communicate(timeout=20)

    assert not was_over
    assert lives.is_over("anna")


def test_a_life_without_a_lock_proves_nothing(tmp_path: Path) -> None:
    assert not FileLives(folder=tmp_path).is_over("nobody")


def test_a_process_never_takes_its_own_drives_for_dead(tmp_path: Path) -> None:
    lives = FileLives(folder=tmp_path)
    mine = Incarnation(name="anna", lives=lives)

    first, second = mine.name_drive(), mine.name_drive()

    assert first != second
    assert not mine.is_dead(first)
    assert not mine.is_dead("")
    lives.end()


def test_another_process_sees_a_drives_life_by_its_name(tmp_path: Path) -> None:
    lives = FileLives(folder=tmp_path)
    mine = Incarnation(name="anna", lives=lives)
    other = Incarnation(name="bob", lives=FileLives(folder=tmp_path))
    drive = mine.name_drive()

    assert not other.is_dead(drive)
    lives.end()
    assert other.is_dead(drive)


def test_old_locks_of_the_dead_are_swept_and_the_newest_are_kept(
    tmp_path: Path,
) -> None:
    for number in range(100):
        path = tmp_path / f"life-{number:03}.lock"
        path.touch()
        os.utime(path, (number, number))

    lives = FileLives(folder=tmp_path)
    lives.begin("anna")
    lives.end()

    left = sorted(p.name for p in tmp_path.iterdir())
    assert "life-099.lock" in left
    assert "life-000.lock" not in left
    assert len(left) == 65


def wait_until_over(lives: SessionLives) -> None:
    """The server ends a session a moment after its client has."""
    deadline = time.monotonic() + 20
    while not lives.is_over("anna"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.postgres
def test_a_session_that_ends_is_a_life_that_is_over(postgres_database: str) -> None:
    anna, bob = SessionLives(), SessionLives()
    anna.begin("anna")
    anna.begin("anna")

    assert not bob.is_over("anna")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    wait_until_over(bob)
    anna.begin("anna")
    assert not bob.is_over("anna")
    anna.end()
    wait_until_over(bob)
