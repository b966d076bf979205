"""Settings that can be read, and about which an operator should hear something."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

MOUNTS = Path("/proc/self/mounts")
# SQLite's write-ahead log needs memory that all processes share, and locks that hold.
NETWORK_FILESYSTEMS = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "gfs2"),
        *("glusterfs", "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "fuse.ceph"),
    }
)


def check_settle_covers_a_late_call(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A call that left at the last moment may land later; refused but for tests."""
    least_s: float = settings.SETTLE_LEAST_S
    if least_s <= settings.SETTLE_S:
        return []
    return [
        checks.Warning(
            f"SETTLE_S is {settings.SETTLE_S:g}, and a call of ours may land"
            f" {least_s:g} s after its intent.",
            hint=f"Set SETTLE_S to {least_s:g} or more, but for tests.",
            id="controlpanel.W001",
        )
    ]


def check_https_has_its_end(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Our web server speaks no TLS: behind https there is a proxy to be trusted."""
    if not settings.IS_HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Info(
            "PUBLIC_URL is https, and TRUSTED_PROXIES is 0: every request that the"
            " proxy passes on without TLS is redirected to https again.",
            hint="Set TRUSTED_PROXIES to the number of proxies in front of us.",
            id="controlpanel.I001",
        )
    ]


def check_sqlite_is_on_this_host(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """SQLite on a network filesystem loses locks, and with them jobs."""
    if not settings.IS_SQLITE or not MOUNTS.exists():
        return []
    path = Path(settings.DATABASES["default"]["NAME"])
    kind = find_filesystem(path, mounts=MOUNTS.read_text())
    if kind not in NETWORK_FILESYSTEMS:
        return []
    return [
        checks.Error(
            f"The SQLite database is on a network filesystem ({kind}).",
            hint="Put DATA_DIR on a local disk, or set DATABASE_URL to PostgreSQL.",
            id="controlpanel.E001",
        )
    ]


def find_filesystem(path: Path, *, mounts: str) -> str:
    """The kind of the filesystem that holds `path`, as the kernel's table says."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        # The table writes a space in a name as \040.
        point = Path(fields[1].replace("\\040", " "))
        depth = len(point.parts)
        # Of two mounts at one place the later covers the earlier.
        if path.resolve().is_relative_to(point) and depth >= best:
            best, kind = depth, fields[2]
    return kind
