"""How the tests of places and beliefs look."""

from failover.engine.job import Intent, Job, Memory, Trace
from failover.engine.moves import whereabouts
from failover.engine.moves.places import Lying, Whereabouts
from failover.engine.topology import Observation
from tests.engine.cast import LIMITS


def looked(job: Job, look: Observation, *intents: Intent) -> tuple[Memory, Whereabouts]:
    assert job.moving is not None
    return whereabouts.look(
        job=job,
        moving=job.moving,
        intents=intents,
        observation=look,
        limits=LIMITS,
    )


def belief(job: Job, look: Observation, *intents: Intent) -> Lying:
    """What is believed of the job's only part."""
    (one,) = looked(job, look, *intents)[1].parts
    return one


def trace(memory: Memory) -> Trace:
    (one,) = memory.traces
    return one
