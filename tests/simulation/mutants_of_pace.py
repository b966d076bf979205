"""Engines without the brake, the reserve or the guard's patience (P6, P7, P8)."""

from dataclasses import replace
from typing import Any

from failover.engine import admission, budget, gate, guard, hands
from failover.engine.guard import Alarm, GuardFacts, Repair
from tests.simulation.memory_store import MemoryStore
from tests.simulation.mutation import Mutant, always, instead_of, never, nothing

_judge = guard.judge


class WithoutBrake(MemoryStore):
    """Knows of nobody in the dark."""

    def is_braked(self, *, region_id: int, held: Any) -> bool:
        del region_id, held
        return False


class WithoutBudget(MemoryStore):
    """Every intent is paid for, whatever is left."""

    def budget(self, *, region_id: int) -> budget.Budget:
        del region_id
        return budget.Budget()

    def _pays(self, *_args: Any) -> bool:
        return True


def _judge_frozen(facts: GuardFacts) -> Repair | Alarm | None:
    return _judge(replace(facts, is_frozen=False))


def _judge_on_one_look(facts: GuardFacts) -> Repair | Alarm | None:
    last = facts.free_at[-1]
    apart = guard.READS_APART_S
    return _judge(replace(facts, free_at=(last - apart, last), settled_at=0.0))


def _judge_without_count(facts: GuardFacts) -> Repair | Alarm | None:
    return _judge(replace(facts, repairs_last_hour=0))


def _judge_the_desired_only(facts: GuardFacts) -> Repair | Alarm | None:
    return _judge(replace(facts, is_other_possible=False))


MUTANTS = (
    Mutant(
        name="no_brake",
        drops="P6: no new detach while a dark job's attach is refused for good",
        finds=("brake",),
        store_class=WithoutBrake,
        swaps=((hands, "is_braking", never),),
    ),
    Mutant(
        name="bursts_do_not_ask",
        drops="P6: a DryRun attach before a burst of more than five",
        finds=("denied",),
        swaps=((gate.Gate, "_must_ask", never),),
    ),
    Mutant(
        name="no_reserve",
        drops="P8: m = 2 tokens stay for what the model does not know",
        finds=("short",),
        swaps=((admission, "SPARE", -3.0),),
    ),
    Mutant(
        name="debts_are_forgotten",
        drops="P8: an attach stays reserved for everybody already dark",
        finds=("short",),
        swaps=((admission, "owes_since", nothing),),
    ),
    Mutant(
        name="anybody_may_go_dark",
        drops="P8: a detach is admitted only when A - N >= 1 + m",
        finds=("short",),
        swaps=(
            (admission, "may_darken", always),
            (admission, "_leave", instead_of(0.0)),
        ),
    ),
    Mutant(
        name="guard_thaws",
        drops="P7: the guard does not touch a frozen pair",
        finds=("guard",),
        swaps=((guard, "judge", _judge_frozen),),
    ),
    Mutant(
        name="guard_looks_once",
        drops="P7: two looks 2 s apart, both after the last end",
        finds=("guard",),
        swaps=((guard, "judge", _judge_on_one_look),),
    ),
    Mutant(
        name="guard_never_tires",
        drops="P7: at most 3 repairs an hour, then page",
        finds=("guard",),
        swaps=((guard, "judge", _judge_without_count),),
    ),
    Mutant(
        name="guard_sleeps",
        drops="P7: a resource never lies free without an active job",
        finds=("guard",),
        swaps=((guard, "judge", nothing),),
    ),
    Mutant(
        name="guard_knows_one_end",
        drops="P7: the desired holder if it is possible, else the other end",
        finds=("guard",),
        swaps=((guard, "judge", _judge_the_desired_only),),
    ),
)
