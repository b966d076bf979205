"""How the tests of a tick tick."""

from uuid import UUID

from failover.engine.job import Intent, Job
from failover.engine.refusals import Fact
from failover.engine.tick import Ticked, tick
from failover.engine.topology import InstanceId, Observation
from tests.engine.cast import (
    LIMITS,
    NOW,
    facts,
    work,
)

INTENT_ID = UUID(int=77)


def ticked(
    job: Job,
    observation: Observation,
    *intents: Intent,
    known: dict[InstanceId, Fact] | None = None,
) -> Ticked:
    return tick(
        work=work(job, *intents),
        observation=observation,
        facts=facts() if known is None else known,
        now=NOW,
        limits=LIMITS,
        intent_id=INTENT_ID,
    )
