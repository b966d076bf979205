"""How far this process's memory grew: the kernel's own high-water mark."""

from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset_peak() -> float:
    """Let the high-water mark begin anew; the memory held now, in MB."""
    CLEAR.write_text("5")
    return _status_mb("VmRSS")


def peak_mb() -> float:
    """The most that was held since then."""
    return _status_mb("VmHWM")


def _status_mb(name: str) -> float:
    for line in STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(name)
