"""What an action is about, as EC2 shows it now: looked at before anything is sent."""

from dataclasses import dataclass

from failover import wiring
from failover.engine import ports
from failover.engine.topology import (
    AllocationId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
)
from failover.models import Region
from failover.services import refusals, sights
from failover.services.acts import orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look, and what stands in it; each finder raises NotFound."""

    seen: Observation

    def interface(self, id: str) -> Interface:
        found = self.seen.interfaces.get(InterfaceId(id))
        if found is None:
            raise refusals.NotFound(what="network interface", id=id)
        return found

    def instance(self, id: str) -> Instance:
        found = self.seen.instances.get(InstanceId(id))
        if found is None:
            raise refusals.NotFound(what="instance", id=id)
        return found

    def elastic_ip(self, id: str) -> ElasticIp:
        found = self.seen.elastic_ips.get(AllocationId(id))
        if found is None:
            raise refusals.NotFound(what="elastic IP", id=id)
        return found


def look(region: Region, *ids: str) -> Sight:
    """See these interfaces, instances and Elastic IPs, and keep what was seen.

    Raises Ec2Unreachable within five seconds.
    """
    asked = orders.scope(ids)
    try:
        seen = wiring.gateway(region).observe(asked)
    except ports.Ec2Error as error:
        raise sights.translate(error) from error
    if not seen.scope.instance_ids.issuperset(asked.instance_ids):
        # A zone that fails hides its own; that is not the same as being gone.
        raise refusals.Ec2Unreachable(detail="EC2 does not show the instance.")
    sights.keep(region_id=region.pk, seen=seen)
    return Sight(seen=seen)
