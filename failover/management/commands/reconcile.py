"""`reconcile [--vantage NAME]`: one reconciler; any number may run."""

import signal
import threading
from typing import Any

from django.core.management.base import CommandParser

from failover import reconciler
from failover.management import door


class Command(door.Door):
    help = "Find work that nobody does, and see that it is done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--vantage", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        reconciler.run(vantage=options["vantage"], stop=stop)
