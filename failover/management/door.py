"""What every command shares: exit codes, JSON on the last line, who is asking."""

import getpass
import json
import sys
from typing import Any, Literal, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from failover.audit import asking
from failover.audit.asking import Asking
from failover.services import access, recording

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
    # What the audit calls it when it is refused, and the kind and argument it is
    # about; empty for a command that changes nothing.
    verb = ""
    about = ("", "")

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run it; a refusal of what would change something is recorded, too."""
        with asking.answering(Asking(actor=operator().name)) as asked:
            try:
                return super().execute(*args, **options)
            except SystemExit:
                is_told = asked.rows or not asked.code or options.get("dry_run")
                if self.verb and not is_told:
                    kind, argument = self.about
                    subject = f"{kind}/{options[argument]}"
                    recording.tell_refused(asked, action=self.verb, subject=subject)
                raise

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
