"""Network interfaces, Elastic IPs and instances as EC2 last showed them."""

from typing import Any, ClassVar

from django.db.models import Q

from failover import models
from failover.models import searches
from failover.services import scoping
from failover.services.filters import properties as p
from failover.services.filters.places import of_region
from failover.services.filters.properties import TEXT
from failover.services.filters.table import Table, Texts
from failover.services.filters.tokens import EMPTY, Operator


class Mirror(Table):
    """A table with a text of its own for each row."""

    counted_by = Q(name__gte="")

    @property
    def texts(self) -> Texts | None:
        """Read alone, for PostgreSQL would first join them to every row."""
        about = [own for c in self.conditions if (own := _of_text(c)) is not None]
        if not about:
            return None
        texts = searches.TEXTS[self.queryset.model]
        rows = texts._default_manager.filter(*about)  # noqa: SLF001 - Django's name.
        return Texts(rows=rows, is_all=len(about) == len(self.conditions))

    def find(self, word: str) -> Q:
        """Rows with the word in their text."""
        folded = searches.fold(word)
        found = Q(**{f"{TEXT}__holds": folded})
        if "=" in folded:
            # A tag as one would write it, where the text has a sign of its own.
            written = folded.replace("=", searches.TAG, 1)
            return found | Q(**{f"{TEXT}__holds": written})
        return found


class InterfaceFilter(Mirror):
    """Network interfaces."""

    table_id = "interfaces"
    properties = (
        p.text("name", "Name"),
        p.code("id", "Network interface ID", "interface_id"),
        p.choice("status", "Status", ("available", "in-use", "pending")),
        *of_region(),
        p.code("availability_zone", "Availability Zone", many=False),
        p.code("vpc_id", "VPC ID", many=False),
        p.code("subnet_id", "Subnet ID", many=False),
        p.listed("security_group", "Security group", "group"),
        p.text("description", "Description"),
        p.code("instance_id", "Instance ID"),
        p.listed("private_ip", "Private IP address", "ip"),
        p.listed("public_ip", "Public IPv4 address", "public"),
        p.code("mac_address", "MAC address"),
        p.code("attachment_id", "Attachment ID"),
        p.code("attachment_status", "Attachment status", many=False),
        p.number("device_index", "Device index"),
        p.code("interface_type", "Interface type", many=False),
        p.flag(
            "delete_on_termination",
            "Delete on termination",
            lambda: Q(delete_on_termination=True),
        ),
        p.flag(
            "source_dest_check",
            "Source/destination check",
            lambda: Q(source_dest_check=True),
        ),
        p.flag(
            "requester_managed", "Managed by AWS", lambda: Q(requester_managed=True)
        ),
        p.related("pair", "Pair", lambda o, v: _pairs("network_interface_id", o, v)),
        p.moment("observed_at", "Last seen"),
        p.TAGS,
    )
    ordered: ClassVar[dict[str, str]] = {
        "id": "interface_id",
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "subnet_id": "subnet_id",
        "vpc_id": "vpc_id",
        "availability_zone": "availability_zone",
        "description": "description",
        "instance_id": "instance_id",
        "status": "status",
        "public_ip": "public_ip",
        "private_ip": "private_ip",
        "interface_type": "interface_type",
        "mac_address": "mac_address",
        "attachment_id": "attachment_id",
        "attachment_status": "attachment_status",
        "device_index": "device_index",
        "attach_time": "attach_time",
        "delete_on_termination": "delete_on_termination",
        "source_dest_check": "source_dest_check",
        "requester_managed": "requester_managed",
        "observed_at": "observed_at",
    }
    grouped = frozenset(
        {
            *("status", "subnet_id", "vpc_id", "availability_zone", "interface_type"),
            *("attachment_status", "device_index", "delete_on_termination"),
            *("source_dest_check", "requester_managed"),
        }
    )
    default_ordering = ("name",)

    class Meta:
        model = models.NetworkInterface
        fields: ClassVar[list[str]] = []


class ElasticIpFilter(Mirror):
    """Elastic IPs."""

    table_id = "elastic-ips"
    properties = (
        p.text("name", "Name"),
        p.code("public_ip", "Allocated IPv4 address"),
        p.code("allocation_id", "Allocation ID"),
        *of_region(),
        p.code("association_id", "Association ID"),
        p.code("instance_id", "Instance ID"),
        p.code("network_interface_id", "Network interface ID"),
        p.code("private_ip", "Private IP address"),
        p.related("pair", "Pair", lambda o, v: _pairs_of_address(o, v)),
        p.moment("observed_at", "Last seen"),
        p.TAGS,
    )
    ordered: ClassVar[dict[str, str]] = {
        "allocation_id": "allocation_id",
        "public_ip": "public_ip",
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "instance_id": "instance_id",
        "network_interface_id": "network_interface_id",
        "private_ip": "private_ip",
        "association_id": "association_id",
        "observed_at": "observed_at",
    }
    default_ordering = ("name",)

    class Meta:
        model = models.ElasticIp
        fields: ClassVar[list[str]] = []


