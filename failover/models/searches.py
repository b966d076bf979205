"""What free text is looked for in: one lower-case text a row, in a narrow table.

Whoever looks for a word reads every text. Beside the rows' own columns that would be
four times as much to read, so the texts lie apart, and `holding` finds words in them.
`mirror` writes them in the transaction of their rows.

A text is lines. A line is a plain value; or a kind of address or group, `KIND`, and
its value; or a tag's key, `TAG`, and its value. It begins and ends with a line end.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from failover.models import holding  # noqa: F401 - `__holds`.
from failover.models.inventory import ElasticIp, Instance, Mirrored, NetworkInterface

LINE, KIND, TAG = "\n", "\x1e", "\x1f"
_CONTROLS = dict.fromkeys([*range(32), 127], " ")


class InterfaceText(models.Model):
    """What a network interface is found by."""

    row = models.OneToOneField(
        NetworkInterface, models.CASCADE, primary_key=True, related_name="search"
    )
    text = models.TextField()

    def __str__(self) -> str:
        return str(self.pk)


class ElasticIpText(models.Model):
    """What an Elastic IP is found by."""

    row = models.OneToOneField(
        ElasticIp, models.CASCADE, primary_key=True, related_name="search"
    )
    text = models.TextField()

    def __str__(self) -> str:
        return str(self.pk)


class InstanceText(models.Model):
    """What an instance is found by."""

    row = models.OneToOneField(
        Instance, models.CASCADE, primary_key=True, related_name="search"
    )
    text = models.TextField()

    def __str__(self) -> str:
        return str(self.pk)


TEXTS: Mapping[type[Mirrored], type[models.Model]] = {
    NetworkInterface: InterfaceText,
    ElasticIp: ElasticIpText,
    Instance: InstanceText,
}


def text_of(row: Any) -> str:
    """The text of a row of one of these tables, also of a migration's."""
    lines = {
        "networkinterface": _interface,
        "elasticip": _elastic_ip,
        "instance": _instance,
    }[row._meta.model_name]  # noqa: SLF001 - Django's public name.
    tags = (tagged(k, v) for k, v in sorted(row.tags.items()))
    every = dict.fromkeys(line for line in (*lines(row), *tags) if line)
    return f"{LINE}{LINE.join(every)}{LINE}"


def fold(value: str) -> str:
    """A value as texts hold it: lower case, in one line."""
    return value.translate(_CONTROLS).lower()


def typed(kind: str, value: str) -> str:
    """A line of a kind."""
    return f"{kind}{KIND}{fold(value)}"


def tagged(key: str, value: str) -> str:
    """A tag's line."""
    return f"{fold(key)}{TAG}{fold(value)}"


def _interface(row: Any) -> Iterable[str]:
    yield from map(
        fold,
        (
            *(row.interface_id, row.description, row.instance_id, row.subnet_id),
            *(row.vpc_id, row.availability_zone, row.mac_address, row.attachment_id),
            row.interface_type,
        ),
    )
    for address in row.private_ips:
        yield typed("ip", address["address"])
        if address.get("public_ip"):
            yield typed("public", address["public_ip"])
        yield fold(address.get("allocation_id") or "")
        yield fold(address.get("association_id") or "")
    for address in (row.private_ip, *row.ipv6_addresses):
        if address:
            yield typed("ip", address)
    if row.public_ip:
        yield typed("public", row.public_ip)
    for group in row.security_groups:
        yield typed("group", group["id"])
        yield typed("group", group["name"])


def _elastic_ip(row: Any) -> Iterable[str]:
    yield from map(
        fold,
        (
            *(row.allocation_id, row.association_id, row.public_ip, row.private_ip),
            *(row.network_interface_id, row.instance_id),
        ),
    )


def _instance(row: Any) -> Iterable[str]:
    yield from map(
        fold,
        (
            *(row.instance_id, row.type, row.subnet_id, row.vpc_id, row.state),
            *(row.availability_zone, row.public_ip),
        ),
    )
    for address in row.private_ips:
        yield typed("ip", address)
    for slot in row.interfaces:
        yield fold(slot["id"])
