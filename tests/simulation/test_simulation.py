"""The engine keeps every invariant, whatever goes wrong; a run is replayed exactly."""

import re
import subprocess
import sys

import pytest

from tests.simulation import drawing, runs
from tests.simulation.enumerated import POINTS, SCENES
from tests.simulation.regressions import REGRESSIONS
from tests.simulation.schedule import Simulation

# Random schedules of each family, and in how many parts: one test stays short.
SEEDS = 120
PARTS = 2
SCENE_PARTS = 8
# `make sim` comes to them all; here one of so many, a prime so that none is favoured.
EACH_POINT = 89


@pytest.mark.parametrize("part", range(SCENE_PARTS))
def test_no_scene_breaks_an_invariant(part: int) -> None:
    plans = list(SCENES.values())[part::SCENE_PARTS]

    broken = runs.first_broken(plans)

    assert broken is None, str(broken)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_break_at_an_input_or_output_breaks_an_invariant(part: int) -> None:
    plans = list(POINTS.values())[part * EACH_POINT // PARTS :: EACH_POINT]

    broken = runs.first_broken(plans)

    assert broken is None, str(broken)


@pytest.mark.parametrize("family", drawing.FAMILIES)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_random_schedule_breaks_an_invariant(family: str, part: int) -> None:
    plans = (drawing.draw(family, n) for n in range(part, SEEDS, PARTS))

    broken = runs.first_broken(plans)

    assert broken is None, str(broken)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_no_old_fault_comes_back(name: str) -> None:
    broken = runs.run(REGRESSIONS[name])

    assert broken is None, str(broken)


@pytest.mark.parametrize("family", drawing.FAMILIES)
def test_the_same_plan_makes_the_same_run(family: str) -> None:
    first, second = (Simulation(drawing.draw(family, 28)) for _ in range(2))

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
    assert re.match(r"schedules: \d+, per minute", done.stdout.splitlines()[-1])
    assert done.stdout.splitlines()[-1].endswith("violations: 0")
