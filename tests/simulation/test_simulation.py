"""The engine keeps every invariant, whatever goes wrong; a run is replayed exactly."""

import subprocess
import sys

import pytest

from tests.simulation import drawing, runs
from tests.simulation.enumerated import ENUMERATED
from tests.simulation.regressions import REGRESSIONS
from tests.simulation.schedule import Simulation

SEEDS = 300
# In so many parts, so that one test stays short.
PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_no_enumerated_schedule_breaks_an_invariant(part: int) -> None:
    plans = list(ENUMERATED.values())[part::PARTS]

    broken = runs.first_broken(plans)

    assert broken is None, str(broken)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_random_schedule_breaks_an_invariant(part: int) -> None:
    plans = (drawing.draw("eni", n) for n in range(part, SEEDS, PARTS))

    broken = runs.first_broken(plans)

    assert broken is None, str(broken)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_no_old_fault_comes_back(name: str) -> None:
    broken = runs.run(REGRESSIONS[name])

    assert broken is None, str(broken)


def test_the_same_plan_makes_the_same_run() -> None:
    first, second = (Simulation(drawing.draw("eni", 28)) for _ in range(2))

    first.run()
    second.run()

    assert first.events == second.events
    assert [r.job for r in first.store.rows.values()] == [
        r.job for r in second.store.rows.values()
    ]


def test_a_seed_is_replayed_by_one_command() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--replay", "eni/7"]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "no violation"


def test_a_short_exploration_says_how_many_schedules_it_ran() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--minutes", "0.005"]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("schedules: ")
    assert done.stdout.splitlines()[-1].endswith("violations: 0")
