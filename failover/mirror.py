"""Writes what was seen into the inventory, where it is newer than what is there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from failover import models
from failover.engine.topology import ElasticIp, Instance, Interface, RouteTable
from failover.models import searches
from failover.models.inventory import Mirrored

# SQLite allows 250,000 bound values; this keeps each statement far below.
CHUNK = 500


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
    looked_at = list(elastic_ips)
    tables: list[tuple[type[Mirrored], str, dict[str, dict[str, Any]]]] = [
        (
            models.NetworkInterface,
            "interface_id",
            {i.id: interface_columns(i) for i in moved},
        ),
        (
            models.Instance,
            "instance_id",
            {i.id: instance_columns(i) for i in instances},
        ),
        (
            models.ElasticIp,
            "allocation_id",
            {e.allocation_id: elastic_ip_columns(e) for e in looked_at},
        ),
        (
            models.RouteTable,
            "route_table_id",
            {t.id: route_table_columns(t) for t in route_tables},
        ),
    ]
    changed = set()
    for model, key, seen in tables:
        changed |= write(model, key, region_id, seen, began_at, touch_after_s)
    follow(
        region_id=region_id,
        interfaces=[i for i in moved if i.id in changed],
        began_at=began_at,
    )
    observed_at = _utc(began_at)
    before = _utc(began_at - touch_after_s)
    models.Region.objects.filter(
        Q(observed_at=None) | Q(observed_at__lt=before), id=region_id
    ).update(observed_at=observed_at)


def write(
    model: type[Mirrored],
    key: str,
    region_id: int,
    seen: Mapping[str, Mapping[str, Any]],
    began_at: float,
    touch_after_s: float = 0.0,
) -> set[str]:
    """Insert what is new, update what differs, and only touch what is the same.

    `seen` is columns by the id in column `key`. Two writers of one row: the later
    look wins, whoever comes last. Returns the ids of the rows that differed.
    """
    differed: set[str] = set()
    for ids in _chunks(list(seen)):
        rows = model._default_manager.filter(  # noqa: SLF001 - Django's public name.
            region_id=region_id, **{f"{key}__in": ids}
        )
        known = {getattr(row, key): row for row in rows}
        same = {i for i, row in known.items() if _is_same(row, seen[i])}
        changed = [
            model(**{key: i}, **_row(region_id, seen[i], began_at))
            for i in ids
            if i not in same
            and (i not in known or known[i].observed_began_at < began_at)
        ]
        touched = [
            i for i in same if known[i].observed_began_at < began_at - touch_after_s
        ]
        if not changed and not touched:
            continue
        news = {str(getattr(row, key)) for row in changed}
        differed |= news
        with transaction.atomic():
            put(model, key, changed)
            if news:
                rows.filter(**{f"{key}__in": news}).update(changed_at=Now())
            rows.filter(
                **{f"{key}__in": touched}, observed_began_at__lt=began_at
            ).update(observed_began_at=began_at, observed_at=_utc(began_at))
    return differed


def follow(*, region_id: int, interfaces: Iterable[Interface], began_at: float) -> None:
    """Elastic IPs go where the interfaces that carry them have been seen to go.

    They are not looked at themselves while they only ride along.
    """
    for interface in interfaces:
        attachment = interface.attachment
        for address in interface.addresses:
            if address.allocation_id is None:
                continue
            carried = models.ElasticIp.objects.filter(
                region_id=region_id, allocation_id=address.allocation_id
            )
            moved = carried.filter(observed_began_at__lt=began_at).update(
                network_interface_id=interface.id,
                private_ip=address.address,
                association_id=address.association_id,
                instance_id=attachment.instance_id if attachment else "",
                observed_began_at=began_at,
                observed_at=_utc(began_at),
                changed_at=Now(),
            )
            if moved:
                put_texts(models.ElasticIp, "allocation_id", carried)


def put(model: type[Mirrored], key: str, rows: Sequence[Mirrored]) -> None:
    """Insert or replace the rows, save where a newer look is there already.

    The ORM's own upsert knows no condition, so the statement is written here; both
    databases read it alike.
    """
    if not rows:
        return
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]  # noqa: SLF001
    quote = connection.ops.quote_name
    names = [quote(str(f.column)) for f in fields]
    assignments = ", ".join(f"{name} = excluded.{name}" for name in names)
    table = quote(model._meta.db_table)  # noqa: SLF001 - Django's public name.
    statement = (
        f"INSERT INTO {table} ({', '.join(names)})"  # noqa: S608 - names of columns.
        f" VALUES ({', '.join(['%s'] * len(names))})"
        f" ON CONFLICT ({quote('region_id')}, {quote(key)})"
        f" DO UPDATE SET {assignments}"
        f" WHERE {table}.observed_began_at < excluded.observed_began_at"
    )
    values = [
        [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
    put_texts(model, key, rows)


def put_texts(model: type[Mirrored], key: str, rows: Iterable[Mirrored]) -> None:
    """Write what the rows are found by, where these looks are what the table has."""
    texts = searches.TEXTS.get(model)
    if texts is None:
        return
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)  # noqa: SLF001 - Django's public name.
    into = quote(texts._meta.db_table)  # noqa: SLF001 - Django's public name.
    statement = (
        f"INSERT INTO {into} (row_id, text)"  # noqa: S608 - names of tables.
        f" SELECT id, %s FROM {table}"
        f" WHERE region_id = %s AND {quote(key)} = %s AND observed_began_at = %s"
        f" ON CONFLICT (row_id) DO UPDATE SET text = excluded.text"
        f" WHERE {into}.text <> excluded.text"
    )
    values = [
        (
            searches.text_of(row),
            row.region_id,
            getattr(row, key),
            row.observed_began_at,
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def mark_vanished(model: type[Mirrored], *, region_id: int, began_at: float) -> int:
    """After a complete read that began at `began_at`: what it did not show is gone."""
    return model._default_manager.filter(  # noqa: SLF001 - Django's public name.
        region_id=region_id, observed_began_at__lt=began_at, vanished_at=None
    ).update(vanished_at=_utc(began_at), changed_at=Now())


def mark_gone(*, region_id: int, ids: Iterable[str], began_at: float) -> None:
    """After a look that began at `began_at`: EC2 says that it does not know these."""
    gone = list(ids)
    if not gone:
        return
    tables: list[tuple[type[Mirrored], str]] = [
        (models.NetworkInterface, "interface_id"),
        (models.ElasticIp, "allocation_id"),
    ]
    for model, key in tables:
        model._default_manager.filter(  # noqa: SLF001 - Django's public name.
            region_id=region_id,
            observed_began_at__lt=began_at,
            vanished_at=None,
            **{f"{key}__in": gone},
        ).update(vanished_at=_utc(began_at), changed_at=Now())


def interface_columns(interface: Interface) -> dict[str, Any]:
    """A network interface's columns."""
    attachment = interface.attachment
    primary = next((a for a in interface.addresses if a.primary), None)
    return {
        "name": interface.tags.get("Name", ""),
        "tags": dict(interface.tags),
        "status": interface.status,
        "availability_zone": interface.availability_zone,
        "vpc_id": interface.vpc_id,
        "subnet_id": interface.subnet_id,
        "description": interface.description,
        "interface_type": interface.interface_type,
        "mac_address": interface.mac_address,
        "private_ip": primary.address if primary else "",
        "public_ip": next(
            (a.public_ip for a in interface.addresses if a.public_ip), ""
        ),
        "private_ips": [
            {
                "address": a.address,
                "primary": a.primary,
                "public_ip": a.public_ip,
                "allocation_id": a.allocation_id or "",
                "association_id": a.association_id,
            }
            for a in interface.addresses
        ],
        "ipv6_addresses": list(interface.ipv6_addresses),
        "security_groups": [
            {"id": i, "name": name} for i, name in interface.security_groups
        ],
        "source_dest_check": interface.source_dest_check,
        "requester_managed": interface.requester_managed,
        "attachment_id": attachment.id if attachment else "",
        "instance_id": attachment.instance_id if attachment else "",
        "device_index": attachment.device_index if attachment else None,
        "attachment_status": attachment.status if attachment else "",
        "delete_on_termination": bool(attachment and attachment.delete_on_termination),
        "attach_time": attachment.attach_time if attachment else "",
    }


