"""What `up` and `demo` share: the database in shape, and the parts to run."""

import socket
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from controlpanel import parts
from controlpanel.supervisor import Part
from failover.models import Region

# A driver holds a thread for half a minute; two are left over for wake-ups.
SPARE_THREADS = 2
LEAST_THREADS = 16


def migrate(*, answers_to: TextIO) -> None:
    """Bring the database in shape, as its owner where that is another role.

    Raises what Django raises; then nothing must be started.
    """
    call_command(
        "migrate",
        database=settings.MIGRATION_DATABASE,
        interactive=False,
        stdout=answers_to,
    )


def build_parts(*, listener: socket.socket, port: int) -> list[Part]:
    """Web, worker, reconciler, and the broker unless there is one elsewhere.

    Leaves no database connection behind: the supervisor needs none.
    """
    concurrency = max(LEAST_THREADS, Region.objects.count() + SPARE_THREADS)
    connections.close_all()
    found = [
        parts.web(listener=listener, port=port),
        parts.worker(concurrency=concurrency, port=port),
        parts.reconciler(port=port),
    ]
    if not settings.REDIS_URL:
        # First, so that it listens before the worker asks for it.
        found.insert(0, parts.embedded_broker(data_dir=Path(settings.DATA_DIR)))
    return found
