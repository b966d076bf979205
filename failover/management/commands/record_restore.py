"""`record_restore --reason R [--from SEQ]`: after a restore, before the start."""

from typing import Any

from django.core.management.base import CommandParser

from failover.management import door
from failover.services import attesting, refusals


class Command(door.Door):
    help = "Put on record that the database was restored from a backup."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True)
        parser.add_argument(
            "--from",
            dest="from_seq",
            type=int,
            metavar="SEQ",
            help="the last audit row of the backup; without it the last one there is",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            restored = attesting.record_restore(
                actor=door.operator().name,
                reason=options["reason"],
                from_seq=options["from_seq"],
            )
        except refusals.Invalid as refusal:
            self.leave(door.USAGE, refusal.detail)
        self.answer(restored_from_seq=restored)