def instance_columns(instance: Instance) -> dict[str, Any]:
    """An instance's columns."""
    return {
        "name": instance.tags.get("Name", ""),
        "tags": dict(instance.tags),
        "state": instance.state,
        "availability_zone": instance.availability_zone,
        "vpc_id": instance.vpc_id,
        "subnet_id": instance.subnet_id,
        "type": instance.type,
        "private_ips": list(instance.private_ips),
        "public_ip": instance.public_ip,
        "system_status": instance.system_status,
        "instance_status": instance.instance_status,
        "interfaces": [
            {"id": s.interface_id, "device_index": s.device_index}
            for s in instance.slots
        ],
        "interface_limit": instance.interface_limit,
        "launch_time": instance.launch_time,
    }


def elastic_ip_columns(address: ElasticIp) -> dict[str, Any]:
    """An Elastic IP's columns."""
    return {
        "name": address.tags.get("Name", ""),
        "tags": dict(address.tags),
        "public_ip": address.public_ip,
        "association_id": address.association_id,
        "network_interface_id": address.interface_id or "",
        "private_ip": address.private_ip,
        "instance_id": address.instance_id or "",
    }


def route_table_columns(table: RouteTable) -> dict[str, Any]:
    """A route table's columns."""
    return {
        "name": table.tags.get("Name", ""),
        "tags": dict(table.tags),
        "vpc_id": table.vpc_id,
        "routes": [
            {
                "destination_cidr": route.destination_cidr,
                "network_interface_id": route.interface_id or "",
                "state": route.state,
            }
            for route in table.routes
        ],
        "subnet_ids": list(table.subnet_ids),
    }


def _row(region_id: int, columns: Mapping[str, Any], began_at: float) -> dict[str, Any]:
    return {
        **columns,
        "region_id": region_id,
        "observed_at": _utc(began_at),
        "observed_began_at": began_at,
        "vanished_at": None,
    }


def _is_same(row: Mirrored, columns: Mapping[str, Any]) -> bool:
    if row.vanished_at is not None:
        return False
    return all(getattr(row, name) == value for name, value in columns.items())


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, tz=UTC)
