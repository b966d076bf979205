"""`python -m tests.simulation`: run schedules for some minutes; replay one of them.

Exits 1 if an invariant broke; each such line is followed by the command to replay it.
"""

import argparse
import math
import sys

from tests.simulation import exploring, golden, runs
from tests.simulation.exploring import Tally

MOST_TOLD = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument(
        "--minutes", type=float, help="default: 1, or for as long as --schedules take"
    )
    parser.add_argument("--seed", type=int, default=1, help="the first random seed")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--schedules", type=int, help="at most so many")
    parser.add_argument("--replay", help="a family's seed (eni/7), or a name")
    parser.add_argument(
        "--record", action="store_true", help="write the golden histories anew"
    )
    arguments = parser.parse_args()
    if arguments.record:
        golden.write_all()
        return 0
    if arguments.replay:
        return _replay(arguments.replay)
    minutes = arguments.minutes or (math.inf if arguments.schedules else 1.0)
    tally = exploring.explore(
        minutes=minutes,
        most=arguments.schedules or 10**9,
        seed=arguments.seed,
        jobs=arguments.jobs,
    )
    return _tell(tally)


def _replay(name: str) -> int:
    plan = runs.plan_named(name)
    print(plan)
    broken = runs.run(plan)
    print(broken.violation if broken else "no violation")
    return 1 if broken else 0


def _tell(tally: Tally) -> int:
    for broken in tally.broken[:MOST_TOLD]:
        print(broken)
    count = max(tally.count, 1)
    print(f"families: {', '.join(f'{k} {n}' for k, n in tally.schedules.items())}")
    print(
        f"a schedule: {tally.jobs / count:.2f} jobs, "
        f"{tally.simulated_s / count:.0f} simulated seconds "
        f"(shortest {tally.shortest_s:.0f}), {tally.events / count:.0f} events, "
        f"{tally.calls / count:.1f} calls"
    )
    reached = len(tally.rows) - len(tally.never)
    print(f"rows of the decide tables reached: {reached} of {len(tally.rows)}")
    for row in tally.never:
        print(f"  never: {row}")
    print(f"processor time: {tally.spent_s:.1f} s")
    print(
        f"schedules: {tally.count}, per minute of one core: {tally.per_core_minute}, "
        f"violations: {len(tally.broken)}"
    )
    return 1 if tally.broken else 0


if __name__ == "__main__":
    sys.exit(main())
