"""What may be typed."""

import argparse
import sys
from typing import Any, NoReturn

from swapctl import exits
from swapctl.verbs import inventory, pairs, records, swapping
from swapctl.verbs.verb import DEFAULT_LIMIT, Verb

Commands = Any
# Verbs that need no server yet, or any more.
ALONE = frozenset({"login", "logout", "completion"})
SHELLS = ("bash", "zsh", "fish")
EPILOG = """\
Exit codes: 0 done or accepted, 2 refused, 3 reversed, 4 parked, 5 cancelled,
64 a wrong word or an unknown name, 69 the server does not answer.
"""


class Parser(argparse.ArgumentParser):
    """Ends with 64 on a wrong word."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(exits.USAGE, f"{self.prog}: {message}\n")


def build() -> Parser:
    """The whole parser."""
    parser = Parser(
        prog="swapctl",
        description="Swap the floating resources of EC2 failover pairs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(url=None, token=None, json=False, patience=None)
    _add_common(parser)
    commands = parser.add_subparsers(
        dest="verb", metavar="VERB", required=True, parser_class=Parser
    )
    _add_pairs(commands)
    _add_swaps(commands)
    _add_jobs(commands)
    _add_inventory(commands)
    _add_alone(commands)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    # Said before the verb or behind it: an unsaid one must not undo the other.
    unsaid: Any = argparse.SUPPRESS
    parser.add_argument("--url", default=unsaid, help="the server (SWAPCTL_URL)")
    parser.add_argument("--token", default=unsaid, help="a token (SWAPCTL_TOKEN)")
    parser.add_argument(
        "--json", action="store_true", default=unsaid, help="answer in JSON"
    )
    parser.add_argument(
        "--patience",
        type=float,
        metavar="SECONDS",
        default=unsaid,
        help="how long to ask a server that does not answer",
    )


def _add(commands: Commands, name: str, verb: Verb | None, said: str) -> Any:
    command = commands.add_parser(name, help=said, description=said)
    _add_common(command)
    command.set_defaults(run=verb)
    return command


def _add_list(commands: Commands, name: str, verb: Verb, said: str) -> Any:
    command = _add(commands, name, verb, said)
    command.add_argument("--q", metavar="WORDS", help="only rows with these words")
    command.add_argument(
        "--limit", type=_count, default=DEFAULT_LIMIT, help="at most so many rows"
    )
    command.add_argument("--all", action="store_true", help="every row")
    return command


def _add_where(command: Any) -> None:
    command.add_argument("--region", help="only of this region")
    command.add_argument("--account", help="only of this account")


def _add_pairs(commands: Commands) -> None:
    _add_where(_add_list(commands, "pairs", pairs.show_list, "list the pairs"))
    _add(commands, "pair", pairs.show, "show a pair").add_argument("pair")
    freeze = _add(commands, "freeze", pairs.freeze, "let no swap of a pair begin")
    freeze.add_argument("pair")
    freeze.add_argument("--reason", required=True)
    ends = freeze.add_mutually_exclusive_group()
    ends.add_argument("--until", metavar="WHEN", help="RFC 3339: 2026-12-24T18:00:00Z")
    ends.add_argument("--for", dest="span", metavar="SPAN", help="90m, 2h30m, 1d")
    for name, verb, said in (
        ("unfreeze", pairs.unfreeze, "lift a freeze"),
        ("adopt", pairs.adopt, "take where it is as where it should be"),
    ):
        _add(commands, name, verb, said).add_argument("pair")
    acknowledge = _add(
        commands, "acknowledge", pairs.acknowledge, "put on record that you saw it"
    )
    acknowledge.add_argument("pair")
    acknowledge.add_argument("--comment", required=True)


def _add_swaps(commands: Commands) -> None:
    plan = _add(commands, "plan", swapping.show_plan, "what a swap would do now")
    swap = _add(commands, "swap", swapping.swap, "move it to the other instance")
    for command in (plan, swap):
        command.add_argument("pair")
        command.add_argument(
            "--to", metavar="INSTANCE", help="the passive one if unsaid"
        )
    _add_why(swap)
    swap.add_argument("--dry-run", action="store_true", help="only say the plan")
    swap.add_argument(
        "--plan-hash", metavar="HASH", help="only if the plan is this one"
    )
    many = _add(commands, "swap-many", swapping.swap_many, "swap several pairs at once")
    many.add_argument("pairs", nargs="+", metavar="pair")
    _add_why(many)
    back = _add(commands, "put-back", swapping.put_back, "swap to where it should be")
    back.add_argument("pair")
    back.add_argument("--reason", default="")
    for command in (swap, back):
        _add_wait(command)


def _add_why(command: Any) -> None:
    command.add_argument("--reason", default="")
    command.add_argument(
        "--force",
        action="store_true",
        help="accept warnings, and a forced detach if it comes to that",
    )


def _add_wait(command: Any) -> None:
    command.add_argument("--wait", action="store_true", help="follow it to its end")


def _add_jobs(commands: Commands) -> None:
    jobs = _add_list(commands, "jobs", records.show_jobs, "list the jobs, newest first")
    jobs.add_argument("--pair", help="only of this pair")
    jobs.add_argument("--state", help="only in this state")
    jobs.add_argument("--active", action="store_true", help="only those at work")
    for name, verb, said in (
        ("job", swapping.show_job, "show a job"),
        ("cancel", swapping.cancel, "call a job off, or turn it round"),
    ):
        command = _add(commands, name, verb, said)
        command.add_argument("job")
        _add_wait(command)
    audit = _add_list(commands, "audit", records.show_audit, "who did what")
    audit.add_argument("--format", choices=("csv", "jsonl"), help="export all of it")
    audit.add_argument("--actor", help="only by this one")
    audit.add_argument("--action", help="only this action")


def _add_inventory(commands: Commands) -> None:
    for name, verb in (
        ("interfaces", inventory.show_interfaces),
        ("elastic-ips", inventory.show_elastic_ips),
        ("instances", inventory.show_instances),
    ):
        _add_where(_add_list(commands, name, verb, f"list the {name} as last seen"))
    _add_list(commands, "regions", inventory.show_regions, "list the regions")
    sync = _add(commands, "sync", inventory.sync, "read a region, or all, from EC2")
    sync.add_argument("region", nargs="?")
    sync.add_argument("--account", help="only of this account")


def _add_alone(commands: Commands) -> None:
    _add(commands, "login", None, "keep a server and a token for the next time")
    _add(commands, "logout", None, "forget them")
    completion = _add(commands, "completion", None, "a script for your shell")
    completion.add_argument("shell", choices=SHELLS)


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count
