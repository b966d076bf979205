"""`guard_audit`: triggers and grants of the audit, put in place anew."""

from typing import Any

from failover.management import door, house


class Command(door.Door):
    help = "Make the audit append-only again, and grant the application its rights."

    def handle(self, *_args: Any, **_options: Any) -> None:
        mended = house.guard_audit(is_forced=True)
        self.answer(mended=mended)
