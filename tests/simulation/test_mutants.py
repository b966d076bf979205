"""Every rule that is dropped is missed by a schedule: the simulation has teeth."""

import pytest

from tests.simulation import mutants
from tests.simulation.mutants import MUTANTS, Mutant

MOST_SEEDS = 40


@pytest.mark.parametrize("mutant", MUTANTS, ids=[m.name for m in MUTANTS])
def test_a_dropped_rule_breaks_an_invariant(mutant: Mutant) -> None:
    broken = mutant.first_caught(seeds=MOST_SEEDS)

    assert broken is not None, f"nothing misses: {mutant.drops}"


def test_there_are_at_least_ten_mutants_with_names_of_their_own() -> None:
    names = {mutant.name for mutant in mutants.MUTANTS}

    assert len(names) == len(mutants.MUTANTS) >= 10
