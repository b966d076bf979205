"""How the tests of the decide table ask, and what they expect."""

from typing import Any

from failover.engine import decide
from failover.engine.job import Action, Job, Outcome
from failover.engine.steps import Send, Step, Wait
from tests.engine.cast import (
    NOW,
    a_case,
    remembering,
    under_way,
)

OPEN: dict[str, Any] = {"outcome": Outcome.UNKNOWN}


def the_step(job: Job, *args: object, **changes: object) -> Step:
    return decide.decide(a_case(job, *args, **changes))  # type: ignore[arg-type]


def assert_sends(step: Step, action: Action) -> Send:
    assert isinstance(step, Send)
    assert step.call.action is action
    return step


def assert_waits(step: Step, waiting_for: str) -> Wait:
    assert isinstance(step, Wait)
    assert step.waiting_for == waiting_for
    return step


def settled(**changes: object) -> Job:
    """Attached at the standby for long enough to be believed."""
    memory = remembering(settled_since=NOW - 6)
    return under_way(memory=memory, restored_at=NOW - 6, **changes)
