"""`sync [REGION]`: one full inventory read in this process."""

import dataclasses
from typing import Any

from django.core.management.base import CommandParser

from failover.management import door
from failover.models import Region
from failover.services import inventory, refusals


class Command(door.Door):
    help = "Read the inventory of one region, or of all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("region", nargs="?")

    def handle(self, *_args: Any, **options: Any) -> None:
        regions = Region.objects.select_related("account").order_by("id")
        if options["region"]:
            regions = regions.filter(name=options["region"])
            if not regions:
                self.leave(door.USAGE, f"No region {options['region']} is managed.")
        failed = False
        for region in regions:
            try:
                report = inventory.sync(region)
            except refusals.Refusal as refusal:
                self.stderr.write(f"{region.name}: {refusal}")
                failed = True
            else:
                self.answer(**dataclasses.asdict(report))
        if failed:
            raise SystemExit(2)
