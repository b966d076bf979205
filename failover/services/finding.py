"""What an id, an address or a name that somebody pasted belongs to."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from failover.models import searches
from failover.services import queries

MOST_TEXT = 256
ARN = re.compile(r"arn:[^\s]*[:/]([A-Za-z0-9-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A thing by its kind and what its page is addressed by."""

    kind: str
    key: str


def find(text: str) -> Found | None:
    """The one thing that is called so; None if nothing is, or several are."""
    text = text.strip()
    if not text or len(text) > MOST_TEXT or "\0" in text:
        return None
    if arn := ARN.fullmatch(text):
        text = arn[1]
    for prefix, look in BY_PREFIX.items():
        if text.lower().startswith(prefix):
            return look(text.lower())
    return _address(text) or _job(text) or _pair(text)


def _only(rows: Any, kind: str, column: str) -> Found | None:
    keys = list(rows.values_list(column, flat=True)[:2])
    return Found(kind=kind, key=str(keys[0])) if len(keys) == 1 else None


def _attachment(text: str) -> Found | None:
    rows = queries.list_interfaces().filter(attachment_id=text)
    return _only(rows, "network interface", "interface_id")


def _interface(text: str) -> Found | None:
    rows = queries.list_interfaces().filter(interface_id=text)
    return _only(rows, "network interface", "interface_id")


def _instance(text: str) -> Found | None:
    rows = queries.list_instances().filter(instance_id=text)
    return _only(rows, "instance", "instance_id")


def _elastic_ip(column: str) -> Callable[[str], Found | None]:
    def look(text: str) -> Found | None:
        rows = queries.list_elastic_ips().filter(**{column: text})
        return _only(rows, "elastic IP", "allocation_id")

    return look


def _place(kind: str, column: str) -> Callable[[str], Found | None]:
    def look(text: str) -> Found | None:
        is_there = queries.list_interfaces().filter(**{column: text}).exists()
        return Found(kind=kind, key=text) if is_there else None

    return look


def _group(text: str) -> Found | None:
    line = f"{searches.LINE}{searches.typed('group', text)}{searches.LINE}"
    rows = queries.list_interfaces().filter(search__text__contains=line)
    return Found(kind="security group", key=text) if rows.exists() else None


# The longer of two prefixes first.
BY_PREFIX: Mapping[str, Callable[[str], Found | None]] = {
    "eni-attach-": _attachment,
    "eni-": _interface,
    "i-": _instance,
    "eipalloc-": _elastic_ip("allocation_id"),
    "eipassoc-": _elastic_ip("association_id"),
    "subnet-": _place("subnet", "subnet_id"),
    "vpc-": _place("VPC", "vpc_id"),
    "sg-": _group,
}


def _address(text: str) -> Found | None:
    """The interface that carries the address; an Elastic IP that lies free."""
    try:
        address = str(ipaddress.ip_address(text))
    except ValueError:
        return None
    for kind in ("public", "ip"):
        line = f"{searches.LINE}{searches.typed(kind, address)}{searches.LINE}"
        rows = queries.list_interfaces().filter(search__text__contains=line)
        if found := _only(rows, "network interface", "interface_id"):
            return found
    return _elastic_ip("public_ip")(address)


def _job(text: str) -> Found | None:
    try:
        job_id = UUID(text)
    except ValueError:
        return None
    return _only(queries.list_jobs().filter(id=job_id), "job", "id")


def _pair(text: str) -> Found | None:
    rows = queries.list_pairs().filter(name=text.lower())
    return _only(rows, "pair", "name")
