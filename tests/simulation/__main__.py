"""`python -m tests.simulation`: run seeds for some minutes; replay one of them.

Exits 1 if an invariant broke; each such line is followed by the command to replay it.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Iterator

from tests.simulation import drawing, runs
from tests.simulation.enumerated import ENUMERATED
from tests.simulation.plans import Plan

MOST_TOLD = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1, help="the first random seed")
    parser.add_argument("--replay", help="one seed, or the name of a schedule")
    arguments = parser.parse_args()
    if arguments.replay:
        return _replay(arguments.replay)
    return _explore(arguments.minutes, arguments.seed)


def _replay(name: str) -> int:
    plan = runs.plan_named(name)
    print(plan)
    broken = runs.run(plan)
    print(broken.violation if broken else "no violation")
    return 1 if broken else 0


def _plans(seed: int) -> Iterator[Plan]:
    yield from ENUMERATED.values()
    for n in itertools.count(seed):
        yield drawing.draw("eni", n)


def _explore(minutes: float, seed: int) -> int:
    # How long to go on is the caller's time, not the simulation's.
    began_at = time.monotonic()
    schedules = violations = 0
    spent_s = 0.0
    for plan in _plans(seed):
        if spent_s >= minutes * 60:
            break
        schedules += 1
        broken = runs.run(plan)
        if broken is not None:
            violations += 1
            if violations <= MOST_TOLD:
                print(broken)
        spent_s = time.monotonic() - began_at
    per_minute = round(schedules * 60 / max(spent_s, 1e-9))
    print(f"schedules: {schedules}, per minute: {per_minute}, violations: {violations}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
