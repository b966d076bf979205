"""`create_token USER [--name N] [--role R] [--days 90]` prints the token alone."""

from typing import Any

from django.core.management.base import CommandParser

from failover.management import door
from failover.models import Role
from failover.services import refusals
from failover.services.people import tokens


class Command(door.Door):
    verb, about = "token.create", ("user", "user")
    help = "Make an API token for a user; it is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", choices=Role.values)
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            token = tokens.make(
                user_name=options["user"],
                name=options["name"],
                role=options["role"],
                days=options["days"],
                actor=door.operator(),
            )
        except refusals.Refusal as refusal:
            self.leave(door.USAGE, str(refusal))
        self.stdout.write(token)
