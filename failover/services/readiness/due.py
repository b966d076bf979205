"""Which idle pairs are to be judged now: by age, by change, by a new permission."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from failover import models, wiring
from failover.models import Job, Pair, Region
from failover.models.jobs import IS_ACTIVE
from failover.models.pairs import Strategy
from failover.services import floating
from failover.services.accounts import permissions

# Who is due so soon is judged along: one look for many.
AHEAD = timedelta(seconds=30)
# A change is stamped as it is written and seen once it is committed, so much later.
MARGIN = timedelta(seconds=2)
# For how long a change makes its pairs due; then the cadence does.
NOTICED = timedelta(seconds=15)

Changes = Mapping[tuple[int, str], datetime]

_ACTIVE_JOB = Job.objects.filter(
    IS_ACTIVE,
    Q(pair=OuterRef("pk"))
    | (
        ~Q(network_interface_id="")
        & Q(
            region=OuterRef("region"),
            network_interface_id=OuterRef("network_interface_id"),
        )
    ),
)


def list_idle() -> QuerySet[Pair]:
    """Pairs without an active job, of their own or at work on their interface."""
    idle = Pair.objects.filter(~Exists(_ACTIVE_JOB))
    return idle.select_related("region__account")


def list_idle_regions() -> list[int]:
    """The regions that have pairs; asked twice a second, so no pair is read."""
    return list(Pair.objects.values_list("region_id", flat=True).distinct())


def list_due() -> dict[int, list[Pair]]:
    """The idle pairs to judge now, by their region: by age, or since they changed.

    A job that began or ended and an operator's change raise the generation; what EC2
    showed otherwise than before is stamped in the mirror.
    """
    now = wiring.now()
    is_old = Q(readiness_due_at=None) | Q(readiness_due_at__lte=now)
    is_other = ~Q(readiness_generation=F("generation"))
    due = {p.pk: p for p in list_idle().filter(is_old | is_other | _is_asked_since())}
    aged = {p.region_id for p in due.values() if _is_aged(p, now)}
    if aged:
        ahead = Q(region__in=aged, readiness_due_at__lte=now + AHEAD)
        due |= {p.pk: p for p in list_idle().filter(ahead)}
    due |= {p.pk: p for p in _list_changed(now)}
    by_region: dict[int, list[Pair]] = {}
    for pair in due.values():
        by_region.setdefault(pair.region_id, []).append(pair)
    return by_region


def list_regions_to_ask() -> list[Region]:
    """Regions whose role should be asked what it may do."""
    used: dict[int, set[str]] = {}
    for region_id, strategy in list_idle().values_list("region_id", "strategy"):
        used.setdefault(region_id, set()).add(strategy)
    now = wiring.now().timestamp()
    regions = Region.objects.select_related("account").filter(id__in=used)
    return [
        region
        for region in regions
        if permissions.is_due(region=region, strategies=used[region.pk], now=now)
    ]


def _is_aged(pair: Pair, now: datetime) -> bool:
    return pair.readiness_due_at is None or pair.readiness_due_at <= now


def _is_asked_since() -> Q:
    """Pairs that were judged before their role's last answer."""
    asked = Q(pk=None)
    for region in Region.objects.exclude(permissions={}):
        told = permissions.read(region).values()
        newest = max((max(v.at, v.tried_at) for v in told), default=0.0)
        at = datetime.fromtimestamp(newest, tz=UTC)
        asked |= Q(region=region, readiness_at__lt=at)
    return asked


def _list_changed(now: datetime) -> list[Pair]:
    """Pairs of which the mirror shows something else than when they were judged."""
    changed = _changes(since=now - NOTICED)
    if not changed:
        return []
    ids = {name for _, name in changed}
    concerned = (
        Q(network_interface_id__in=ids)
        | Q(primary_instance_id__in=ids)
        | Q(standby_instance_id__in=ids)
        | Q(allocation_id__in=ids)
        | Q(strategy=Strategy.ROUTE)
    )
    pairs = list_idle().filter(concerned, region__in={r for r, _ in changed})
    return [p for p in pairs if _has_changed(p, changed)]


def _has_changed(pair: Pair, changed: Changes) -> bool:
    ids = (
        pair.network_interface_id,
        pair.allocation_id,
        *floating.instances_of(pair),
        *pair.route_table_ids,
    )
    stamps = [changed.get((pair.region_id, name)) for name in ids]
    newest = max((s for s in stamps if s is not None), default=None)
    if newest is None or pair.readiness_at is None:
        return newest is not None
    return newest > pair.readiness_at - MARGIN


def _changes(*, since: datetime) -> Changes:
    """When each thing last differed, by region and id; interfaces also by holder."""
    found: dict[tuple[int, str], datetime] = {}
    tables: Iterable[tuple[Any, tuple[str, ...]]] = (
        (models.NetworkInterface, ("interface_id", "instance_id")),
        (models.Instance, ("instance_id",)),
        (models.ElasticIp, ("allocation_id",)),
        (models.RouteTable, ("route_table_id",)),
    )
    for model, names in tables:
        rows = model.objects.filter(changed_at__gte=since)
        for region_id, at, *ids in rows.values_list("region_id", "changed_at", *names):
            for name in filter(None, ids):
                found[region_id, name] = max(at, found.get((region_id, name), at))
    return found
