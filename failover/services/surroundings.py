"""Where a pair lives: VPC, zones, subnets, and what lies at each end's index."""

from collections.abc import Mapping
from dataclasses import dataclass

from failover.models import NetworkInterface, Pair, Subnet
from failover.services import queries
from failover.services.views import InstanceView, InterfaceView


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One instance of the pair, as last seen; None where it was never seen.

    `interface` is what lies at the pair's device index: for `eni` the floating
    interface itself or whatever takes its place, for the others where it leads to.
    """

    instance_id: str
    instance: InstanceView | None
    subnet_id: str
    subnet_name: str
    cidr_block: str
    interface: InterfaceView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Both ends, and for `eni` the interface that moves."""

    primary: End
    standby: End
    floating: InterfaceView | None

    @property
    def vpc_id(self) -> str:
        """The VPC of both ends; the primary's while they differ."""
        seen = (self.primary.instance, self.standby.instance)
        return next((i.vpc_id for i in seen if i and i.vpc_id), "")


def get_surroundings(pair: Pair) -> Surroundings:
    """From the mirror, in a handful of queries."""
    ends = (pair.primary_instance_id, pair.standby_instance_id)
    instances = {
        view.id: view
        for view in queries.view_instances(
            queries.list_instances().filter(
                region_id=pair.region_id, instance_id__in=ends
            )
        )
    }
    rows = list(
        queries.list_interfaces()
        .filter(region_id=pair.region_id, instance_id__in=ends)
        .order_by("device_index")
    )
    own = pair.network_interface_id
    if own and own not in {r.interface_id for r in rows}:
        rows += queries.list_interfaces().filter(
            region_id=pair.region_id, interface_id=own
        )
    interfaces = {view.id: view for view in queries.view_interfaces(rows)}
    subnets = {
        s.subnet_id: s
        for s in Subnet.objects.filter(
            region_id=pair.region_id,
            subnet_id__in={i.subnet_id for i in instances.values()},
        )
    }
    primary, standby = (
        _end(pair, end, instances.get(end), rows, (interfaces, subnets)) for end in ends
    )
    return Surroundings(
        primary=primary, standby=standby, floating=interfaces.get(own or "")
    )


def _end(
    pair: Pair,
    instance_id: str,
    instance: InstanceView | None,
    rows: list[NetworkInterface],
    known: tuple[Mapping[str, InterfaceView], Mapping[str, Subnet]],
) -> End:
    interfaces, subnets = known
    at_index = next(
        (
            r.interface_id
            for r in rows
            if r.instance_id == instance_id and r.device_index == pair.device_index
        ),
        "",
    )
    subnet = subnets.get(instance.subnet_id) if instance else None
    return End(
        instance_id=instance_id,
        instance=instance,
        subnet_id=instance.subnet_id if instance else "",
        subnet_name=subnet.name if subnet else "",
        cidr_block=subnet.cidr_block if subnet else "",
        interface=interfaces.get(at_index),
    )
