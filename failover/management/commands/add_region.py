"""`add_region REGION [--account default] [--role-arn ARN] [--external-id ID]`."""

from typing import Any

from django.core.management.base import CommandParser

from failover.management import door
from failover.services import refusals, regions


class Command(door.Door):
    verb, about = "region.add", ("region", "region")
    help = "Put a region of an AWS account under management. Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("region")
        parser.add_argument("--account", default="default")
        parser.add_argument("--role-arn", default="")
        parser.add_argument("--external-id", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            region = regions.add(
                region=options["region"],
                account=options["account"],
                role_arn=options["role_arn"],
                external_id=options["external_id"],
                actor=door.operator(),
            )
        except refusals.Refusal as refusal:
            self.leave(door.USAGE, str(refusal))
        self.answer(**regions.as_fields(region))
