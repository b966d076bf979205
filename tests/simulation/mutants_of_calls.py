"""Engines and stores without the rules of intents and refusals (P2, P3, P7)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from failover.engine import case, decide, echoes, hands, letting_go, refusals
from failover.engine.job import Action, Intent, Outcome
from failover.engine.ports import Change, Fence, Receipt, Work
from failover.engine.refusals import Verdict
from failover.engine.steps import Finish, Park, Step
from failover.engine.topology import Attachment
from tests.simulation.memory_store import JobRow, MemoryStore
from tests.simulation.mutation import Mutant, instead_of, never

MOVING = ("eip", "private-ip", "route")


class WithoutFence(MemoryStore):
    """Lets every call out, whoever owns the job by now."""

    def is_open_for(self, fence: Fence) -> bool:
        del fence
        return True


class WithoutVersion(MemoryStore):
    """Writes over what somebody else has written in between."""

    def _may_write(self, row: JobRow, change: Change) -> bool:
        return row.fence_token == change.fence_token


class WithoutToken(MemoryStore):
    """Takes the writes of a driver that has lost its lease."""

    def _may_write(self, row: JobRow, change: Change) -> bool:
        is_same = row.job.version == change.job_version
        return row.job.state.is_active and is_same


class WithoutIntents(MemoryStore):
    """Forgets the intent of a change."""

    def _apply(self, row: JobRow, change: Change) -> None:
        super()._apply(row, replace(change, intent=None))


class WithOneToken(MemoryStore):
    """A claim does not raise the token."""

    def claim(
        self, *, region_id: int, owner: str, ttl_s: float, held: Mapping[UUID, int]
    ) -> tuple[Work, ...]:
        works = super().claim(region_id=region_id, owner=owner, ttl_s=ttl_s, held=held)
        for work in works:
            self.rows[work.job.id].fence_token = 1
        return tuple(replace(w, fence_token=1) for w in works)


class WithoutLeases(MemoryStore):
    """Claims what another one still holds."""

    def _is_claimable(self, row: JobRow, now: float) -> bool:
        return row.job.state.is_active and row.next_run_at <= now


class WithLockLeak(MemoryStore):
    """Keeps the locks of a finished job."""

    def _unlock(self, job_id: object) -> None:
        del job_id


class WithoutLocks(MemoryStore):
    """Lets two jobs have the same resource."""

    def request(self, *, job: Any, locks: frozenset[str]) -> UUID | None:
        return super().request(job=job, locks=frozenset({f"{job.id}"} - locks))


class WithoutRelease(MemoryStore):
    """Keeps a parked job whatever a human says."""

    def _is_releasable(self, row: JobRow) -> bool:
        del row
        return False


class WithForgetfulEnds(MemoryStore):
    """A second end of a call replaces the first."""

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        for receipt in receipts:
            row = self.rows.get(receipt.job_id)
            if row is not None and row.intents:
                row.intents = tuple(replace(i, outcome=None) for i in row.intents)
        super().record(receipts, held=held)


_completed = hands.completed


def _refuse_the_unknown(intent: Intent, receipt: Any) -> Intent:
    done = _completed(intent, receipt)
    if done.outcome is Outcome.UNKNOWN:
        return replace(done, outcome=Outcome.REFUSED, error_code="TimedOut")
    return done


def _is_recorded_unknown(intent: Intent, *, now: float, settle_s: float) -> bool:
    """Takes a call without a recorded end for one that was never sent."""
    is_unknown = intent.outcome is Outcome.UNKNOWN
    return is_unknown and now < intent.intent_at + settle_s


_judge_end = refusals.judge_end
_free = decide._free  # noqa: SLF001 - a mutant is made of the inside.


def _final_at_first_sight(*, intents: Sequence[Intent], **facts: Any) -> Verdict:
    tried = refusals.attaches(intents, facts["target"])
    if tried and tried[-1].outcome is Outcome.REFUSED:
        return Verdict.FINAL
    return _judge_end(intents=intents, **facts)


def _free_within_effort(the_case: decide.Case) -> Step:
    if not the_case.effort_left:
        return Park(why="effort_spent")
    return _free(the_case)


def _lies_free_at_once(the_case: decide.Case) -> Step:
    closed = [
        i
        for i in the_case.intents
        if i.call.action is not Action.ATTACH or not the_case.is_open(i)
    ]
    return _lies_free(replace(the_case, intents=closed))


_lies_free = decide._lies_free  # noqa: SLF001


def _same_step(step: Step, **_facts: object) -> Step:
    return step


def _release_at_once(park: Park, **_facts: object) -> Park | Finish:
    return park


def _has_effort_left(the_case: case.Case) -> bool:
    return len(the_case.intents) < the_case.limits.effort


_detach = letting_go.detach


def _force(the_case: case.Case, attachment: Attachment, *, force: bool) -> Step:
    del force
    return _detach(the_case, attachment, force=True)


MUTANTS = (
    Mutant(
        name="no_fence_at_send",
        drops="P2: the fence is read again before the request leaves",
        finds=("slow-call", "stall"),
        store_class=WithoutFence,
    ),
    Mutant(
        name="no_version_at_write",
        drops="P2: the intent is written only on the version that was read",
        finds=("steal", "slow-call"),
        store_class=WithoutVersion,
    ),
    Mutant(
        name="no_token_at_write",
        drops="P2: the intent is written only under the current fence token",
        finds=("steal", "stall"),
        store_class=WithoutToken,
    ),
    Mutant(
        name="calls_without_intents",
        drops="P2: every call has a committed intent first",
        finds=("plain",),
        store_class=WithoutIntents,
    ),
    Mutant(
        name="one_token_for_all",
        drops="P2: a claim raises the fence token",
        finds=("steal",),
        store_class=WithOneToken,
    ),
    Mutant(
        name="claims_what_is_held",
        drops="P2: a live lease is not claimed",
        finds=("steal", "stall"),
        store_class=WithoutLeases,
    ),
    Mutant(
        name="ends_are_overwritten",
        drops="P2: an intent is completed once",
        finds=("call", "stall"),
        store_class=WithForgetfulEnds,
    ),
    Mutant(
        name="locks_outlive_the_job",
        drops="P7: locks are freed in the terminal transaction",
        finds=("plain", "call"),
        store_class=WithLockLeak,
    ),
    Mutant(
        name="nothing_is_locked",
        drops="P7: one active job for each resource",
        finds=("again",),
        store_class=WithoutLocks,
    ),
    Mutant(
        name="time_out_is_a_refusal",
        drops="P2: a call without an answer stays open",
        finds=("call",),
        swaps=((hands, "completed", _refuse_the_unknown),),
    ),
    Mutant(
        name="crashed_calls_are_forgotten",
        drops="P2: a call without a recorded end is open",
        finds=("crash-late",),
        swaps=((Intent, "is_open", _is_recorded_unknown),),
    ),
    Mutant(
        name="nothing_settles",
        drops="P2: an open call may land until SETTLE",
        finds=("hung", "call", "crash-late"),
        numbers={"settle_s": 0.0},
    ),
    Mutant(
        name="no_settle_when_attached",
        drops="P2: an open detach of what is attached delays the end",
        finds=("hung", "call"),
        swaps=((decide, "_is_harmful_here", never),),
    ),
    Mutant(
        name="no_settle_when_free",
        drops="P2: an open attach delays the end of what lies free",
        finds=("detach-late", "attach-cancel", "attach-late"),
        swaps=((decide, "_lies_free", _lies_free_at_once),),
    ),
    Mutant(
        name="echoes_are_not_heard",
        drops="P2: an open call of an earlier job delays the end of the next",
        finds=("move-echo", "echo"),
        families=MOVING,
        swaps=((echoes, "hold_back", _same_step),),
    ),
    Mutant(
        name="accepted_calls_are_repeated",
        drops="P2: an accepted call is repeated only after T_VISIBLE",
        finds=("old", "stale"),
        swaps=((refusals, "repeat_at", instead_of(0.0)),),
    ),
    Mutant(
        name="effort_is_endless",
        drops="P2: detaches and turns are bounded by K",
        finds=("endless",),
        numbers={"effort": 10**6},
    ),
    Mutant(
        name="effort_forbids_an_attach",
        drops="P2: an attach of a free interface is never forbidden",
        finds=("endless",),
        swaps=((decide, "_free", _free_within_effort),),
    ),
    Mutant(
        name="throttles_cost_effort",
        drops="P8: a throttle costs no effort",
        finds=("throttled",),
        swaps=((case.Case, "effort_left", property(_has_effort_left)),),
    ),
    Mutant(
        name="first_refusal_is_final",
        drops="P3: an ambiguous refusal is looked at again",
        finds=("old",),
        swaps=((refusals, "judge_end", _final_at_first_sight),),
    ),
    Mutant(
        name="in_use_is_final",
        drops="P3: InUse may be our own success, and never turns a job",
        finds=("sticky",),
        swaps=((refusals, "IN_USE", "never said"),),
    ),
    Mutant(
        name="own_success_is_a_refusal",
        drops="P3: a refusal after an open or accepted attach may be our own success",
        finds=("call", "old", "stale"),
        swaps=((refusals, "_may_have_worked", never),),
    ),
    Mutant(
        name="detach_is_asked_for_ever",
        drops="P4: a detach refused for good turns the job",
        finds=("forbid",),
        swaps=((refusals, "is_final_as_said", never),),
    ),
    Mutant(
        name="every_detach_is_forced",
        drops="P4: force is the last resort, and only by policy",
        finds=("plain",),
        swaps=((letting_go, "detach", _force),),
    ),
    Mutant(
        name="nobody_can_release",
        drops="P4: cancelling a parked job of a gone resource releases it",
        finds=("delete", "hand_attach"),
        swaps=((refusals, "leave", _release_at_once),),
        store_class=WithoutRelease,
    ),
)
