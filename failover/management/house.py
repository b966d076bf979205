"""What `up` and `demo` share: the database in shape, and the parts to run."""

import socket
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction

from controlpanel import parts
from controlpanel.supervisor import Part
from failover.audit import guards, roles
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


def guard_audit(*, is_forced: bool = False) -> list[str]:
    """Grant the application's role its rights; with force mend the triggers, too.

    Only where another role owns the tables is there anything to grant. Gives what was
    missing. Triggers that were dropped are not mended in passing: somebody has to hear
    of them.
    """
    owner = connections[settings.MIGRATION_DATABASE]
    if guards.TABLE not in owner.introspection.table_names():
        return []
    missing = guards.list_missing(owner)
    with transaction.atomic(using=owner.alias):
        if missing and is_forced:
            guards.install(owner)
        if owner.alias != "default":
            role = str(connections["default"].settings_dict["USER"])
            roles.grant(owner, role=role)
    return missing


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
