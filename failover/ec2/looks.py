"""Reading EC2: parts of one look that run side by side, each with all its pages."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, TypeVar

from failover.ec2 import errors, replies
from failover.ec2.replies import Reply, StatusChecks
from failover.engine import ports
from failover.engine.topology import (
    AllocationId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    RouteTable,
    RouteTableId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

T = TypeVar("T")
Key = TypeVar("Key", str, tuple[str, str])
Part = Callable[[], T]
ZonesOf = Callable[[Sequence[str]], Mapping[str, str]]

# EC2 answers FilterLimitExceeded beyond this many values of one filter.
FILTER_VALUES = 200
PAGE = 1000
# DescribeRouteTables takes 5 to 100 a page.
TABLES_PAGE = 100
# DescribeInstanceStatus has no filter by id, and takes at most this many ids.
STATUS_IDS = 100
INSTANCE_ID = re.compile(r"\bi-[0-9a-f]+\b")


def chunk(ids: Iterable[Key], size: int) -> list[list[Key]]:
    """The ids in order, in lists of at most `size`."""
    ordered = sorted(ids)
    return [ordered[at : at + size] for at in range(0, len(ordered), size)]


def read_pages(call: Callable[..., Any], key: str, **arguments: Any) -> Iterator[Reply]:
    """The elements under `key` of every page of one Describe call.

    Raises Ec2Error; what was read before is then no whole listing.
    """
    token: dict[str, str] = {}
    while True:
        try:
            page = call(**arguments, **token)
        except errors.ANY as error:
            raise as_read_error(error) from error
        yield from page.get(key, ())
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def as_read_error(error: Exception) -> ports.Ec2Error:
    """A failed read, where "not sent" and "no answer" are one: nothing is known."""
    translated = errors.translate(error)
    if isinstance(translated, ports.NotSent):
        return ports.Ec2OutcomeUnknown(code=translated.code, message=translated.message)
    return translated


def run_beside(pool: Executor, parts: Sequence[Part[Any]]) -> list[Any]:
    """Run the parts at once and give their results in order.

    The last one runs in the caller's thread, so a look of one part costs no hop.
    Raises what a part raised, after all have ended.
    """
    futures: list[Future[Any]] = [pool.submit(part) for part in parts[:-1]]
    last: list[Any] = []
    try:
        last = [part() for part in parts[-1:]]
    finally:
        failures = [f.exception() for f in futures]
    for failure in failures:
        if failure is not None:
            raise failure
    return [f.result() for f in futures] + last


class Looks:
    """The describes of one region, as functions from ids to facts."""

    def __init__(self, *, client: "EC2Client", zones_of: ZonesOf) -> None:
        """`zones_of` knows the zones of instances that were never seen here."""
        self._client = client
        self._zones_of = zones_of
        # An instance never leaves its zone.
        self._zones: dict[str, str] = {}
        # Types do not change while AWS sells them: asked once, kept for good.
        self._limits: dict[str, int | None] = {}

    def read_interfaces(self, ids: Sequence[str]) -> list[Interface]:
        """By filter, which leaves an unknown id out instead of failing the call."""
        return [
            replies.read_interface(reply)
            for reply in read_pages(
                self._client.describe_network_interfaces,
                "NetworkInterfaces",
                Filters=[{"Name": "network-interface-id", "Values": list(ids)}],
                MaxResults=PAGE,
            )
        ]

    def read_carriers(self, places: Sequence[tuple[str, str]]) -> list[Interface]:
        """The interfaces that carry these addresses of these subnets, in one call.

        `places` are (subnet id, address), at most 200. Two filters know nothing of
        each other, so an interface of one's subnet with another's address comes too.
        """
        subnets = sorted({subnet_id for subnet_id, _ in places})
        addresses = sorted({address for _, address in places})
        return [
            replies.read_interface(reply)
            for reply in read_pages(
                self._client.describe_network_interfaces,
                "NetworkInterfaces",
                Filters=[
                    {"Name": "subnet-id", "Values": subnets},
                    {"Name": "addresses.private-ip-address", "Values": addresses},
                ],
                MaxResults=PAGE,
            )
        ]

    def confirm_interface(self, id: InterfaceId) -> Interface | None:
        """By id, which says NotFound: then None."""
        found = self._confirm(
            self._client.describe_network_interfaces,
            "NetworkInterfaces",
            [errors.INTERFACE_NOT_FOUND],
            NetworkInterfaceIds=[id],
        )
        return replies.read_interface(found) if found else None

    def by_zone(self, ids: Iterable[str]) -> list[frozenset[str]]:
        """The instances in groups of one zone; of unknown zones, in one group."""
        wanted = frozenset(ids)
        unknown = [i for i in wanted if i not in self._zones]
        if unknown:
            self._zones |= self._zones_of(unknown)
        groups: dict[str, set[str]] = {}
        for one in wanted:
            groups.setdefault(self._zones.get(one, ""), set()).add(one)
        return [frozenset(groups[zone]) for zone in sorted(groups)]

    def read_raw_instances(self, ids: Sequence[str]) -> list[Reply]:
        """By filter; if that fails, by id, as EC2 wants it while a zone is down."""
        try:
            found = self._describe_instances(
                Filters=[{"Name": "instance-id", "Values": list(ids)}], MaxResults=PAGE
            )
        except ports.Ec2OutcomeUnknown:
            found = self._known_only(
                lambda known: self._describe_instances(InstanceIds=known), ids
            )
        self._zones |= {row["InstanceId"]: _read_zone(row) for row in found}
        return found

    def _describe_instances(self, **asked: Any) -> list[Reply]:
        pages = read_pages(self._client.describe_instances, "Reservations", **asked)
        return [i for r in pages for i in r.get("Instances", ())]

    def read_checks(self, ids: Sequence[str]) -> dict[str, StatusChecks]:
        """By id, without those that EC2 does not know (any more)."""
        rows = self._known_only(
            lambda known: list(
                read_pages(
                    self._client.describe_instance_status,
                    "InstanceStatuses",
                    InstanceIds=known,
                    IncludeAllInstances=True,
                )
            ),
            ids,
        )
        return {row["InstanceId"]: replies.read_checks(row) for row in rows}

    def _known_only(
        self, read: Callable[[list[str]], list[Reply]], ids: Sequence[str]
    ) -> list[Reply]:
        """Read by id, leaving out one after the other those that EC2 does not know."""
        wanted = list(ids)
        while wanted:
            try:
                return read(wanted)
            except ports.Ec2Refused as error:
                unknown = set(INSTANCE_ID.findall(error.message)) & set(wanted)
                if error.code != errors.INSTANCE_NOT_FOUND or not unknown:
                    raise
                wanted = [i for i in wanted if i not in unknown]
        return []

    def read_elastic_ips(self, ids: Sequence[str]) -> list[ElasticIp]:
        return [
            replies.read_elastic_ip(reply)
            for reply in read_pages(
                self._client.describe_addresses,
                "Addresses",
                Filters=[{"Name": "allocation-id", "Values": list(ids)}],
            )
        ]

    def confirm_elastic_ip(self, id: AllocationId) -> ElasticIp | None:
        """By id, which says NotFound: then None."""
        found = self._confirm(
            self._client.describe_addresses,
            "Addresses",
            errors.ADDRESS_NOT_FOUND,
            AllocationIds=[id],
        )
        return replies.read_elastic_ip(found) if found else None

    def read_route_tables(self, ids: Sequence[str]) -> list[RouteTable]:
        """By filter, which leaves an unknown id out instead of failing the call."""
        return [
            replies.read_route_table(reply)
            for reply in read_pages(
                self._client.describe_route_tables,
                "RouteTables",
                Filters=[{"Name": "route-table-id", "Values": list(ids)}],
                MaxResults=TABLES_PAGE,
            )
        ]

    def confirm_route_table(self, id: RouteTableId) -> RouteTable | None:
        """By id, which says NotFound: then None."""
        found = self._confirm(
            self._client.describe_route_tables,
            "RouteTables",
            [errors.ROUTE_TABLE_NOT_FOUND],
            RouteTableIds=[id],
        )
        return replies.read_route_table(found) if found else None

    def _confirm(
        self, call: Callable[..., Any], key: str, codes: Sequence[str], **asked: Any
    ) -> Reply | None:
        """The one that was asked by id; None where EC2 says that there is none."""
        try:
            found = list(read_pages(call, key, **asked))
        except ports.Ec2Refused as error:
            if error.code in codes:
                return None
            raise
        return found[0] if found else None

    def read_limits(self, types: Iterable[str]) -> Mapping[str, int | None]:
        """How many interfaces each type takes; None where EC2 does not say."""
        missing = {t for t in types if t} - self._limits.keys()
        for names in chunk(missing, FILTER_VALUES):
            found = read_pages(
                self._client.describe_instance_types,
                "InstanceTypes",
                Filters=[{"Name": "instance-type", "Values": names}],
                MaxResults=100,
            )
            limits: dict[str, int | None] = dict.fromkeys(names)
            try:
                limits |= {r["InstanceType"]: _read_limit(r) for r in found}
            except ports.Ec2Refused:
                # Not permitted: the checks do without the limit, EC2 knows it.
                pass
            except ports.Ec2Error:
                # Asked again at the next look; this one goes on without it.
                continue
            self._limits |= limits
        return self._limits

    def join(
        self, raw: Iterable[Reply], checks: Mapping[str, StatusChecks]
    ) -> dict[InstanceId, Instance]:
        """Instances with their checks and limits."""
        rows = list(raw)
        limits = self.read_limits(r.get("InstanceType", "") for r in rows)
        instances = [
            replies.read_instance(
                row,
                checks=checks.get(row["InstanceId"]),
                interface_limit=limits.get(row.get("InstanceType", "")),
            )
            for row in rows
        ]
        return {i.id: i for i in instances}


def _read_zone(reply: Reply) -> str:
    return str((reply.get("Placement") or {}).get("AvailabilityZone", ""))


def _read_limit(reply: Reply) -> int | None:
    limit = (reply.get("NetworkInfo") or {}).get("MaximumNetworkInterfaces")
    return int(limit) if limit is not None else None
