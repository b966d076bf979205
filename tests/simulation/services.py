"""The services behind the floating resources, as probes find them."""

from typing import TYPE_CHECKING

from failover.engine.errands import ProbeEnded
from failover.engine.probes import (
    Probe,
    ProbeKind,
    ProbeOutcome,
    Question,
    Verdict,
)
from tests.simulation.floats import Floating

if TYPE_CHECKING:
    from tests.simulation.schedule import Simulation

PORT = 443


def probe_of(simulation: "Simulation") -> Probe | None:
    """What a job asks at its end, by the plan."""
    if not simulation.plan.service:
        return None
    return Probe(kind=ProbeKind.TCP, port=PORT)


class Services:
    """Whether a service answers. It does so only where its resource is."""

    def __init__(self, *, simulation: "Simulation") -> None:
        self._sim = simulation
        # Since when a resource was tied where its service answered first of all.
        self._first: dict[str, float] = {}

    def answer(self, floating: Floating, question: Question) -> Verdict:
        """What a probe finds at this moment."""
        is_well = floating.is_tied_at(floating.holder) and self._is_well(floating)
        outcome = ProbeOutcome.PASSED if is_well else ProbeOutcome.FAILED
        return Verdict(
            outcome=outcome,
            address=question.address,
            port=question.probe.port,
            code="" if is_well else "connection_refused",
        )

    def _is_well(self, floating: Floating) -> bool:
        sim, plan = self._sim, self._sim.plan
        match plan.service:
            case "well":
                return True
            case "late":
                return sim.now >= self._tied_at(floating) + plan.service_late_s
            case "flapping":
                return sim.rng.random() < 0.4
            case "once":
                return self._is_first(floating)
            case _:
                return False

    def reach(self, floating: Floating, ended: ProbeEnded) -> ProbeEnded | None:
        """What the process hears of it; None: nothing, ever."""
        service = self._sim.plan.service
        if service == "hung":
            return None
        is_lost = service == "once" and not self._is_first(floating)
        if service == "silent" or is_lost:
            return ProbeEnded(job_id=ended.job_id, verdict=None)
        return ended

    def _is_first(self, floating: Floating) -> bool:
        """Whether it is still where it was when it was probed for the first time."""
        tied_at = self._tied_at(floating)
        return self._first.setdefault(floating.key, tied_at) == tied_at

    def _tied_at(self, floating: Floating) -> float:
        return self._sim.watch.history.tied_at[floating.key][1]
