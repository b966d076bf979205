"""What forms may offer, each choice with the reason where it cannot be taken.

What the mirror has comes from the mirror; images, key pairs and types are asked of
EC2 and kept a short while in this process.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from failover import models, wiring
from failover.ec2.console import Console
from failover.ec2.offers import Image, InstanceType, KeyPair
from failover.engine import ports, preflight
from failover.engine.topology import Instance, InstanceId, Observation, Scope
from failover.models import NetworkInterface, Region
from failover.models.pairs import Strategy
from failover.services import facts, plans, refusals, sights
from failover.services.acts.checking import Errors

T = TypeVar("T")

KEPT_S = 60.0
# What AWS sells in a region does not change while somebody fills in a form.
TYPES_KEPT_S = 3600.0
MOST_CHOICES = 200

_lock = threading.Lock()
_kept: dict[tuple[int, str], tuple[float, Any]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceChoice:
    """An instance that an interface could be attached to; `reason` why it cannot.

    `hurts` are the pairs that could not be swapped to it any more.
    """

    id: str
    name: str
    state: str
    availability_zone: str
    device_index: int
    reason: str
    hurts: tuple[str, ...]

    @property
    def is_possible(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChoice:
    """A private address that an Elastic IP could be put on; `taken_by` another one."""

    network_interface_id: str
    name: str
    private_ip: str
    is_primary: bool
    instance_id: str
    taken_by: str


def list_subnets(region: Region) -> QuerySet[models.Subnet]:
    """The region's subnets, by zone and name."""
    rows = models.Subnet.objects.filter(region=region, vanished_at=None)
    return rows.order_by("availability_zone", "name", "subnet_id")


def list_groups(region: Region, *, vpc_id: str) -> QuerySet[models.SecurityGroup]:
    """The security groups of one VPC, by name."""
    rows = models.SecurityGroup.objects.filter(
        region=region, vpc_id=vpc_id, vanished_at=None
    )
    return rows.order_by("name", "group_id")


def list_free_elastic_ips(region: Region) -> QuerySet[models.ElasticIp]:
    """Elastic IPs that are associated with nothing, by name."""
    rows = models.ElasticIp.objects.filter(
        region=region, vanished_at=None, association_id=""
    )
    return rows.order_by("name", "public_ip")


def list_images(region: Region) -> Sequence[Image]:
    """Our own images and Amazon's Linux. Raises Ec2Unreachable."""
    return _ask(region, "images", KEPT_S, lambda console: console.read_images())


def list_key_pairs(region: Region) -> Sequence[KeyPair]:
    """The region's key pairs. Raises Ec2Unreachable."""
    return _ask(region, "key_pairs", KEPT_S, lambda console: console.read_key_pairs())


def list_types(region: Region) -> Sequence[InstanceType]:
    """The instance types that the region sells. Raises Ec2Unreachable."""
    return _ask(region, "types", TYPES_KEPT_S, lambda console: console.read_types())


def list_attachable(
    row: NetworkInterface, *, q: str = "", limit: int = MOST_CHOICES
) -> list[InstanceChoice]:
    """Instances for this interface: those of its zone first, each with its verdict."""
    found = models.Instance.objects.filter(region=row.region, vanished_at=None)
    found = found.exclude(state__in=("terminated", "shutting-down"))
    if q:
        found = found.filter(Q(instance_id__icontains=q) | Q(name__icontains=q))
    is_near = When(availability_zone=row.availability_zone, vpc_id=row.vpc_id, then=0)
    near = Case(is_near, default=Value(1), output_field=IntegerField())
    ordered = list(found.order_by(near, "name", "instance_id")[:limit])
    coming = _coming(row.region, [instance.instance_id for instance in ordered])
    return [_judge(row, one, coming.get(one.instance_id, ())) for one in ordered]


def list_hurt(*, region: Region, instance_id: str, device_index: int) -> list[str]:
    """The pairs that an attach there takes the place of, by what was last seen."""
    rows = models.Instance.objects.filter(region=region, instance_id=instance_id)
    instance = rows.first()
    if instance is None:
        return []
    pairs = _coming(region, [instance_id]).get(instance_id, [])
    return list(_hurt(facts.instance(instance), device_index, pairs))


def list_places(
    region: Region, *, q: str = "", limit: int = MOST_CHOICES
) -> list[PlaceChoice]:
    """Private addresses that an Elastic IP could be put on, by interface."""
    rows = NetworkInterface.objects.filter(
        region=region, vanished_at=None, requester_managed=False
    )
    if q:
        rows = rows.filter(
            Q(interface_id__icontains=q)
            | Q(name__icontains=q)
            | Q(instance_id__icontains=q)
            | Q(private_ip__startswith=q)
        )
    return [
        PlaceChoice(
            network_interface_id=row.interface_id,
            name=row.name,
            private_ip=address["address"],
            is_primary=address["primary"],
            instance_id=row.instance_id,
            taken_by=address.get("public_ip") or "",
        )
        for row in rows.order_by("name", "interface_id")[:limit]
        for address in row.private_ips
    ]


