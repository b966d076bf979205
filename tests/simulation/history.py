"""What has happened in a run so far, as all invariants need to know it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from failover.engine.job import Intent
from failover.engine.topology import AttachmentId, InstanceId

# The oldest read, the age an observation may have at the end, and two latencies.
BLIND_S = 8.0


class Violation(Exception):
    """An invariant is broken."""


def hold(invariant: str, is_true: bool, **facts: object) -> None:  # noqa: FBT001
    """Raise Violation, with the facts of the case, unless it is true."""
    if not is_true:
        told = ", ".join(f"{k}={v}" for k, v in facts.items())
        message = f"{invariant}: {told}"
        raise Violation(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the change log: who changed which job's row to which version."""

    seq: int
    at: float
    what: Literal[
        "request", "claim", "write", "cancel", "acknowledge", "record", "intent"
    ]
    job_id: UUID
    version: int


@dataclass(slots=True, kw_only=True)
class History:
    """Filled by the watch. Times are the world's own seconds; keys are resources'."""

    log: list[Entry] = field(default_factory=list)
    claimed_at: dict[UUID, float] = field(default_factory=dict)
    ended_at: dict[UUID, float] = field(default_factory=dict)
    sent: defaultdict[UUID, list[Intent]] = field(
        default_factory=lambda: defaultdict(list)
    )
    # Calls that changed the resource, with the moment of it.
    effective: defaultdict[UUID, list[tuple[Intent, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    # The attachments that calls of a job have made.
    made: defaultdict[UUID, set[AttachmentId]] = field(
        default_factory=lambda: defaultdict(set)
    )
    # Jobs whose resource lay free already when they were asked for.
    free_when_asked: set[UUID] = field(default_factory=set)
    # When somebody else last touched a resource or ended an instance; 0: never.
    disturbed_at: float = 0.0
    # When somebody last put an address of theirs where ours shall go.
    squatted_at: float = 0.0
    # Where a resource is tied now, and since when.
    tied_at: dict[str, tuple[InstanceId | None, float]] = field(default_factory=dict)
    was_impossible: set[tuple[str, InstanceId]] = field(default_factory=set)
    impossible_since: dict[tuple[str, InstanceId], float] = field(default_factory=dict)

    def was_disturbed_within(self, blind_s: float, *, now: float) -> bool:
        return self.disturbed_at > 0 and self.disturbed_at >= now - blind_s
