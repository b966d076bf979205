"""What an id, an address or a name that somebody pasted belongs to."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from failover.models import searches
from failover.services import filters, networks, queries, vanished

MOST_TEXT = 256
MAC = re.compile(r"[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")
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
            return look(text.lower()) or _vanished(prefix, text.lower())
    found = _mac(text) or _address(text) or _range(text)
    return found or _job(text) or _pair(text)


def name_unkept(text: str) -> str:
    """What somebody's id is of, in words, where Swapboard keeps nothing of the kind."""
    text = text.strip()
    if len(text) <= MOST_TEXT and (arn := ARN.fullmatch(text)):
        text = arn[1]
    match = EC2_ID.fullmatch(text.lower())
    return UNKEPT.get(match[1], "") if match else ""


def _only(rows: Any, kind: str, column: str) -> Found | None:
    return _one(_first(rows, column), kind)


def _first(rows: QuerySet[Any], column: str) -> list[str]:
    """Two of the keys at most: two are several."""
    return [str(key) for key in rows.values_list(column, flat=True)[:2]]


def _one(keys: list[str], kind: str) -> Found | None:
    return Found(kind=kind, key=keys[0]) if len(keys) == 1 else None


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


def _network(
    rows: Callable[[], QuerySet[Any]], kind: str, column: str, asked: str = ""
) -> Callable[[str], Found | None]:
    """Its page; for whom it has none, the interfaces of which `asked` is so."""

    def look(text: str) -> Found | None:
        # One that is shared with another account has a row in each.
        if rows().filter(**{column: text}).exists():
            return Found(kind=kind, key=text)
        if not asked:
            return None
        every = queries.list_interfaces()
        found = filters.InterfaceFilter({asked: text}, queryset=every).qs
        return (
            Found(kind=f"interfaces by {asked}", key=text) if found.exists() else None
        )

    return look


def _vanished(prefix: str, text: str) -> Found | None:
    """The page that says since when it is gone."""
    kind, argument = GONE.get(prefix, ("", ""))
    return Found(kind=kind, key=text) if vanished.find(argument, text) else None


# The longer of two prefixes first.
BY_PREFIX: Mapping[str, Callable[[str], Found | None]] = {
    "eni-attach-": _attachment,
    "eni-": _interface,
    "i-": _instance,
    "eipalloc-": _elastic_ip("allocation_id"),
    "eipassoc-": _elastic_ip("association_id"),
    "subnet-": _network(networks.list_subnets, "subnet", "subnet_id", "subnet_id"),
    "vpc-": _network(networks.list_vpcs, "VPC", "vpc_id", "vpc_id"),
    "sg-": _network(
        networks.list_security_groups, "security group", "group_id", "security_group"
    ),
    "rtb-": _network(networks.list_route_tables, "route table", "route_table_id"),
}
# What has a page that says that it is gone: its kind, and what addresses name it by.
GONE: Mapping[str, tuple[str, str]] = {
    "eni-": ("network interface", "interface_id"),
    "i-": ("instance", "instance_id"),
    "eipalloc-": ("elastic IP", "allocation_id"),
    "subnet-": ("subnet", "subnet_id"),
    "vpc-": ("VPC", "vpc_id"),
    "sg-": ("security group", "security_group_id"),
    "rtb-": ("route table", "route_table_id"),
}
EC2_ID = re.compile(r"((?:[a-z]+-)*[a-z]+)-[0-9a-f]{8}(?:[0-9a-f]{9})?")
# Prefixes of ids that people have at hand.
UNKEPT: Mapping[str, str] = {
    "acl": "a network ACL",
    "ami": "an image",
    "dopt": "a set of DHCP options",
    "eigw": "an egress-only internet gateway",
    "fl": "a flow log",
    "igw": "an internet gateway",
    "key": "a key pair",
    "lt": "a launch template",
    "nat": "a NAT gateway",
    "pcx": "a peering of VPCs",
    "pl": "a prefix list",
    "r": "a reservation of instances",
    "rtbassoc": "the association of a route table with a subnet",
    "sgr": "a rule of a security group",
    "snap": "a snapshot",
    "subnet-cidr-assoc": "a range of a subnet",
    "tgw": "a transit gateway",
    "tgw-attach": "an attachment of a transit gateway",
    "vgw": "a virtual private gateway",
    "vol": "a volume",
    "vpc-cidr-assoc": "a range of a VPC",
    "vpce": "a VPC endpoint",
}


def _mac(text: str) -> Found | None:
    """The interface of a MAC address, with colons or dashes."""
    if not MAC.fullmatch(text):
        return None
    rows = queries.list_interfaces().filter(mac_address=text.lower().replace("-", ":"))
    return _only(rows, "network interface", "interface_id")


def _address(text: str) -> Found | None:
    """The one interface that carries the address; an Elastic IP that lies free.

    An instance where its interfaces have not been read.
    """
    try:
        address = str(ipaddress.ip_address(text))
    except ValueError:
        return None
    for kind in ("public", "ip"):
        line = f"{searches.LINE}{searches.typed(kind, address)}{searches.LINE}"
        rows = queries.list_interfaces().filter(search__text__contains=line)
        keys = _first(rows, "interface_id")
        if keys:
            return _one(keys, "network interface")
    return _elastic_ip("public_ip")(address) or _instance_at(address)


def _instance_at(address: str) -> Found | None:
    line = f"{searches.LINE}{searches.typed('ip', address)}{searches.LINE}"
    rows = queries.list_instances()
    found = rows.filter(Q(public_ip=address) | Q(search__text__contains=line))
    return _only(found, "instance", "instance_id")


def _range(text: str) -> Found | None:
    """The one subnet, or the one VPC, of an IPv4 range."""
    try:
        block = str(ipaddress.ip_network(text)) if "/" in text else ""
    except ValueError:
        return None
    if not block:
        return None
    rows = networks.list_subnets().filter(cidr_block=block)
    if keys := _first(rows, "subnet_id"):
        return _one(keys, "subnet")
    return _only(networks.list_vpcs().filter(cidr_block=block), "VPC", "vpc_id")


def _job(text: str) -> Found | None:
    try:
        job_id = UUID(text)
    except ValueError:
        return None
    return _only(queries.list_jobs().filter(id=job_id), "job", "id")


def _pair(text: str) -> Found | None:
    rows = queries.list_pairs().filter(name=text.lower())
    return _only(rows, "pair", "name")
