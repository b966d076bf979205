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
    # A forced detach whose fate is unknown is sent again, however new its effect is.
    Plan(
        name="force-repeated-after-a-lost-reply-2",
        pairs=2,
        force_after_s=10.0,
        uses_preflight=False,
        lags=(5.0,),
        omitting_looks=30,
        sticky_s=2.0,
        late_s=29.166,
        call_faults={0: "late", 1: "error_applied", 10: "late", 11: "error_applied"},
        breaks=(
            Break(point=343, what="database_error"),
            Break(point=333, what="commit_error", process=1),
        ),
        stall_s=40.0,
        events=(
            Event(what="steal", after_s=0.05, lasts_s=0.3),
            Event(what="stall", on="intent", after_s=0.5, lasts_s=0.3),
            Event(what="stop", who="a"),
            Event(what="stick", on="attaching", who="a"),
            Event(what="step_clock", on="intent", after_s=1.0, lasts_s=-4.0),
        ),
        service="dead",
    ),
    Plan(
        name="force-repeated-after-an-error-that-worked",
        limit=3,
        force_after_s=10.0,
        uses_preflight=False,
        lags=(5.0,),
        omitting_looks=5,
        hangs=(30.0,),
        late_s=30.538,
        call_faults={3: "error_applied"},
        breaks=(Break(point=245, what="database_error"),),
        dwell_s=0.5,
        stall_s=3.0,
        events=(
            Event(what="follow_down", on="free", after_s=2.0, lasts_s=40.0),
            Event(what="rival", lasts_s=2.0),
            Event(what="stick", on="detaching", after_s=0.1),
            Event(what="cancel", on="end", after_s=2.0),
            Event(what="freeze"),
        ),
        service="silent",
    ),
    # To a plain detach the pair's other end is a stranger like any.
    Plan(
        name="detached-by-plan-attached-by-hand",
        kind="detach",
        to="",
        force_after_s=10.0,
        uses_preflight=False,
        lags=(5.0,),
        failing_looks=40,
        omitting_looks=5,
        hangs=(30.0,),
        late_s=35.917,
        breaks=(Break(point=37, what="kill"),),
        dwells=30,
        dwell_s=0.5,
        stall_s=3.0,
        events=(
            Event(what="impede", on="detaching"),
            Event(what="cancel", on="end"),
            Event(what="hand_attach", on="detaching", after_s=0.5),
        ),
        service="dead",
    ),
)

REGRESSIONS = {plan.name: plan for plan in _PLANS}
