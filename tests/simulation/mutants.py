"""Every rule that lives in the engine, dropped once; and what must catch it.

The simulation is only as good as what it catches: a mutant that lives through its
schedules is a hole in the invariants or in the plans. `python -m
tests.simulation.mutants` tells of each the rule and its killer.
"""

import sys

from tests.simulation import (
    mutants_of_attachments,
    mutants_of_calls,
    mutants_of_looks,
    mutants_of_moves,
    mutants_of_pace,
    mutants_of_probes,
)
from tests.simulation.mutation import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *mutants_of_looks.MUTANTS,
    *mutants_of_calls.MUTANTS,
    *mutants_of_attachments.MUTANTS,
    *mutants_of_moves.MUTANTS,
    *mutants_of_pace.MUTANTS,
    *mutants_of_probes.MUTANTS,
)


def main() -> int:
    alive = 0
    for mutant in MUTANTS:
        caught = mutant.first_caught()
        alive += caught is None
        how = "LIVES"
        if caught is not None:
            name, count = caught.broken.plan.name, caught.schedules
            how = f"{caught.invariant} ({name}, schedule {count})"
        print(f"{mutant.name} | {mutant.drops} | {how}", flush=True)
    print(f"mutants: {len(MUTANTS)}, alive: {alive}")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
