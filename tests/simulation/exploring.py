"""Running plans for some minutes, on one core or more, and what came of it."""

import itertools
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from failover.engine.job import Strategy
from tests.simulation import drawing, runs
from tests.simulation.coverage import Coverage, Row
from tests.simulation.enumerated import POINTS, SCENES
from tests.simulation.plans import Plan
from tests.simulation.schedule import LIMITS, Simulation

# How the random schedules are shared out.
TURNS = (
    Strategy.ENI,
    Strategy.EIP,
    Strategy.ENI,
    Strategy.PRIVATE_IP,
    Strategy.ENI,
    Strategy.ROUTE,
)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one process has run. `spent_s` is processor time, the machine's own."""

    schedules: Counter[str] = field(default_factory=Counter)
    # Runs in which nothing was begun: no schedules, whatever they cost.
    idle: int = 0
    jobs: int = 0
    events: int = 0
    calls: int = 0
    simulated_s: float = 0.0
    shortest_s: float = 1e9
    spent_s: float = 0.0
    rows: list[Row] = field(default_factory=list)
    reached: Counter[Row] = field(default_factory=Counter)
    broken: list[runs.Broken] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.schedules += other.schedules
        self.idle += other.idle
        self.jobs += other.jobs
        self.events += other.events
        self.calls += other.calls
        self.simulated_s += other.simulated_s
        self.shortest_s = min(self.shortest_s, other.shortest_s)
        self.spent_s += other.spent_s
        self.rows = other.rows
        self.reached += other.reached
        self.broken += other.broken

    @property
    def never(self) -> list[Row]:
        return sorted(row for row in self.rows if not self.reached[row])

    @property
    def count(self) -> int:
        return sum(self.schedules.values())

    @property
    def per_core_minute(self) -> int:
        return round(self.count * 60 / max(self.spent_s, 1e-9))


def plans(seed: int) -> Iterator[Plan]:
    """Scenes and points in turn with random schedules, which never come to an end."""
    scenes, points = iter(SCENES.values()), iter(_spread(POINTS, seed))
    # Each family counts for itself, so no plan is drawn twice.
    numbers = {strategy: itertools.count(seed) for strategy in TURNS}
    while True:
        yield from itertools.islice(scenes, 1)
        yield from itertools.islice(points, 1)
        for strategy in TURNS:
            yield drawing.draw(strategy.value, next(numbers[strategy]))


def _spread(points: Mapping[str, Plan], seed: int) -> list[Plan]:
    """All of them, in an order in which a short run sees some of every kind."""
    shuffled = list(points.values())
    random.Random(seed).shuffle(shuffled)
    return shuffled


def explore(*, minutes: float, most: int, seed: int, jobs: int) -> Tally:
    """Run for so many minutes of this machine's clock, or so many schedules."""
    shares = [(minutes, -(-most // jobs), seed, number, jobs) for number in range(jobs)]
    if jobs == 1:
        return _share(shares[0])
    tally = Tally()
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs) as pool:
        for each in pool.imap_unordered(_share, shares):
            tally.add(each)
    return tally


def _share(share: tuple[float, int, int, int, int]) -> Tally:
    minutes, most, seed, number, jobs = share
    coverage, tally = Coverage(), Tally()
    until = time.monotonic() + minutes * 60
    began = time.process_time()
    for plan in itertools.islice(plans(seed), number, None, jobs):
        if time.monotonic() > until or tally.count >= most:
            break
        _run(plan, tally)
    tally.spent_s = time.process_time() - began
    tally.rows, tally.reached = coverage.rows, coverage.reached
    return tally


def _run(plan: Plan, tally: Tally) -> None:
    simulation = Simulation(plan, limits=LIMITS)
    violation = simulation.run()
    if not simulation.store.rows and violation is None:
        tally.idle += 1
        return
    tally.schedules[plan.strategy.value] += 1
    tally.jobs += len(simulation.store.rows)
    tally.events += simulation.events
    tally.calls += simulation.calls
    tally.simulated_s += simulation.simulated_s
    tally.shortest_s = min(tally.shortest_s, simulation.simulated_s)
    if violation is not None:
        broken = runs.Broken(plan=plan, violation=violation)
        tally.broken.append(broken)
        # At once: a long run need not come to its end to be of use.
        print(broken, file=sys.stderr, flush=True)
