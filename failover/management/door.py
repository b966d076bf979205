"""What every command shares: exit codes, JSON on the last line, who is asking."""

import getpass
import json
import sys
from typing import Any, Literal, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from failover.services import access

USAGE = 64


class Parser(CommandParser):
    """Exits 64 on a usage error, as contract.md says."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


class Door(BaseCommand):
    """A command that answers on stdout and refuses on stderr."""

    # `up` runs Django's checks for all that it starts; an operator at night does not
    # wait for them again.
    requires_system_checks: tuple[str, ...] | Literal["__all__"] = ()

    def create_parser(
        self, prog_name: str, subcommand: str, **kwargs: Any
    ) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = Parser
        return parser

    def answer(self, **fields: Any) -> None:
        """One JSON line."""
        self.stdout.write(json.dumps(fields, default=str))

    def leave(self, code: int, sentence: str) -> NoReturn:
        """Say why on stderr and exit."""
        self.stderr.write(sentence)
        raise SystemExit(code)


def operator() -> access.Actor:
    """Whoever has a shell on this machine may do everything, under that name."""
    return access.Actor(name=f"cli:{getpass.getuser()}", role="admin", trigger="cli")
