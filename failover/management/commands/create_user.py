"""`create_user NAME --role ROLE [--password-stdin]`."""

import sys
from typing import Any

from django.core.management.base import CommandParser

from failover.management import door
from failover.models import Role
from failover.services import refusals
from failover.services.people import users


class Command(door.Door):
    verb, about = "user.set", ("user", "name")
    help = "Create a user or set its role and password. Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        password = None
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
        try:
            made = users.create_user(
                name=options["name"],
                role=options["role"],
                password=password,
                actor=door.operator(),
            )
        except refusals.Refusal as refusal:
            self.leave(door.USAGE, str(refusal))
        if password is None:
            self.stdout.write(made)
