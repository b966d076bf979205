"""Django's `migrate`, as the role that owns the tables, and then the audit's rights."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from failover.management import house


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=settings.MIGRATION_DATABASE)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        house.guard_audit()
