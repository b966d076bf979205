"""`up [--host 127.0.0.1] [--port 8000]`: everything under one supervisor."""

import os
import sys
from typing import Any

from django.core.management.base import CommandParser

from controlpanel import parts
from controlpanel.supervisor import Supervisor
from failover.management import door, house

DEFAULT_PORT = 8000


class Command(door.Door):
    requires_system_checks = "__all__"
    help = "Run web, worker, reconciler and broker until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        port = int(os.environ.get("PORT") or DEFAULT_PORT)
        parser.add_argument("--port", type=int, default=port)

    def handle(self, *_args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            listener = parts.listen(host=host, port=port)
        except parts.PortTaken as taken:
            self.leave(1, f"Cannot listen on {taken}. Choose another with --port.")
        house.migrate(answers_to=sys.stderr)
        Supervisor(house.build_parts(listener=listener, port=port)).run()
