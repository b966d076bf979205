"""Something that has arrived at the standby, and what its pair's probe says of it."""

from dataclasses import replace
from typing import Any

from failover.engine.job import Job, State
from failover.engine.probes import Heard, Probe, ProbeKind, ProbeOutcome, Verdict
from failover.engine.steps import Finish
from tests.engine.cast import AT_STANDBY, NOW, remembering, under_way

PROBE = Probe(kind=ProbeKind.HTTP, port=8080, path="/health")
# It arrived then, as the look that set `restored_at` began and ended.
SETTLED, RESTORED = NOW - 6.2, NOW - 6
SUCCESS = Finish(state=State.SUCCEEDED, why="done")


def a_verdict(outcome: ProbeOutcome = ProbeOutcome.PASSED, **changes: Any) -> Verdict:
    code = "" if outcome is ProbeOutcome.PASSED else "connection_refused"
    verdict = Verdict(
        outcome=outcome, address="203.0.113.7", port=8080, code=code, duration_s=0.1
    )
    return replace(verdict, **changes)


def heard_at(at: float, outcome: ProbeOutcome = ProbeOutcome.PASSED) -> Heard:
    return Heard(began_at=at, verdict=a_verdict(outcome))


PASS = heard_at(NOW - 3)
FAILURE = heard_at(NOW - 2, ProbeOutcome.FAILED)


def arrived(**changes: Any) -> Job:
    """Attached at the standby for long enough; its pair has a probe."""
    memory = remembering(
        settled_since=SETTLED,
        attachment_id=AT_STANDBY,
        state_key="eni-attach-2:ATTACHED",
        state_since=SETTLED,
    )
    defaults: dict[str, Any] = {
        "probe": PROBE,
        "restored_at": RESTORED,
        "memory": memory,
    }
    return under_way(**{**defaults, **changes})
