"""`swap PAIR [--to INSTANCE] [--reason R] [--force] [--dry-run] [--wait]`.

And `--break-glass REASON`, which asks no second person where the pair wants one.
"""

from typing import Any

from django.core.management.base import CommandParser

from failover import wiring
from failover.management import door
from failover.models import Pair
from failover.services import queries, refusals, swaps, waiting

REFUSED = 2
EXIT_OF = {"succeeded": 0, "reversed": 3, "parked": 4, "cancelled": 5}


class Command(door.Door):
    verb, about = "swap.request", ("pair", "pair")
    help = "Move a pair's floating resource to the other instance."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pair")
        parser.add_argument("--to")
        parser.add_argument("--reason", default="")
        parser.add_argument(
            "--break-glass",
            metavar="REASON",
            help="swap without the approval that the pair asks for; everybody is told",
        )
        parser.add_argument("--force", action="store_true")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--wait", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["reason"] and options["break_glass"] is not None:
            self.leave(
                door.USAGE, "--break-glass takes the reason: leave out --reason."
            )
        pair = Pair.objects.filter(name=options["pair"]).first()
        if pair is None:
            self.leave(door.USAGE, f"There is no pair {options['pair']}.")
        try:
            if options["dry_run"]:
                self._show_plan(pair, options)
                return
            self._swap(pair, options)
        except refusals.Refusal as refusal:
            self.stdout.write(refusal.to_json())
            self.leave(REFUSED, str(refusal))

    def _show_plan(self, pair: Pair, options: dict[str, Any]) -> None:
        plan = swaps.get_plan(pair=pair, to=options["to"])
        self.answer(**plan.as_fields())
        if not plan.is_acceptable(force=options["force"]):
            raise SystemExit(REFUSED)

    def _swap(self, pair: Pair, options: dict[str, Any]) -> None:
        # What is asked for is settled once, so that a repeat cannot swap back.
        plan = swaps.get_plan(pair=pair, to=options["to"])
        job = swaps.request_swap(
            pair=pair,
            to=plan.to,
            # "" says "nobody", where None would say "whoever it is by then".
            expected_active=plan.active_instance_id or "",
            job_id=wiring.new_uuid(),
            reason=options["break_glass"] or options["reason"],
            force=options["force"],
            break_glass=options["break_glass"] is not None,
            actor=door.operator(),
        )
        if not options["wait"]:
            self.answer(**queries.job_fields(job.id))
            return
        fields = waiting.wait_for_end(job.id, states=tuple(EXIT_OF))
        self.answer(**fields)
        raise SystemExit(EXIT_OF[fields["state"]])
