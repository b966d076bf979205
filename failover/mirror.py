"""Writes what was seen into the inventory, where it is newer than what is there."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from failover import columns, drift, models, upserts
from failover.columns import Columns, Table
from failover.engine.topology import (
    AllocationId,
    ElasticIp,
    Instance,
    Interface,
    RouteTable,
)
from failover.models.inventory import Mirrored

# A whole read leaves rows alone that it shows as they are, however old.
NEVER = math.inf


class Shown:
    """The rows that a whole read has shown as they are: a bit for each primary key.

    A read of 100,000 interfaces thereby remembers a few kilobytes.
    """

    BITS = 15

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, pk: int) -> None:
        page = self._pages.setdefault(pk >> self.BITS, bytearray(1 << self.BITS - 3))
        place = pk & (1 << self.BITS) - 1
        page[place >> 3] |= 1 << (place & 7)

    def __contains__(self, pk: int) -> bool:
        page = self._pages.get(pk >> self.BITS)
        place = pk & (1 << self.BITS) - 1
        return page is not None and bool(page[place >> 3] >> (place & 7) & 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a look is written: a table of a region, and what was known of it.

    `read_began_at` is when the last whole read of the table began, 0 before the
    first: an older look has nothing to say, and before the first nothing is drift.
    """

    table: Table
    region_id: int
    read_began_at: float
    touch_after_s: float = 0.0
    shown: Shown | None = field(default=None, compare=False)

    @property
    def rows(self) -> Any:
        """The region's rows of the table."""
        return self.table.model._default_manager.filter(  # noqa: SLF001 - public name.
            region_id=self.region_id
        )

    def named(self, ids: Iterable[str]) -> Any:
        """Those with these ids of EC2."""
        return self.rows.filter(**{f"{self.table.key}__in": list(ids)})


def target(
    table: Table,
    *,
    region_id: int,
    touch_after_s: float = 0.0,
    shown: Shown | None = None,
) -> Target:
    """The table of the region as a look finds it."""
    region = models.Region.objects.only("whole_reads").get(id=region_id)
    return Target(
        table=table,
        region_id=region_id,
        read_began_at=region.read_began_at(table.model),
        touch_after_s=touch_after_s,
        shown=shown,
    )


def upsert(  # noqa: PLR0913 - one for each table, each by name
    *,
    region_id: int,
    interfaces: Iterable[Interface] = (),
    instances: Iterable[Instance] = (),
    elastic_ips: Iterable[ElasticIp] = (),
    route_tables: Iterable[RouteTable] = (),
    began_at: float,
    touch_after_s: float = 0.0,
) -> None:
    """Write each row whose last look began before `began_at` (database seconds).

    A row that would only grow younger is left alone until it is `touch_after_s` old.
    Many rows are written in several transactions, so that nobody waits long.
    """
    moved = list(interfaces)
    given: tuple[tuple[Table, Iterable[columns.Fact]], ...] = (
        (columns.INTERFACES, moved),
        (columns.INSTANCES, instances),
        (columns.ELASTIC_IPS, elastic_ips),
        (columns.ROUTE_TABLES, route_tables),
    )
    changed: set[str] = set()
    for table, facts in given:
        seen = columns.keyed(facts, table)
        if seen:
            into = target(table, region_id=region_id, touch_after_s=touch_after_s)
            changed |= write(into, seen, began_at)
    follow(
        region_id=region_id,
        interfaces=[i for i in moved if i.id in changed],
        began_at=began_at,
    )
    before = _utc(began_at - touch_after_s)
    models.Region.objects.filter(
        Q(observed_at=None) | Q(observed_at__lt=before), id=region_id
    ).update(observed_at=_utc(began_at))


def write(into: Target, seen: Mapping[str, Columns], began_at: float) -> set[str]:
    """Insert what is new, update what differs; what is the same is touched, or noted.

    `seen` is columns by EC2's ids. Two writers of one row: the later look wins,
    whoever comes last. Returns the ids of the rows that differed. What a look found
    changed is kept as drift in the same transaction, to be judged later.
    """
    if began_at < into.read_began_at:
        return set()
    differed: set[str] = set()
    # In order, so that no two writers wait for each other's rows.
    for ids in _chunks(sorted(seen)):
        differed |= _write_chunk(into, {i: seen[i] for i in ids}, began_at)
    return differed


