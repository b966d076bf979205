"""Run a Python script so that a signal sent to `make` alone reaches it.

Usage: interruptible.py SCRIPT [ARGUMENT…], as a recipe's command.

GNU make passes SIGTERM on to its recipe, but a SIGINT or SIGHUP that only make receives
it keeps: it gives up its handler and waits for the recipe, which never heard of it. And
a make that was killed leaves its recipe behind. So a thread of the script's own
process watches make, and turns all of these into a SIGTERM for the script.
"""

import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

POLL_S = 0.2


def caught_by(pid: int) -> int:
    """Tell which of SIGINT and SIGHUP process `pid` catches, as a bit mask.

    Zero where the system has no /proc: only Linux can tell.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    interrupts = 1 << (signal.SIGINT - 1) | 1 << (signal.SIGHUP - 1)
    return int(caught.split()[1], 16) & interrupts


def follow(parent: int, caught: int) -> None:
    """Send this process SIGTERM once `parent` is gone or gave up a handler."""
    while os.getppid() == parent and caught_by(parent) == caught:
        time.sleep(POLL_S)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    parent = os.getppid()
    watch = (parent, caught_by(parent))
    threading.Thread(target=follow, args=watch, daemon=True).start()
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
