"""Invariants of the jobs' rows: one writer, fence, terminal, effort, change log."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from failover.engine.job import Action, Intent, Job, Outcome, State
from failover.engine.ports import Change, Work
from tests.simulation.floats import key_of
from tests.simulation.history import Entry, History, hold
from tests.simulation.memory_store import MemoryStore

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation


class Rows:
    """I4, I5, I8, I9, I12 and I20."""

    def __init__(self, *, simulation: "Simulation", history: History) -> None:
        self._sim = simulation
        self._history = history
        self._tokens: dict[UUID, int] = {}
        # The rows as the change log makes them: nothing changes beside it (I12).
        self._jobs: dict[UUID, Job] = {}
        self._intents: dict[UUID, tuple[Intent, ...]] = {}

    @property
    def _store(self) -> MemoryStore:
        return self._sim.store

    def on_request(self, job: Job) -> None:
        self._log("request", job)
        self._intents[job.id] = ()
        self.locks_are_those_of_active_jobs()
        key = key_of(job)
        rivals = [
            r.job.id
            for r in self._store.rows.values()
            if r.job.state.is_active and key_of(r.job) == key
        ]
        hold("I4 one active job per resource", rivals == [job.id], jobs=rivals)

    def on_claim(self, works: Iterable[Work], leases: Mapping[UUID, float]) -> None:
        """`leases`: until when each job was leased before the claim."""
        now = self._sim.database_now
        for work in works:
            job_id = work.job.id
            old = self._tokens.get(job_id, 0)
            hold("I5 tokens rise", work.fence_token > old, token=work.fence_token)
            is_over = leases.get(job_id, 0.0) <= now
            hold("I5 one live lease", is_over, until=leases.get(job_id))
            self._tokens[job_id] = work.fence_token
            self._history.claimed_at[job_id] = self._sim.now
            self._is_as_logged(job_id)

    def on_cancel(self, before: Job, after: Job) -> None:
        hold("I12 nothing changes beside the log", before == self._jobs[before.id])
        if after is before:
            return
        hold("I5 version", after.version == before.version + 1)
        hold("I8 terminal is final", before.state.is_active, state=before.state)
        self._log("cancel", after)
        self.locks_are_those_of_active_jobs()

    def on_waiver(self, before: Job, after: Job) -> None:
        """An operator lets a job end without its probe."""
        hold("I12 nothing changes beside the log", before == self._jobs[before.id])
        hold("I5 version", after.version == before.version + 1)
        hold("I8 terminal is final", before.state.is_active, state=before.state)
        self._log("acknowledge", after)

    def on_write(self, change: Change, before: Job) -> None:
        """One change of a transaction, after it was applied."""
        job_id = change.job.id
        token = self._tokens[job_id]
        hold("I5 fence", change.fence_token == token, token=change.fence_token)
        hold("I8 terminal is final", before.state.is_active, state=before.state)
        hold("I5 version", before.version == change.job_version, version=before.version)
        hold("I12 nothing changes beside the log", before == self._jobs[job_id])
        row = self._store.rows[job_id]
        hold("I5 version", row.job.version == before.version + 1)
        self._log("write", row.job)
        if change.intent is not None:
            known = self._intents[job_id]
            is_next = change.intent.seq == len(known) + 1
            hold("I12 intents have no gaps", is_next, seq=change.intent.seq)
            self._intents[job_id] = (*known, change.intent)
            self._log("intent", row.job)
            self._effort_is_bounded(row.intents)
        self._is_as_logged(job_id)

    def on_record(self, job_ids: Iterable[UUID]) -> None:
        for job_id in job_ids:
            old, new = self._intents[job_id], self._store.rows[job_id].intents
            if new is old:
                continue
            is_whole = len(new) == len(old)
            hold("I12 each intent has one outcome or is open", is_whole)
            for was, now in zip(old, new, strict=True):
                is_kept = was.outcome is None or was == now
                hold("I12 each intent has one outcome or is open", is_kept, seq=now.seq)
            self._intents[job_id] = new
            self._log("record", self._store.rows[job_id].job)

    def locks_are_those_of_active_jobs(self) -> None:
        """I4 and I20."""
        union: dict[str, UUID] = {}
        for row in self._store.rows.values():
            if row.job.state.is_active:
                for key in row.locks:
                    hold("I4 a lock has one holder", key not in union, key=key)
                    union[key] = row.job.id
        hold("I20 locks are those of active jobs", union == self._store.locks)

    def _log(self, what: str, job: Job) -> None:
        log = self._history.log
        self._jobs[job.id] = job
        log.append(
            Entry(
                seq=len(log) + 1,
                at=self._sim.now,
                what=what,  # type: ignore[arg-type]
                job_id=job.id,
                version=job.version,
            )
        )

    def _is_as_logged(self, job_id: UUID) -> None:
        row = self._store.rows[job_id]
        is_same = row.job == self._jobs[job_id]
        hold("I12 nothing changes beside the log", is_same, job=row.job.state)
        is_same = row.intents == self._intents[job_id]
        hold("I12 nothing changes beside the log", is_same, intents=len(row.intents))

    def _effort_is_bounded(self, intents: Sequence[Intent]) -> None:
        detaches = [
            i
            for i in intents
            if i.call.action is Action.DETACH
            and i.outcome not in (Outcome.NOT_SENT, Outcome.THROTTLED)
        ]
        most = self._sim.promised.effort + 1
        hold("I9 bounded effort", len(detaches) <= most, detaches=len(detaches))

    def at_the_end(self) -> None:
        """I12 for the whole run: the log alone tells each row's end."""
        for job_id in self._store.rows:
            self._is_as_logged(job_id)
        ended = [r.job for r in self._store.rows.values() if not r.job.state.is_active]
        for job in ended:
            lines = [e for e in self._history.log if e.job_id == job.id]
            is_last = max(e.version for e in lines) == job.version
            hold("I12 an end is logged", is_last and job.state is not State.QUEUED)