def launch_errors(region: Region, *, image_id: str, type: str, key_name: str) -> Errors:
    """What is wrong with what a launch was asked with.

    Raises NotFound for an image that we may not use; Ec2Unreachable.
    """
    image = _find_image(region, image_id)
    if image is None:
        raise refusals.NotFound(what="image", id=image_id)
    errors: Errors = {}
    if image.state not in ("available", ""):
        errors["image_id"] = [f"The image is {image.state}, not available."]
    if wrong := _type_error(region, type, image):
        errors["type"] = [wrong]
    if key_name and not _has_key_pair(region, key_name):
        errors["key_name"] = [f"There is no key pair {key_name[:40]} here."]
    return errors


def _type_error(region: Region, name: str, image: Image) -> str:
    kind = f"type {name}"
    sold = _ask(region, kind, KEPT_S, lambda console: console.read_types([name]))
    if not sold:
        forget(region, kind)
        return f"{region.name} sells no instance type {name[:40]}."
    fitting = sold[0].architectures
    if image.architecture and fitting and image.architecture not in fitting:
        kinds = ", ".join(fitting)
        return f"{name} is {kinds}, but the image is for {image.architecture}."
    return ""


def _has_key_pair(region: Region, name: str) -> bool:
    if name in {k.name for k in list_key_pairs(region)}:
        return True
    # It may have been made a moment ago.
    forget(region, "key_pairs")
    return name in {k.name for k in list_key_pairs(region)}


def forget(region: Region, what: str) -> None:
    """Ask EC2 anew the next time."""
    with _lock:
        _kept.pop((region.pk, what), None)


def _find_image(region: Region, image_id: str) -> Image | None:
    offered = next((i for i in list_images(region) if i.id == image_id), None)
    if offered is not None:
        return offered
    try:
        return wiring.gateway(region).console.find_image(image_id)
    except ports.Ec2Error as error:
        raise sights.translate(error) from error


def _judge(
    row: NetworkInterface, instance: models.Instance, pairs: Sequence[models.Pair]
) -> InstanceChoice:
    """The same checks as the attach itself will make, on what was last seen."""
    seen = facts.instance(instance)
    index = preflight.free_index(seen)
    at = row.observed_began_at
    plan = preflight.plan_attach(
        interface=facts.interface(row),
        instance_id=InstanceId(instance.instance_id),
        device_index=index,
        seen=Observation(
            scope=Scope(), began_at=at, ended_at=at, instances={seen.id: seen}
        ),
    )
    failed = [c for c in plan.checks if not c.ok and c.severity == "error"]
    views = plans.as_views(failed)
    return InstanceChoice(
        id=instance.instance_id,
        name=instance.name,
        state=instance.state,
        availability_zone=instance.availability_zone,
        device_index=index,
        reason=" ".join(view.detail for view in views),
        hurts=_hurt(seen, index, pairs),
    )


def _coming(region: Region, ids: Sequence[str]) -> dict[str, list[models.Pair]]:
    """The pairs whose interface has a place at each of these instances, by name."""
    is_end = Q(primary_instance_id__in=ids) | Q(standby_instance_id__in=ids)
    pairs = models.Pair.objects.filter(is_end, region=region, strategy=Strategy.ENI)
    coming: dict[str, list[models.Pair]] = {}
    for pair in pairs.order_by("name"):
        for end in (pair.primary_instance_id, pair.standby_instance_id):
            coming.setdefault(end, []).append(pair)
    return coming


def _hurt(
    instance: Instance, index: int, pairs: Sequence[models.Pair]
) -> tuple[str, ...]:
    """The pairs whose place there is taken: their index, or the last room for all."""
    present = {slot.interface_id for slot in instance.slots}
    coming = [p for p in pairs if p.network_interface_id not in present]
    limit = instance.interface_limit
    is_full = limit is not None and len(present) + 1 + len(coming) > limit
    return tuple(p.name for p in coming if is_full or p.device_index == index)


def _ask(region: Region, what: str, for_s: float, read: Callable[[Console], T]) -> T:
    """What EC2 said lately, or says now. Raises Ec2Unreachable, Ec2ReadRefused."""
    key, now = (region.pk, what), wiring.monotonic()
    with _lock:
        until, kept = _kept.get(key, (0.0, None))
    if now < until:
        found: T = kept
        return found
    try:
        found = read(wiring.gateway(region).console)
    except ports.Ec2Error as error:
        raise sights.translate(error) from error
    with _lock:
        _kept[key] = (now + for_s, found)
    return found