def _write_chunk(
    into: Target, seen: Mapping[str, Columns], began_at: float
) -> set[str]:
    key = into.table.key
    known = {str(getattr(row, key)): row for row in into.named(seen)}
    same = {i for i, row in known.items() if _is_same(row, seen[i])}
    changed = [
        i
        for i in seen
        if i not in same and (i not in known or known[i].observed_began_at < began_at)
    ]
    if into.shown is not None:
        for row in known.values():
            into.shown.add(row.pk)
    touch_before = began_at - into.touch_after_s
    touched = [i for i in same if known[i].observed_began_at < touch_before]
    if not changed and not touched:
        return set()
    found = drift.find(
        into.table,
        region_id=into.region_id,
        rows={i: (known.get(i), seen[i]) for i in changed},
        began_at=began_at,
        read_began_at=into.read_began_at,
    )
    rows = [
        into.table.model(**{key: i}, **_row(into.region_id, seen[i], began_at))
        for i in changed
    ]
    with transaction.atomic():
        # A region's first read is no change of anything.
        upserts.put(
            into.table, rows, is_change=into.shown is None or into.read_began_at > 0
        )
        if touched:
            into.named(touched).filter(observed_began_at__lt=began_at).update(
                observed_began_at=began_at, observed_at=_utc(began_at)
            )
        models.DriftEvent.objects.bulk_create(found)
    return set(changed)


def follow(*, region_id: int, interfaces: Iterable[Interface], began_at: float) -> None:
    """Elastic IPs go where the interfaces that carry them have been seen to go.

    They are not looked at themselves while they only ride along.
    """
    carried: dict[str, dict[str, Any]] = {
        str(address.allocation_id): {
            "network_interface_id": interface.id,
            "private_ip": address.address,
            "association_id": address.association_id,
            "instance_id": (
                interface.attachment.instance_id if interface.attachment else ""
            ),
        }
        for interface in interfaces
        for address in interface.addresses
        if address.allocation_id is not None
    }
    if not carried:
        return
    into = target(columns.ELASTIC_IPS, region_id=region_id)
    names = columns.elastic_ip_columns(
        ElasticIp(allocation_id=AllocationId(""), public_ip="")
    )
    seen = {
        str(row.allocation_id): {
            **{name: getattr(row, name) for name in names},
            **carried[str(row.allocation_id)],
        }
        for row in into.named(carried)
    }
    write(into, seen, began_at)


def mark_vanished(into: Target, *, began_at: float) -> int:
    """After a complete read that began at `began_at`: what it did not show is gone.

    Rows of which a later look was written since are younger, and stay.
    """
    old = into.rows.filter(observed_began_at__lt=began_at, vanished_at=None)
    shown = into.shown or Shown()
    pks = old.values_list("pk", flat=True).order_by("pk")
    missing = [
        pk for pk in pks.iterator(chunk_size=10 * upserts.CHUNK) if pk not in shown
    ]
    gone = 0
    for start in range(0, len(missing), upserts.CHUNK):
        which = old.filter(pk__in=missing[start : start + upserts.CHUNK])
        with transaction.atomic():
            found = drift.find_vanished(
                into.table,
                rows=list(which) if into.read_began_at else [],
                began_at=began_at,
                read_began_at=into.read_began_at,
            )
            gone += which.update(vanished_at=_utc(began_at), changed_at=Now())
            models.DriftEvent.objects.bulk_create(found)
    return gone


def mark_gone(*, region_id: int, ids: Iterable[str], began_at: float) -> None:
    """After a look that began at `began_at`: EC2 says that it does not know these."""
    gone = list(ids)
    for table in (columns.INTERFACES, columns.ELASTIC_IPS) if gone else ():
        target(table, region_id=region_id).named(gone).filter(
            observed_began_at__lt=began_at, vanished_at=None
        ).update(vanished_at=_utc(began_at), changed_at=Now())


def _row(region_id: int, seen: Columns, began_at: float) -> dict[str, Any]:
    return {
        **seen,
        "region_id": region_id,
        "observed_at": _utc(began_at),
        "observed_began_at": began_at,
        "vanished_at": None,
    }


def _is_same(row: Mirrored, seen: Columns) -> bool:
    if row.vanished_at is not None:
        return False
    return all(getattr(row, name) == value for name, value in seen.items())


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), upserts.CHUNK):
        yield ids[start : start + upserts.CHUNK]


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, tz=UTC)
