"""What was done: jobs and the audit log."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from swapctl import exits, terminal
from swapctl.terminal import Column
from swapctl.verbs.verb import Given

JOBS = (
    Column(title="ID", whole=True),
    Column(title="PAIR"),
    Column(title="KIND"),
    Column(title="STATE"),
    Column(title="OUTAGE"),
    Column(title="REQUESTED", whole=True),
    Column(title="BY"),
    Column(title="REASON"),
)
AUDIT = (
    Column(title="SEQ", whole=True),
    Column(title="AT", whole=True),
    Column(title="ACTOR"),
    Column(title="ACTION"),
    Column(title="OBJECT"),
    Column(title="OUTCOME"),
    Column(title="REASON"),
)


def show_jobs(given: Given) -> int:
    """`jobs`."""
    typed = given.typed
    active = "true" if typed.active else None
    listed = given.list("jobs", pair=typed.pair, state=typed.state, active=active)
    given.show(listed, JOBS, _job)
    return exits.OK


def show_audit(given: Given) -> int:
    """`audit [--format csv|jsonl]`."""
    typed, world = given.typed, given.world
    asked = {"actor": typed.actor, "action": typed.action, "q": typed.q}
    if typed.format is None:
        del asked["q"]
        given.show(given.list("audit", **asked), AUDIT, _entry)
        return exits.OK
    for piece in given.client.stream("audit", format=typed.format, **asked):
        if world.is_terminal:
            lines = piece.decode("utf-8", "replace").split("\n")
            shown = [terminal.escape(line) if line else "" for line in lines]
            world.out.write("\n".join(shown))
        elif world.out is sys.stdout:
            # As it came: an export is evidence.
            sys.stdout.buffer.write(piece)
        else:
            world.out.write(piece.decode())
    world.out.flush()
    return exits.OK


def _job(job: Mapping[str, Any]) -> Sequence[object]:
    return (
        job["id"],
        job["pair"] or job["network_interface_id"],
        job["kind"],
        job["state"],
        terminal.seconds(job["outage_s"]),
        terminal.moment(job["requested_at"]),
        job["requested_by"],
        job["reason"],
    )


def _entry(row: Mapping[str, Any]) -> Sequence[object]:
    return (
        row["seq"],
        terminal.moment(row["at"]),
        row["actor"],
        row["action"],
        row["object"],
        row["outcome"],
        row["reason"],
    )
