"""One look at EC2 inside a request: a parallel round trip, bounded in time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog
from django.db import DatabaseError

from failover import wiring
from failover.engine import ports, strategies
from failover.engine.topology import InstanceId, InterfaceId, Observation, Scope
from failover.models import Pair, Region
from failover.services import floating, refusals

log = structlog.get_logger(__name__)

NOTHING = Scope()
# EC2 says at once that it is asked too often. Whoever was late in saying so is not
# asked again, so that a look stays within its five seconds.
RETRIES_AFTER_S = (0.3, 0.9)
PATIENCE_S = 1.0


def look(
    *, region: Region, interface_ids: Iterable[str], instance_ids: Iterable[str] = ()
) -> Observation:
    """See the interfaces and instances now. What EC2 does not know is left out.

    Raises Ec2Unreachable within five seconds, and Ec2ReadRefused.
    """
    scope = Scope(
        interface_ids=frozenset(InterfaceId(i) for i in interface_ids),
        instance_ids=frozenset(InstanceId(i) for i in instance_ids if i),
    )
    return _observe(region, scope)


def look_for(*, region: Region, pairs: Sequence[Pair]) -> Observation:
    """See what the pairs move and both of its ends, as `look` does.

    A second round trip is needed only where the mirror does not know the interfaces
    of the ends: a pair that is made before the first sync, a replaced interface.
    """
    seen = _observe(region, floating.scope(pairs))
    for _ in range(2):
        # Once for the interfaces, once for who else carries an address of theirs.
        missing = floating.missing(pairs, seen)
        if missing == NOTHING:
            break
        seen = _joined(seen, _observe(region, missing))
    return seen


def _observe(region: Region, scope: Scope) -> Observation:
    try:
        seen = _observe_patiently(region, scope)
    except ports.Ec2Error as error:
        raise translate(error) from error
    if scope.instance_ids and not seen.scope.instance_ids:
        # One zone may fail and hide an end; without both nothing can be said.
        raise refusals.Ec2Unreachable(detail="EC2 shows none of the instances.")
    return seen


def _observe_patiently(region: Region, scope: Scope) -> Observation:
    """Look again where EC2 only asked for patience: somebody waits for what it says."""
    began = wiring.monotonic()
    for pause_s in RETRIES_AFTER_S:
        try:
            return wiring.gateway(region).observe(scope)
        except ports.Ec2Busy:
            if wiring.monotonic() - began > PATIENCE_S:
                raise
        wiring.sleep(pause_s)
    return wiring.gateway(region).observe(scope)


def _joined(first: Observation, second: Observation) -> Observation:
    """Two looks as one that is as old as the first."""
    return replace(
        first,
        scope=strategies.join([first.scope, second.scope]),
        ended_at=second.ended_at,
        interfaces={**first.interfaces, **second.interfaces},
    )


def keep(*, region_id: int, seen: Observation) -> None:
    """Mirror what was seen, where it is newer; a database that cannot is no matter.

    After the work, not before it: nobody's job waits for a page to be fresh.
    """
    try:
        wiring.store().mirror(region_id=region_id, observation=seen)
    except DatabaseError as error:
        log.warning("sight.not_kept", region_id=region_id, error=str(error))


def translate(error: ports.Ec2Error) -> refusals.Refusal:
    """A failed read as a refusal."""
    if isinstance(error, ports.Ec2Refused):
        return refusals.Ec2ReadRefused(detail=str(error))
    return refusals.Ec2Unreachable(detail=str(error) or type(error).__name__)
