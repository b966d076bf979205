"""How the tests of a sight look."""

from failover.engine import sight
from failover.engine.job import Intent, Job, Memory
from failover.engine.sight import Seen
from failover.engine.topology import Observation, Rank
from tests.engine.cast import (
    AT_PRIMARY,
    LIMITS,
    NOW,
    remembering,
    under_way,
)


def look(
    observation: Observation, *intents: Intent, job: Job | None = None
) -> tuple[Memory, Seen]:
    return sight.look(
        job=job or under_way(),
        intents=intents,
        observation=observation,
        limits=LIMITS,
    )


def knowing(**changes: object) -> Job:
    return under_way(memory=remembering(**changes))


KNOWN = {"attachment_id": AT_PRIMARY, "state_since": NOW - 100}
ATTACHED = knowing(rank=Rank.ATTACHED, state_key="eni-attach-1:ATTACHED", **KNOWN)
