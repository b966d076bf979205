"""The rows of the store in memory, and what is done to one row."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from failover.engine import hands
from failover.engine.budget import Budget
from failover.engine.job import Intent, Job, Outcome
from failover.engine.ports import Receipt, Work
from failover.engine.topology import InstanceId

# The database's own: an engine that is broken on purpose does not break it too.
_completed = hands.completed


@dataclass(slots=True, kw_only=True)
class RegionRow:
    """The lease of a region's driver, and the region's token buckets."""

    owner: str = ""
    lease_until: float = 0.0
    wake_seq: int = 0
    budget: Budget = field(default_factory=Budget)


@dataclass(slots=True, kw_only=True)
class JobRow:
    """A job, its intents, the locks that it holds now, and its lease."""

    job: Job
    intents: tuple[Intent, ...] = ()
    locks: frozenset[str] = frozenset()
    owner: str = ""
    fence_token: int = 0
    lease_until: float = 0.0
    lease_ttl_s: float = 0.0
    next_run_at: float = 0.0

    def as_work(self, now: float, rows: Iterable["JobRow"] = ()) -> Work:
        """As its driver sees it, with what earlier `rows` may still do."""
        return Work(
            job=self.job,
            intents=self.intents,
            fence_token=self.fence_token,
            claimed_at=now,
            echoes=tuple(i for r in rows for i in r.unknown() if self.follows(r)),
        )

    def unknown(self) -> list[Intent]:
        """Calls without an end, unless they were seen to land."""
        landed = self.job.memory.landed
        return [
            i
            for i in self.intents
            if i.outcome in (None, Outcome.UNKNOWN) and i.seq not in landed
        ]

    def follows(self, row: "JobRow") -> bool:
        """Whether that one has ended and was about the same resource."""
        mine, other = self.job, row.job
        if other.state.is_active or other.interface_id != mine.interface_id:
            return False
        if mine.moving is None or other.moving is None:
            return mine.moving is other.moving
        return mine.moving.parts == other.moving.parts

    def complete(self, receipt: Receipt) -> Intent | None:
        """The intent that this receipt ends; a second end of it changes nothing."""
        for intent in self.intents:
            if intent.id == receipt.intent_id and intent.outcome is None:
                ended = _completed(intent, receipt)
                self.intents = tuple(
                    ended if i.id == ended.id else i for i in self.intents
                )
                return ended
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The desired holder of a resource; `instance_id` None: it shall lie free."""

    instance_id: InstanceId | None
    is_known: bool = True


@dataclass(slots=True)
class Locks:
    """Who holds what; a job's row knows its own keys."""

    held: dict[str, UUID] = field(default_factory=dict)

    def find_rival(self, keys: frozenset[str], job_id: UUID) -> UUID | None:
        """The job that holds one of these keys, if it is another."""
        holders = (self.held.get(key, job_id) for key in sorted(keys))
        return next((h for h in holders if h != job_id), None)

    def take(self, row: JobRow, keys: frozenset[str]) -> None:
        self.held.update(dict.fromkeys(keys, row.job.id))
        row.locks |= keys

    def give_up(self, row: JobRow, keys: frozenset[str]) -> None:
        for key in keys:
            self.held.pop(key, None)
        row.locks -= keys


def released(job: Job, *, now: float) -> Job:
    """The job at its end, with its resource gone or in strangers' hands (P4)."""
    return replace(
        job,
        state=type(job.state).CANCELLED,
        why="released",
        cancel_requested_at=now,
        finished_at=now,
        version=job.version + 1,
    )
