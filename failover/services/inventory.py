"""The inventory: whole reads of regions, when they are due, and pairs that drifted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from failover import audit, columns, mirror, wiring
from failover.columns import Table
from failover.ec2.listing import Listing
from failover.engine import cadence, ports
from failover.engine.topology import (
    ElasticIp,
    Instance,
    Interface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from failover.models import Pair, Region
from failover.services import drift, holders, observed, paying, regions, sights
from failover.services.access import Actor
from failover.services.accounts import permissions

log = structlog.get_logger(__name__)

# After a failed read the next waits so long, twice as long each time, at most so long.
RETRY_LEAST_S, RETRY_MOST_S = 5.0, 300.0
# A region is not read for more than a third of the time.
REST_FACTOR = 3.0
# What EC2 appends to a refusal for sts:DecodeAuthorizationMessage.
SEALED = "Encoded authorization failure message"
# What a listing is called where it cannot be read.
NOUNS: Mapping[type[columns.Fact], str] = {
    Vpc: "VPCs",
    Subnet: "Subnets",
    SecurityGroup: "Security groups",
    Interface: "Network interfaces",
    ElasticIp: "Elastic IPs",
    RouteTable: "Route tables",
    Instance: "Instances",
}


class Abandoned(Exception):
    """The read was given up half-way, because this process is to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one whole read of a region found."""

    region: str
    network_interfaces: int
    elastic_ips: int
    instances: int
    seconds: float


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a whole read has come."""

    # When the complete listings began, by their tables' names; and their rows.
    began_at: dict[str, float] = field(default_factory=dict)
    counts: dict[type[columns.Fact], int] = field(default_factory=dict)
    failures: list[tuple[str, ports.Ec2Error]] = field(default_factory=list)

    @property
    def error(self) -> str:
        """Why the read is not whole; "" where it is."""
        if not self.began_at:
            return "; ".join(_short(error) for _, error in self.failures)
        return "; ".join(f"{noun}: {_short(error)}" for noun, error in self.failures)


def _short(error: ports.Ec2Error) -> str:
    """EC2's words without what only AWS can read."""
    return str(error).partition(SEALED)[0].strip()


def nothing() -> None:
    """Where nobody has to be told that a read goes on."""


def sync(region: Region, *, go_on: Callable[[], None] = nothing) -> SyncReport:
    """Read everything of the region and mirror it; what is no longer there vanishes.

    `go_on` is called before each page, and may raise Abandoned. A kind that cannot be
    read keeps its last rows, and the others are read nevertheless; then
    Ec2Unreachable or Ec2ReadRefused is raised, and kept on the region's row with the
    time of the next try. A crash leaves what was written until then.
    """
    started = wiring.monotonic()
    began_at = wiring.clock().now()
    progress = Progress()
    try:
        listings = wiring.gateway(region).listings()
        purse = paying.Purse(region_id=region.pk, go_on=go_on)
        purse.begin([api for listing in listings for api in listing.apis])
        for listing in listings:
            _read(region, listing, purse, progress)
    except ports.Ec2Error as error:
        progress.failures.append(("", error))
    seconds = round(wiring.monotonic() - started, 3)
    _keep(region, progress, began_at=began_at, seconds=seconds)
    note_drift(region_id=region.pk)
    drift.judge(region_id=region.pk)
    if progress.failures:
        first = progress.failures[0][1]
        raise sights.translate(first) from first
    regions.learn_account(region)
    return SyncReport(
        region=region.name,
        network_interfaces=progress.counts[Interface],
        elastic_ips=progress.counts[ElasticIp],
        instances=progress.counts[Instance],
        seconds=seconds,
    )


def list_due() -> list[Region]:
    """The regions to read now: those asked for first, then the longest unread.

    While a driver needs a region's quota it is read less often; after failures it
    waits for its next try, unless somebody asks.
    """
    now, dark = wiring.now(), wiring.store().budgets.dark_regions()
    due = []
    for region in Region.objects.select_related("account").order_by("synced_at", "pk"):
        pace = cadence.IDLE_FACTOR if region.pk in dark else 1.0
        every_s = max(
            wiring.limits().sync_every_s * pace, region.sync_took_s * REST_FACTOR
        )
        is_old = (
            region.synced_at is None
            or region.synced_at + timedelta(seconds=every_s) <= now
        )
        may_try = region.sync_retry_at is None or region.sync_retry_at <= now
        if region.sync_requested_at is not None or (is_old and may_try):
            due.append(region)
    # A region that was never read is older than any.
    due.sort(key=lambda r: (r.sync_requested_at is None, r.synced_at is not None))
    return due


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


def _read(
    region: Region, listing: Listing, purse: paying.Purse, progress: Progress
) -> None:
    """Read one kind whole, and note how it went. Raises where nothing answers."""
    try:
        count = _mirror(region, listing, purse, progress)
    except ports.Ec2Error as error:
        if listing.is_optional and isinstance(error, ports.Ec2Refused):
            # The role may do without; what was read while it might stays as it is.
            log.info("kind.not_read", region=str(region), error=str(error))
            return
        if not progress.began_at:
            # Not even the first answers: the others would only wait as long.
            raise
        progress.failures.append((NOUNS[listing.fact], error))
    else:
        progress.counts[listing.fact] = count


def _mirror(
    region: Region, listing: Listing, purse: paying.Purse, progress: Progress
) -> int:
    table = columns.table_of(listing.fact)
    into = mirror.target(
        table,
        region_id=region.pk,
        touch_after_s=mirror.NEVER,
        shown=mirror.Shown(),
    )
    began_at = wiring.clock().now()
    count = 0
    for page in listing.pages(purse.pay):
        mirror.write(into, columns.keyed(page.rows, table), page.began_at)
        count += len(page.rows)
    mirror.mark_vanished(into, began_at=began_at)
    progress.began_at[_name(table)] = began_at
    return count


def _keep(
    region: Region, progress: Progress, *, began_at: float, seconds: float
) -> None:
    """What the read has taught of the region, in one write."""
    with transaction.atomic():
        rows = Region.objects.select_for_update(no_key=True)
        kept = rows.only("whole_reads", "sync_failures").get(id=region.pk)
        news: dict[str, object] = {"whole_reads": _newest(kept, progress)}
        now = wiring.now()
        if progress.began_at:
            news["observed_at"] = holders.stamp(began_at)
        if progress.failures:
            failures = kept.sync_failures + 1
            news |= {
                "sync_error": progress.error[:500],
                "sync_failures": failures,
                "sync_retry_at": now + timedelta(seconds=retry_s(failures)),
            }
        else:
            news |= {
                "synced_at": now,
                "sync_error": "",
                "sync_failures": 0,
                "sync_retry_at": None,
                "sync_took_s": seconds,
            }
        Region.objects.filter(id=region.pk).update(**news)


def retry_s(failures: int) -> float:
    """Seconds until the next try after so many failures in a row."""
    return min(RETRY_MOST_S, RETRY_LEAST_S * 2.0 ** min(failures - 1, 20))


def _newest(region: Region, progress: Progress) -> dict[str, float]:
    """The whole reads of the region; another process may have made later ones."""
    kept = dict(region.whole_reads)
    for name, began_at in progress.began_at.items():
        kept[name] = max(began_at, kept.get(name, 0.0))
    return kept


def _name(table: Table) -> str:
    return str(table.model._meta.model_name)  # noqa: SLF001 - Django's public name.