class InstanceFilter(Mirror):
    """Instances."""

    table_id = "instances"
    properties = (
        p.text("name", "Name"),
        p.code("id", "Instance ID", "instance_id"),
        p.choice(
            "state",
            "Instance state",
            (
                *("pending", "running", "stopping", "stopped"),
                *("shutting-down", "terminated"),
            ),
        ),
        *of_region(),
        p.code("availability_zone", "Availability Zone", many=False),
        p.code("type", "Instance type", many=False),
        p.code("vpc_id", "VPC ID", many=False),
        p.code("subnet_id", "Subnet ID", many=False),
        p.code("system_status", "System status check", many=False),
        p.code("instance_status", "Instance status check", many=False),
        p.listed("private_ip", "Private IP address", "ip"),
        p.code("public_ip", "Public IPv4 address"),
        p.related("pair", "Pair", lambda o, v: _pairs_of_instance(o, v)),
        p.moment("observed_at", "Last seen"),
        p.TAGS,
    )
    ordered: ClassVar[dict[str, str]] = {
        "id": "instance_id",
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "availability_zone": "availability_zone",
        "state": "state",
        "type": "type",
        "vpc_id": "vpc_id",
        "subnet_id": "subnet_id",
        "public_ip": "public_ip",
        "launch_time": "launch_time",
        "observed_at": "observed_at",
    }
    grouped = frozenset({"state", "type", "availability_zone", "vpc_id", "subnet_id"})
    default_ordering = ("name",)

    class Meta:
        model = models.Instance
        fields: ClassVar[list[str]] = []


def _of_text(condition: Q) -> Q | None:
    """The condition as the table of texts has it, if it asks for nothing else."""
    own: list[Any] = []
    parts: list[Any] = list(condition.children)
    for part in parts:
        if isinstance(part, Q):
            found: Any = _of_text(part)
        elif part[0].startswith(f"{TEXT}__"):
            lookup = part[0].removeprefix("search__")
            if lookup == "text__holds":
                lookup = "text__seldom_holds"
            found = (lookup, part[1])
        else:
            found = None
        if found is None:
            return None
        own.append(found)
    return Q(*own, _connector=condition.connector, _negated=condition.negated)


def _named(operator: Operator, value: str) -> Any:
    """The pairs whose name is as asked; all of them for the empty one."""
    lookups = {
        Operator.EQUALS: "name",
        Operator.CONTAINS: "name__contains",
        Operator.STARTS: "name__startswith",
    }
    # Names of others' pairs cannot be guessed by filtering for them.
    pairs = scoping.visible(models.Pair.objects.all())
    if value == EMPTY:
        return pairs
    return pairs.filter(**{lookups[operator]: value.lower()})


def _or_none(operator: Operator, value: str, found: Q) -> Q:
    """`(empty)` asks for the rows that no pair has."""
    return ~found if value == EMPTY and operator is Operator.EQUALS else found


def _among(value: str) -> str:
    """How columns are held against the pairs: all of them are many."""
    return "within" if value == EMPTY else "in"


def _pairs(column: str, operator: Operator, value: str) -> Q:
    pairs = _named(operator, value).exclude(network_interface_id="")
    found = Q(**{f"interface_id__{_among(value)}": pairs.values(column)})
    return _or_none(operator, value, found)


def _pairs_of_address(operator: Operator, value: str) -> Q:
    pairs, among = _named(operator, value), _among(value)
    by_address = pairs.exclude(allocation_id="").values("allocation_id")
    by_interface = pairs.exclude(network_interface_id="").values("network_interface_id")
    found = Q(**{f"allocation_id__{among}": by_address}) | Q(
        **{f"network_interface_id__{among}": by_interface}
    )
    return _or_none(operator, value, found)


def _pairs_of_instance(operator: Operator, value: str) -> Q:
    pairs, among = _named(operator, value), _among(value)
    found = Q(**{f"instance_id__{among}": pairs.values("primary_instance_id")}) | Q(
        **{f"instance_id__{among}": pairs.values("standby_instance_id")}
    )
    return _or_none(operator, value, found)
