"""One look at EC2 inside a request: a single parallel round trip, bounded in time."""

from collections.abc import Iterable

import structlog
from django.db import DatabaseError

from failover import wiring
from failover.engine import ports
from failover.engine.topology import InstanceId, InterfaceId, Observation, Scope
from failover.models import Region
from failover.services import refusals

log = structlog.get_logger(__name__)


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
    try:
        seen = wiring.gateway(region).observe(scope)
    except ports.Ec2Error as error:
        raise translate(error) from error
    return seen


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
