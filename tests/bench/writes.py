"""What a piece of work asks of the database: statements, rows, seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


@dataclass(slots=True)
class Tally:
    """Counted by `counted`. Statements that begin with WITH write too, here."""

    write_statements: int = 0
    rows_written: int = 0
    write_s: float = 0.0
    read_statements: int = 0
    read_s: float = 0.0
    statements: list[str] = field(default_factory=list)

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 - Django calls it so.
        context: dict[str, Any],
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - began
            if sql.lstrip().upper().startswith(WRITES):
                self.write_statements += 1
                self.rows_written += max(0, context["cursor"].rowcount)
                self.write_s += took
                self.statements.append(sql[:120])
            else:
                self.read_statements += 1
                self.read_s += took


@contextmanager
def counted() -> Iterator[Tally]:
    """Count what this thread's default connection does."""
    tally = Tally()
    with connection.execute_wrapper(tally):
        yield tally
