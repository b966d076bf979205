"""Things done in the same moment, each with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def run(*calls: Callable[[], T]) -> list[T]:
    """What each of them answers; what one of them raises is raised here."""
    together = Barrier(len(calls))

    def one(call: Callable[[], T]) -> T:
        try:
            together.wait(timeout=30)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))
