"""The inventory: whole reads of a region, and the continuous check of its pairs."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from failover import audit, mirror, models, wiring
from failover.ec2.replies import SecurityGroup, Subnet
from failover.engine import ports
from failover.engine.topology import ElasticIp, Instance, Interface
from failover.models import Pair, Region
from failover.services import holders, observed, permissions, regions, sights
from failover.services.access import Actor

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one whole read of a region found."""

    region: str
    network_interfaces: int
    elastic_ips: int
    instances: int
    seconds: float


def sync(region: Region) -> SyncReport:
    """Read everything of the region and mirror it; what is no longer there vanishes.

    Raises Ec2Unreachable, which is also kept on the region's row: then the mirror
    has only what was read before. A crash leaves the same.
    """
    started = wiring.monotonic()
    began_at = wiring.clock().now()
    try:
        counts = _read(region, began_at)
        has_routes = _read_routes(region, began_at)
    except ports.Ec2Error as error:
        Region.objects.filter(id=region.pk).update(sync_error=str(error)[:500])
        raise sights.translate(error) from error
    _mark_vanished(region, began_at, has_routes=has_routes)
    note_drift(region_id=region.pk)
    Region.objects.filter(id=region.pk).update(
        synced_at=wiring.now(), sync_error="", observed_at=holders.stamp(began_at)
    )
    regions.learn_account(region)
    return SyncReport(
        region=region.name,
        network_interfaces=counts["interfaces"],
        elastic_ips=counts["elastic_ips"],
        instances=counts["instances"],
        seconds=round(wiring.monotonic() - started, 3),
    )


def request_sync(region: Region, actor: Actor) -> datetime:
    """Ask for a sync; the reconciler begins it within a second.

    What the role may do is asked anew too: the operator may just have mended it.
    """
    now = wiring.now()
    permissions.ask_anew(region)
    with transaction.atomic():
        Region.objects.filter(id=region.pk).update(sync_requested_at=now)
        audit.record(
            at=now,
            actor=actor.name,
            token=actor.token_id,
            source_ip=actor.source_ip,
            action="region.sync",
            subject=f"region/{region}",
            outcome="requested",
        )
    return now


def note_drift(*, region_id: int) -> None:
    """Remember, for each idle pair, the first look that showed another holder (P7)."""
    pairs = Pair.objects.filter(region_id=region_id).exclude(
        jobs__state__in=("queued", "running", "parked")
    )
    found = observed.list_observed(pairs)
    for pair in pairs:
        seen = found.get(pair.pk)
        if seen is None or seen.began_at <= pair.settled_at:
            continue
        if seen.holder == (holders.desired_instance_id(pair) or ""):
            first: float | None = None
        else:
            first = pair.drift_seen_at or seen.began_at
        if first != pair.drift_seen_at:
            Pair.objects.filter(id=pair.pk, generation=pair.generation).update(
                drift_seen_at=first
            )


def _read(region: Region, began_at: float) -> dict[str, int]:
    counts = {"interfaces": 0, "instances": 0, "elastic_ips": 0}
    for batch in wiring.gateway(region).read_inventory():
        interfaces = [r for r in batch if isinstance(r, Interface)]
        instances = [r for r in batch if isinstance(r, Instance)]
        elastic_ips = [r for r in batch if isinstance(r, ElasticIp)]
        counts["interfaces"] += len(interfaces)
        counts["instances"] += len(instances)
        counts["elastic_ips"] += len(elastic_ips)
        mirror.upsert(
            region_id=region.pk,
            interfaces=interfaces,
            instances=instances,
            elastic_ips=elastic_ips,
            began_at=began_at,
        )
        _mirror_names(region, batch, began_at)
    return counts


def _read_routes(region: Region, began_at: float) -> bool:
    """Mirror the route tables; False where the role may not read them.

    Only strategy `route` needs them: without it nobody had to grant that.
    """
    try:
        tables = list(wiring.gateway(region).read_route_tables())
    except ports.Ec2Refused as error:
        log.info("region.routes_not_read", region=str(region), error=str(error))
        return False
    mirror.upsert(region_id=region.pk, route_tables=tables, began_at=began_at)
    return True


def _mirror_names(region: Region, batch: tuple[object, ...], began_at: float) -> None:
    subnets = {
        s.id: {
            "name": s.tags.get("Name", ""),
            "tags": dict(s.tags),
            "vpc_id": s.vpc_id,
            "availability_zone": s.availability_zone,
            "cidr_block": s.cidr_block,
        }
        for s in batch
        if isinstance(s, Subnet)
    }
    groups = {
        g.id: {
            "name": g.name,
            "tags": dict(g.tags),
            "vpc_id": g.vpc_id,
            "description": g.description,
        }
        for g in batch
        if isinstance(g, SecurityGroup)
    }
    mirror.write(models.Subnet, "subnet_id", region.pk, subnets, began_at)
    mirror.write(models.SecurityGroup, "group_id", region.pk, groups, began_at)


def _mark_vanished(region: Region, began_at: float, *, has_routes: bool) -> None:
    for model in (
        models.NetworkInterface,
        models.Instance,
        models.ElasticIp,
        models.Subnet,
        models.SecurityGroup,
        *((models.RouteTable,) if has_routes else ()),
    ):
        mirror.mark_vanished(model, region_id=region.pk, began_at=began_at)
