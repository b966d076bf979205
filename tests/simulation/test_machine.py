"""Hypothesis plays operator, nemesis and EC2 at once, step by step (reliability 3.4).

Each rule does one thing and lets the world go on; invariants are asserted after every
event, and the end of each run heals the world and demands the end of every job.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from failover.engine.job import Strategy
from tests.simulation import happenings, requests
from tests.simulation.plans import CALL_FAULTS, Event, Plan, What
from tests.simulation.process import Process
from tests.simulation.schedule import HEALED_AFTER_S, LONGEST_S, Simulation

MOMENTS = st.sampled_from((0.02, 0.2, 1.0, 4.0, 16.0))
ENDS = st.sampled_from(("a", "b"))
LAGS = st.sampled_from(((0.0,), (0.0, 1.0), (0.0, 5.0)))


class Play(RuleBasedStateMachine):
    """One run whose plan is made as it goes."""

    simulation: Simulation

    @initialize(
        strategy=st.sampled_from(list(Strategy)),
        lags=LAGS,
        guard=st.booleans(),
        dwells=st.sampled_from((0, 0, 20)),
        seed=st.integers(0, 10**6),
    )
    def begin(self, *, seed: int, guard: object, **choices: Any) -> None:
        plan = Plan(
            name=f"play-{seed}",
            has_guard=bool(guard),
            # Whatever is done here may disturb: the plan has to say so beforehand.
            events=(
                Event(what="hand_detach", on="end", after_s=1e6),
                Event(what="steal", on="end", after_s=1e6),
                Event(what="hang_guest", on="end", after_s=1e6),
            ),
            breaks=(),
            **choices,
        )
        self.simulation = Simulation(plan)
        self.simulation.has_strands = True
        self.simulation.begin()
        self.simulation.advance(0.02)

    # Operators.

    @rule(to=ENDS, for_s=MOMENTS)
    def request(self, *, to: str, for_s: float) -> None:
        floating = next(iter(self.simulation.floats.values()))
        requests.ask(self.simulation, floating, to)
        self.simulation.advance(for_s)

    @rule(
        what=st.sampled_from(("cancel", "freeze", "follow_down")),
        for_s=MOMENTS,
    )
    def operate(self, *, what: What, for_s: float) -> None:
        self._happen(what, for_s)

    # Processes, the database, clocks.

    @rule(what=st.sampled_from(("rival", "steal", "outage", "kill")), for_s=MOMENTS)
    def disturb(self, *, what: What, for_s: float) -> None:
        self._happen(what, for_s, lasts_s=8.0)

    @rule(lasts_s=st.sampled_from((0.3, 3.0, 17.0, 40.0)), for_s=MOMENTS)
    def stall(self, *, lasts_s: float, for_s: float) -> None:
        self._happen("stall", for_s, lasts_s=lasts_s)

    @rule(number=st.integers(0, 3), for_s=MOMENTS)
    def kill(self, *, number: int, for_s: float) -> None:
        alive: list[Process] = [p for p in self.simulation.processes if p.is_alive]
        for process in alive[number : number + 1]:
            process.kill()
        self.simulation.advance(for_s)

    # EC2 and those who use it.

    @rule(fault=st.sampled_from(CALL_FAULTS), for_s=MOMENTS)
    def break_next_call(self, *, fault: str, for_s: float) -> None:
        self.simulation.plan.call_faults[self.simulation.calls] = fault
        self.simulation.advance(for_s)

    @rule(
        what=st.sampled_from(
            ("terminate", "stop", "start", "fill", "impede", "forbid", "hang_guest")
        ),
        who=ENDS,
        for_s=MOMENTS,
        lasts_s=st.sampled_from((0.0, 10.0)),
    )
    def trouble(self, *, what: What, who: str, for_s: float, lasts_s: float) -> None:
        self._happen(what, for_s, who=who, lasts_s=lasts_s)

    @rule(
        what=st.sampled_from(
            ("hand_detach", "hand_attach", "lose_address", "move_address", "drop")
        ),
        who=st.sampled_from(("a", "b", "c")),
        for_s=MOMENTS,
    )
    def meddle(self, *, what: What, who: str, for_s: float) -> None:
        # EC2 drops an attach while it is young: later it is somebody's hand.
        rows = self.simulation.store.rows.values()
        if what == "drop" and not any(row.job.state.is_active for row in rows):
            what = "hand_detach"
        self._happen(what, for_s, who=who)

    @rule(for_s=MOMENTS)
    def wait(self, *, for_s: float) -> None:
        self.simulation.advance(for_s)

    def _happen(self, what: What, for_s: float, **changes: Any) -> None:
        simulation = self.simulation
        if simulation.simulated_s < HEALED_AFTER_S:
            event = Event(what=what, **changes)
            floating = next(iter(simulation.floats.values()))
            simulation.watch.on_event(event)
            happenings.HAPPENINGS[what](simulation, event, floating)
        simulation.advance(for_s)

    def teardown(self) -> None:
        """Heal, give everything time, and demand an end (I1)."""
        if not hasattr(self, "simulation"):
            return
        simulation = self.simulation
        simulation.advance(max(0.0, LONGEST_S - simulation.simulated_s))
        simulation.watch.at_the_end()
        simulation.end()


TestPlay = Play.TestCase
TestPlay.settings = settings(
    max_examples=60,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
