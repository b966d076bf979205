"""The clock, chance and the terminal: the only place of the client that has them."""

import getpass
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

USUAL_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that a verb may touch besides the server."""

    out: TextIO
    err: TextIO
    stdin: TextIO
    environ: Mapping[str, str]
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    new_key: Callable[[], str]
    ask_secret: Callable[[str], str]

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads the answer."""
        return self.out.isatty()

    @property
    def is_coloured(self) -> bool:
        """Whether the reader wants colours (https://no-color.org)."""
        is_plain = self.environ.get("NO_COLOR") or self.environ.get("TERM") == "dumb"
        return self.is_terminal and not is_plain

    @property
    def width(self) -> int | None:
        """Columns of the terminal; None where the answer goes elsewhere."""
        if not self.is_terminal:
            return None
        return shutil.get_terminal_size((USUAL_WIDTH, 24)).columns

    def say(self, line: str = "") -> None:
        """One line of the answer."""
        self.out.write(f"{line}\n")

    def tell(self, line: str) -> None:
        """One line beside the answer, at once."""
        self.err.write(f"{line}\n")
        self.err.flush()


def real() -> World:
    """The process's own."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that lacks a letter shows its number instead of ending us.
            stream.reconfigure(errors="backslashreplace")
    return World(
        out=sys.stdout,
        err=sys.stderr,
        stdin=sys.stdin,
        environ=os.environ,
        now=lambda: datetime.now(tz=UTC),
        monotonic=time.monotonic,
        sleep=time.sleep,
        new_key=lambda: str(uuid.uuid4()),
        ask_secret=getpass.getpass,
    )
