"""Plans under which the engine once broke an invariant, kept as they were."""

from tests.simulation.plans import Break, Event, Plan

_PLANS = (
    # A parked job that tries a refused end again stays parked.
    Plan(
        name="retry-of-a-parked-job",
        limit=3,
        is_flag_raised=True,
        lags=(0.0, 1.0),
        slow_look_s=0.6,
        late_s=31.7,
        breaks=(Break(point=28, what="kill"),),
        events=(
            Event(what="double_click", on="end", after_s=0.05),
            Event(what="steal", on="attaching", after_s=0.5),
            Event(what="impede", on="intent"),
            Event(what="terminate", on="end", after_s=1.0, who="a"),
            Event(what="drop", on="attached", after_s=2.709),
        ),
    ),
)

REGRESSIONS = {plan.name: plan for plan in _PLANS}
