"""Engines with one rule dropped, each with the schedules that must catch it.

The simulation is only as good as what it catches: a mutant that lives through its
schedules is a hole in the invariants or in the plans.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from failover.engine import decide, hands, refusals, rounds, sight
from failover.engine.job import Intent, Outcome
from failover.engine.ports import Change, Fence
from failover.engine.refusals import Verdict
from failover.engine.steps import Step, Wait
from failover.engine.topology import Observation
from tests.simulation import drawing, runs
from tests.simulation.enumerated import ENUMERATED
from tests.simulation.memory_store import JobRow, MemoryStore
from tests.simulation.plans import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """`drops` names the rule; `finds` picks the schedules by how their names begin."""

    name: str
    drops: str
    finds: tuple[str, ...]
    store_class: type[MemoryStore] = MemoryStore
    # (module or class, attribute, what stands there instead)
    swaps: tuple[tuple[Any, str, Callable[..., Any]], ...] = ()

    def plans(self, *, seeds: int) -> Iterator[Plan]:
        """The enumerated schedules that it should not survive, then some seeds."""
        for name, plan in ENUMERATED.items():
            if name.startswith(self.finds):
                yield plan
        for seed in range(1, seeds + 1):
            yield drawing.draw("eni", seed)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, attribute, instead in self.swaps:
                stack.enter_context(mock.patch.object(owner, attribute, instead))
            yield

    def first_caught(self, *, seeds: int = 200) -> runs.Broken | None:
        with self.in_force():
            return runs.first_broken(
                self.plans(seeds=seeds), store_class=self.store_class
            )


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


class WithLockLeak(MemoryStore):
    """Keeps the locks of a finished job."""

    def _unlock(self, job_id: object) -> None:
        del job_id


def _serve_anything(
    round_: rounds.Rounds, observation: Observation
) -> list[hands.Hand]:
    return [
        h
        for h in round_.hands.values()
        if h.work.job.interface_id in observation.scope.interface_ids
        and not h.is_calling
    ]


_completed = hands.completed


def _refuse_the_unknown(intent: Intent, receipt: Any) -> Intent:
    done = _completed(intent, receipt)
    if done.outcome is Outcome.UNKNOWN:
        return replace(done, outcome=Outcome.REFUSED, error_code="TimedOut")
    return done


def _never(*_args: object, **_kwargs: object) -> bool:
    return False


def _wait(*_args: object, **_kwargs: object) -> Step:
    return Wait(waiting_for="attached")


_judge_end = refusals.judge_end


def _final_at_first_sight(*, intents: Sequence[Intent], **facts: Any) -> Verdict:
    tried = refusals.attaches(intents, facts["target"])
    if tried and tried[-1].outcome is Outcome.REFUSED:
        return Verdict.FINAL
    return _judge_end(intents=intents, **facts)


_verify = decide._verify  # noqa: SLF001


def _verify_at_once(case: decide.Case, attachment: Any) -> Step:
    limits = replace(case.limits, verify_after_s=0.0, finish_age_s=60.0)
    return _verify(replace(case, limits=limits), attachment)


_attached_at_other = decide._attached_at_other  # noqa: SLF001
_at_aim = decide._at_aim  # noqa: SLF001


def _blind_to_the_flag(
    original: Callable[[decide.Case, Any], Step],
) -> Callable[[decide.Case, Any], Step]:
    def decided(case: decide.Case, attachment: Any) -> Step:
        return original(case, replace(attachment, delete_on_termination=False))

    return decided


def _finish_as_asked(case: decide.Case, *, is_target: bool, why: str = "") -> Step:
    del is_target
    return _finish_here(case, is_target=case.job.turns == 0, why=why)


_finish_here = decide._finish_here  # noqa: SLF001


def _without_doubt(case: decide.Case) -> None:
    del case


def _is_recorded_unknown(intent: Intent, *, now: float, settle_s: float) -> bool:
    """Takes a call without a recorded end for one that was never sent."""
    is_unknown = intent.outcome is Outcome.UNKNOWN
    return is_unknown and now < intent.intent_at + settle_s


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
        name="locks_outlive_the_job",
        drops="P7: locks are freed in the terminal transaction",
        finds=("call",),
        store_class=WithLockLeak,
    ),
    Mutant(
        name="old_looks_are_acted_upon",
        drops="P1: a look serves a job if it began after our last call ended",
        finds=("slow-looks",),
        swaps=((rounds.Rounds, "_served_by", _serve_anything),),
    ),
    Mutant(
        name="time_out_is_a_refusal",
        drops="P2: a call without an answer stays open",
        finds=("call",),
        swaps=((hands, "completed", _refuse_the_unknown),),
    ),
    Mutant(
        name="stale_reads_are_believed",
        drops="P1: monotone, a step backwards is a stale read",
        finds=("stale", "old"),
        swaps=(
            (sight, "_is_backwards", _never),
            (sight, "_may_be_missed", _never),
            (sight, "_may_still_be_held", _never),
        ),
    ),
    Mutant(
        name="no_turn",
        drops="P4: a refused attach turns to the other end",
        finds=("terminate-b", "fill-b", "impede-b"),
        swaps=((decide, "_refused_for_good", _wait),),
    ),
    Mutant(
        name="one_look_is_enough",
        drops="P4: the end needs a second look, VERIFY_AFTER_S later",
        finds=("drop",),
        swaps=((decide, "_verify", _verify_at_once),),
    ),
    Mutant(
        name="first_refusal_is_final",
        drops="P3: an ambiguous refusal is looked at again",
        finds=("old",),
        swaps=((refusals, "judge_end", _final_at_first_sight),),
    ),
    Mutant(
        name="no_settle",
        drops="P2: an open and harmful call delays the end",
        finds=("hung", "call"),
        swaps=((decide, "_is_harmful_here", _never),),
    ),
    Mutant(
        name="crashed_calls_are_forgotten",
        drops="P2: a call without a recorded end is open",
        finds=("crash",),
        swaps=((Intent, "is_open", _is_recorded_unknown),),
    ),
    Mutant(
        name="flag_is_not_mended",
        drops="P4: DeleteOnTermination is mended before the detach",
        finds=("hung",),
        swaps=(
            (decide, "_attached_at_other", _blind_to_the_flag(_attached_at_other)),
            (decide, "_at_aim", _blind_to_the_flag(_at_aim)),
        ),
    ),
    Mutant(
        name="ends_as_asked",
        drops="P4: the final state says where it lies",
        finds=("call",),
        swaps=((decide, "_finish_here", _finish_as_asked),),
    ),
    Mutant(
        name="target_is_not_doubted",
        drops="P6: the first detach needs fresh facts of the target",
        finds=("late-start",),
        swaps=((decide, "_doubt_before_first_detach", _without_doubt),),
    ),
)
