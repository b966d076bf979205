"""Runs the parts of Swapboard as child processes of one process in the foreground.

One thread: it starts children, passes their lines on to stderr with their names in
front, starts the dead again, and ends all of them in order. A child cannot outlive
the supervisor, however it ends (see `leash`).
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
LEASH = str(Path(__file__).with_name("leash.py"))
TICK_S = 0.1
# A child that lived this long is started again at once when it dies.
STEADY_S = 10.0
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 5.0
# After SIGTERM a child has this long; all of it stays under ten seconds.
GRACE_S = 6.5
LAST_GRACE_S = 1.0
# A child that stands still (SIGSTOP) this long is ended: it may have been stopped in
# the middle of a write, and then nobody else can write to SQLite.
STILL_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A child to keep alive. One that `is_last` ends after all the others."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    fds: Sequence[int] = ()
    is_last: bool = False


@dataclass(slots=True, kw_only=True)
class Child:
    """A part and its present process."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    still_since: float | None = None
    pause_s: float = 0.0
    rest: bytes = b""


def spawn(part: Part, *, stdout: int | IO[bytes] | None) -> subprocess.Popen[bytes]:
    """Start a part on a leash. With PIPE its stderr goes there too, else to ours."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", LEASH, str(os.getpid()), *part.command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout == subprocess.PIPE else None,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **part.environment},
        pass_fds=tuple(part.fds),
    )


class Supervisor:
    """Keeps parts alive until it is told to end, by a signal or by `stop`."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._children = [Child(part=part) for part in parts]
        self._selector = selectors.DefaultSelector()
        self._is_stopping = False

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End soon. Safe in a signal handler."""
        self._is_stopping = True

    def run(self, *, watch: Callable[[], bool] | None = None) -> None:
        """Keep the parts alive until SIGTERM or SIGINT; then end them all.

        `watch` is called about ten times a second until it returns True; it may
        raise to end everything.
        """
        before = {s: signal.signal(s, self.stop) for s in _SIGNALS}
        try:
            while not self._is_stopping:
                self._start_due()
                self._pass_lines(TICK_S)
                self._end_still()
                self._bury_dead()
                if watch is not None and watch():
                    watch = None
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    # Starting.

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None and now >= child.start_at:
                process = spawn(child.part, stdout=subprocess.PIPE)
                child.process, child.started_at = process, now
                if process.stdout is not None:
                    os.set_blocking(process.stdout.fileno(), False)
                    self._selector.register(process.stdout, selectors.EVENT_READ, child)

    def _end_still(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None or not _stands_still(child.process):
                child.still_since = None
            elif child.still_since is None:
                child.still_since = now
            elif now >= child.still_since + STILL_S:
                say(child.part.name, f"has stood still for {STILL_S:g} s; is ended")
                _signal_group(child.process, signal.SIGKILL)
                child.still_since = None

    def _bury_dead(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None or child.process.poll() is None:
                continue
            status = child.process.returncode
            if now - child.started_at >= STEADY_S:
                child.pause_s = 0.0
            say(child.part.name, f"ended with {status}; starts again")
            child.start_at = now + child.pause_s
            child.pause_s = min(max(2 * child.pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
            self._forget_process(child)

    def _forget_process(self, child: Child) -> None:
        process, child.process = child.process, None
        if process is None:
            return
        # Whatever it has left behind: the group is its own.
        _signal_group(process, signal.SIGKILL)
        if process.stdout is not None:
            self._read(process.stdout, child)
            if process.stdout in self._selector.get_map():
                self._selector.unregister(process.stdout)
            process.stdout.close()
        if child.rest:
            say(child.part.name, child.rest.decode(errors="replace"))
            child.rest = b""

    # Lines.

    def _pass_lines(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)
        for key, _ in self._selector.select(timeout_s):
            if not self._read(key.fileobj, key.data):
                self._selector.unregister(key.fileobj)

    def _read(self, pipe: object, child: Child) -> bool:
        """Pass on what is there. False when the pipe is at its end."""
        try:
            block = os.read(pipe.fileno(), 65536)  # type: ignore[attr-defined]
        except BlockingIOError:
            return True
        except OSError:
            return False
        *lines, child.rest = (child.rest + block).split(b"\n")
        for line in lines:
            say(child.part.name, line.decode(errors="replace"))
        return bool(block)

    # Ending.

    def _end_all(self) -> None:
        rest = [c for c in self._children if not c.part.is_last]
        last = [c for c in self._children if c.part.is_last]
        self._end(rest, grace_s=GRACE_S)
        self._end(last, grace_s=LAST_GRACE_S)
        self._selector.close()

    def _end(self, children: Sequence[Child], *, grace_s: float) -> None:
        for child in children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + grace_s
        while _is_any_alive(children) and time.monotonic() < deadline:
            self._pass_lines(TICK_S)
        for child in children:
            if child.process is not None:
                _signal_group(child.process, signal.SIGKILL)
                child.process.wait()
                self._forget_process(child)


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def say(name: str, line: str) -> None:
    """One line on stderr, with the name of the part it comes from."""
    try:
        sys.stderr.write(f"{name:<10} | {line}\n")
        sys.stderr.flush()
    except OSError:
        # Nobody listens any more; that must not stop what runs.
        return


def _stands_still(process: subprocess.Popen[bytes]) -> bool:
    """Whether a stop signal holds the process now."""
    flags = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
    try:
        return os.waitid(os.P_PID, process.pid, flags) is not None
    except ChildProcessError:
        return False


def _is_any_alive(children: Sequence[Child]) -> bool:
    return any(c.process is not None and c.process.poll() is None for c in children)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        # The group is empty, or the child has not come to make it.
        if process.poll() is None:
            process.send_signal(number)
