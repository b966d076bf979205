"""`verify_audit [--anchors FILE]`: 0 chain whole; 1 and the first bad number."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from failover.management import door
from failover.services import attesting, audit_words

BROKEN = 1


class Command(door.Door):
    help = "Read the whole audit and say whether anybody has tampered with it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors",
            metavar="FILE",
            help="anchors kept elsewhere; without it those under DATA_DIR count",
        )
        parser.add_argument(
            "--partial",
            action="store_true",
            help="the file is an older copy: anchors made since may be missing in it",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(options["anchors"]) if options["anchors"] else None
        if path is not None and not path.is_file():
            self.leave(door.USAGE, f"There is no file {path}.")
        verdict = attesting.check(
            by=door.operator().name, path=path, is_partial=options["partial"]
        )
        for finding in verdict.findings:
            self.stderr.write(f"{finding.seq}: {audit_words.tell(finding)}")
        for restore in verdict.restores:
            self.stderr.write(audit_words.tell_restore(restore))
        missing = attesting.list_missing_guards()
        if missing:
            self.stderr.write(audit_words.tell_guards(missing))
        bad = verdict.first_bad
        self.answer(
            whole=verdict.is_whole,
            rows=verdict.rows,
            anchors=verdict.anchors,
            last_seq=verdict.last_seq,
            last_hash=verdict.last_hash,
            first_bad_seq=bad.seq if bad else None,
            tampering=bad.tampering.value if bad else None,
            missing_guards=missing,
        )
        if bad is not None:
            raise SystemExit(BROKEN)
