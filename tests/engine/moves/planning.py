"""How the tests of plans of moves plan."""

from collections.abc import Mapping
from typing import Any

from failover.engine.job import End, Part
from failover.engine.moves.preflight import MovePlan, plan_move
from failover.engine.preflight import Check
from failover.engine.topology import (
    Instance,
    InstanceId,
    Observation,
)
from tests.engine.cast import PRIMARY, STANDBY, an_instance
from tests.engine.moves.cast import (
    EIP,
    IP,
    ROUTES,
    SOURCE,
    TABLES,
    TARGET,
    a_look,
    a_move,
    a_table,
    an_elastic_ip,
)

ENDS: Mapping[InstanceId, End | None] = {PRIMARY: SOURCE, STANDBY: TARGET}
BOTH = (an_instance(PRIMARY), an_instance(STANDBY))


def seen(*shown: Any, job: Any = None, instances: tuple[Instance, ...] = BOTH) -> Any:
    return a_look(job or a_move(), *shown, *instances)


def planned(
    look: Observation,
    *parts: Part,
    ends: Mapping[InstanceId, End | None] = ENDS,
    to: InstanceId = STANDBY,
    frozen: bool = False,
) -> MovePlan:
    what = parts or (EIP,)
    job = a_move(*what)
    return plan_move(
        strategy=job.strategy,
        parts=what,
        ends=ends,
        to=to,
        seen=look,
        frozen=frozen,
    )


def failed(plan: MovePlan) -> list[str]:
    return [c.code for c in plan.plan.checks if not c.ok]


def check(plan: MovePlan, code: str) -> Check:
    (found,) = (c for c in plan.plan.checks if c.code == code)
    return found


AT_SOURCE = an_elastic_ip(SOURCE)


def tables(*ends: End | None) -> Observation:
    shown = [a_table(t, e) for t, e in zip(TABLES, ends, strict=True)]
    return a_look(a_move(*ROUTES), *shown, *BOTH)


def carried(*shown: Any) -> Observation:
    return a_look(a_move(IP), *shown, *BOTH)
