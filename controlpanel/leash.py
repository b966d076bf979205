"""Run a command that dies with its parent, whatever kills the parent.

Usage: leash.py PARENT_PID COMMAND [ARGUMENT…]. A file of its own, run as a script,
because a process with threads must do nothing between fork and exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie(parent: int) -> None:
    """Have the kernel kill this process when its parent ends (Linux only).

    Must run in the process to be tied, and the parent's thread that started it must
    live as long as the parent: the kernel watches that thread.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have ended before the line above took hold.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    # A session of its own: Ctrl-C reaches the supervisor alone, which ends the
    # children in order, and whatever a child leaves behind dies with its group.
    os.setsid()
    tie(parent)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
