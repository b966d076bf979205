"""How the tests of the moves' decide table ask."""

from typing import Any

from failover.engine.job import Intent, Job
from failover.engine.moves import decide
from failover.engine.moves.places import Place, Whereabouts
from failover.engine.steps import Step
from failover.engine.topology import PrivateAddress
from tests.engine.moves.cast import (
    OTHER_ADDRESS,
    ROUTES,
    TARGET,
    a_case,
    a_move,
    at,
)

FREE, HERE, THERE = Place.FREE, Place.TARGET, Place.SOURCE
UNKNOWN, ELSEWHERE, GONE = Place.UNKNOWN, Place.ELSEWHERE, Place.GONE


TAKEN = (
    PrivateAddress(
        address=TARGET.private_ip, primary=True, allocation_id=OTHER_ADDRESS
    ),
)


def the_step(job: Job, seen: Whereabouts, *intents: Intent, **changes: Any) -> Step:
    return decide.decide(a_case(job, seen, *intents, **changes))


def of_routes(*places: Place, **changes: Any) -> Whereabouts:
    return at(*places, job=a_move(*ROUTES), **changes)
