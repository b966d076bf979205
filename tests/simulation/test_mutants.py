"""Every rule that is dropped is missed by a schedule: the simulation has teeth."""

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.mutation import Mutant

# Of each family, after the enumerated schedules that should have caught it.
MOST_SEEDS = 150


@pytest.mark.parametrize("mutant", MUTANTS, ids=[m.name for m in MUTANTS])
def test_a_dropped_rule_breaks_an_invariant(mutant: Mutant) -> None:
    caught = mutant.first_caught(seeds=MOST_SEEDS)

    assert caught is not None, f"nothing misses: {mutant.drops}"


def test_mutants_have_names_of_their_own() -> None:
    names = {mutant.name for mutant in MUTANTS}

    assert len(names) == len(MUTANTS)


@pytest.mark.parametrize("rule", ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"])
def test_each_rule_of_the_protocol_has_a_mutant(rule: str) -> None:
    assert any(mutant.drops.startswith(f"{rule}:") for mutant in MUTANTS)
