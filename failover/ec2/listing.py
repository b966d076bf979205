"""Whole listings of a region: every page of every kind, each page paid for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from failover.ec2 import errors, looks, replies
from failover.ec2.looks import Looks
from failover.ec2.replies import Reply, StatusChecks
from failover.engine.budget import Read
from failover.engine.ports import Clock
from failover.engine.topology import (
    ElasticIp,
    Instance,
    Interface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

Listed = Interface | Instance | ElasticIp | RouteTable | Vpc | Subnet | SecurityGroup
# Pays for one call of that API, however long that takes; Ec2Busy where it takes too
# long. Asked before each page leaves.
Pay = Callable[[Read], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing; its rows are as old as `began_at`, database seconds."""

    began_at: float
    rows: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One kind of resource, listed whole.

    `pages` raises Ec2Error in the middle where EC2 does: the listing is then not
    whole. Where `is_optional`, a role need not be allowed to read it.
    """

    fact: type[Listed]
    apis: tuple[Read, ...]
    pages: Callable[[Pay], Iterator[Page]]
    is_optional: bool = False


class Listings:
    """The listings of one region, in an order in which names come before ids."""

    def __init__(self, *, client: "EC2Client", looks: Looks, clock: Clock) -> None:
        self._client = client
        self._looks = looks
        self._clock = clock

    def all(self) -> tuple[Listing, ...]:
        """Every kind. Only strategy `route` needs route tables, and nobody VPCs."""
        client = self._client
        return (
            self._plain(
                *(Vpc, Read.VPCS, client.describe_vpcs, "Vpcs", replies.read_vpc),
                is_optional=True,
            ),
            self._plain(
                *(Subnet, Read.SUBNETS, client.describe_subnets, "Subnets"),
                replies.read_subnet,
            ),
            self._plain(
                *(SecurityGroup, Read.SECURITY_GROUPS),
                *(client.describe_security_groups, "SecurityGroups"),
                replies.read_security_group,
            ),
            self._plain(
                *(Interface, Read.INTERFACES),
                *(client.describe_network_interfaces, "NetworkInterfaces"),
                replies.read_interface,
            ),
            # DescribeAddresses has no pages: EC2 refuses MaxResults there.
            self._plain(
                *(ElasticIp, Read.ADDRESSES, client.describe_addresses, "Addresses"),
                replies.read_elastic_ip,
                most=None,
            ),
            self._plain(
                *(RouteTable, Read.ROUTE_TABLES),
                *(client.describe_route_tables, "RouteTables"),
                replies.read_route_table,
                most=looks.TABLES_PAGE,
                is_optional=True,
            ),
            # Last: while a zone is down this one fails, and the others do not.
            Listing(
                fact=Instance,
                apis=(Read.STATUSES, Read.INSTANCES),
                pages=self._instances,
            ),
        )

    def _plain(  # noqa: PLR0913 - what tells one kind from the others
        self,
        fact: type[Listed],
        api: Read,
        call: Callable[..., Any],
        key: str,
        read: Callable[[Reply], Listed],
        *,
        most: int | None = looks.PAGE,
        is_optional: bool = False,
    ) -> Listing:
        def pages(pay: Pay) -> Iterator[Page]:
            for began_at, found in self._turn(pay, api, call, key, most):
                yield Page(began_at=began_at, rows=tuple(map(read, found)))

        return Listing(fact=fact, apis=(api,), pages=pages, is_optional=is_optional)

    def _instances(self, pay: Pay) -> Iterator[Page]:
        """Every instance, with its checks and its type's limit."""
        checks = self._checks(pay)
        call = self._client.describe_instances
        for began_at, reservations in self._turn(
            pay, Read.INSTANCES, call, "Reservations", looks.PAGE
        ):
            rows = [i for r in reservations for i in r.get("Instances", ())]
            joined = self._looks.join(rows, checks).values()
            yield Page(began_at=began_at, rows=tuple(joined))

    def _checks(self, pay: Pay) -> Mapping[str, StatusChecks]:
        """All status checks; equal ones are one object, for there are few kinds."""
        call = self._client.describe_instance_status
        kinds: dict[StatusChecks, StatusChecks] = {}
        checks = {}
        for _, statuses in self._turn(
            *(pay, Read.STATUSES, call, "InstanceStatuses", looks.PAGE),
            IncludeAllInstances=True,
        ):
            for status in statuses:
                said = replies.read_checks(status)
                checks[str(status["InstanceId"])] = kinds.setdefault(said, said)
        return checks

    def _turn(
        self,
        pay: Pay,
        api: Read,
        call: Callable[..., Any],
        key: str,
        most: int | None,
        **arguments: Any,
    ) -> Iterator[tuple[float, Iterable[Reply]]]:
        """Page after page: when it was asked for, and what is under `key`."""
        if most is not None:
            arguments["MaxResults"] = most
        while True:
            pay(api)
            began_at = self._clock.now()
            try:
                page = call(**arguments)
            except errors.ANY as error:
                raise looks.as_read_error(error) from error
            yield began_at, page.get(key, ())
            if not page.get("NextToken"):
                return
            arguments["NextToken"] = page["NextToken"]
