"""The name of this process's life, and the proof that another one's is over.

Each process that drives holds a lock that the operating system (SQLite: `flock` on a
file) or the database (PostgreSQL: a session advisory lock on a connection of its
own) drops the moment the process ends, however it ends. A lock that can be taken
proves that its owner is gone, so its leases need not be waited for. Leases are for
efficiency: a wrong answer here costs a detour, never two winners.
"""

import fcntl
import hashlib
import threading
from pathlib import Path
from typing import IO

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

# Separates the life's name from the number of one drive within it.
DRIVE = "#"


def life_of(owner: str) -> str:
    """The life that the owner of a lease belonged to."""
    return owner.partition(DRIVE)[0]


class FileLives:
    """Lives of one host, as locked files in one folder."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        self._held: IO[bytes] | None = None

    def begin(self, life: str) -> None:
        """Hold the lock of `life` until this process ends."""
        if self._held is not None:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        self._held = self._path(life).open("wb")
        fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def end(self) -> None:
        """Let go of the lock before the process ends."""
        held, self._held = self._held, None
        if held is not None:
            held.close()

    def is_over(self, life: str) -> bool:
        """Whether that life is provably over. No file proves nothing."""
        try:
            with self._path(life).open("rb") as file:
                # Shared, so that two who ask at once do not take each other for it.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _path(self, life: str) -> Path:
        return self._folder / f"{life.replace('/', '_')}.lock"

    def _sweep(self) -> None:
        """Delete the oldest locks of the dead; the newest are still asked for."""
        files = sorted(self._folder.glob("*.lock"), key=lambda p: p.stat().st_mtime)
        for path in files[:-64]:
            if self.is_over(path.stem):
                path.unlink(missing_ok=True)


class SessionLives:
    """Lives that any host can ask for, as advisory locks of PostgreSQL sessions."""

    def __init__(self) -> None:
        self._session: BaseDatabaseWrapper | None = None

    def begin(self, life: str) -> None:
        """Hold the lock of `life`; again if the database has dropped its session."""
        if self._session is not None and self._session.is_usable():
            return
        self.end()
        session = connection.copy()
        session.inc_thread_sharing()
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(life)])
        self._session = session

    def end(self) -> None:
        """Let go of the lock before the process ends."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def is_over(self, life: str) -> bool:
        """Whether no session holds the lock of that life."""
        with connection.cursor() as cursor:
            # Shared and until the end of the transaction: who asks leaves no trace.
            cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_key(life)])
            row = cursor.fetchone()
        return bool(row and row[0])


class Incarnation:
    """This process's life. Begins with its first drive; a fork is another life."""

    def __init__(self, *, name: str, lives: FileLives | SessionLives) -> None:
        self.name = name
        self._lives = lives
        self._drives = 0
        self._lock = threading.Lock()

    def name_drive(self) -> str:
        """A new owner's name for one drive, provably dead once the process is."""
        with self._lock:
            self._lives.begin(self.name)
            self._drives += 1
            return f"{self.name}{DRIVE}{self._drives}"

    def end(self) -> None:
        """Let go of the lock before the process ends."""
        self._lives.end()

    def is_dead(self, owner: str) -> bool:
        """Whether the owner of a lease is provably gone."""
        life = life_of(owner)
        if not life or life == self.name:
            return False
        try:
            return self._lives.is_over(life)
        except DatabaseError:
            return False


def _key(life: str) -> int:
    """The life as PostgreSQL names advisory locks: a signed 64-bit number."""
    digest = hashlib.sha256(f"swapboard:{life}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
