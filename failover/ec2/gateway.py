"""EC2 in one region of one account: the engine's port, and the reads of services."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from failover.ec2 import calls, errors, looks, observing, replies, session
from failover.engine import ports
from failover.engine.job import Call, Intent, Outcome
from failover.engine.ports import Clock, Fence, Receipt
from failover.engine.topology import (
    ElasticIp,
    Instance,
    Interface,
    Observation,
    RouteTable,
    Scope,
)

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

Listed = Interface | Instance | ElasticIp | replies.Subnet | replies.SecurityGroup

SIGNATURE_AGE_S = 5.0
# Beyond this AWS refuses signatures soon, and no stamp of ours is worth anything.
CLOCK_SKEW_S = 60.0


@dataclass(slots=True, kw_only=True)
class Departure:
    """One mutating call on its way out; `sent_at` stays None until it may leave."""

    fence: Fence
    intent_at: float
    sent_at: float | None = None


class Gateway:
    """Implements `engine.ports.Ec2`. Safe to share between threads."""

    def __init__(  # noqa: PLR0913 - every port by name; wiring is its one caller.
        self,
        *,
        identity: session.Identity,
        clock: Clock,
        wall_now: Callable[[], float],
        is_open_for: Callable[[Fence], bool],
        leave_within_s: float,
        pool: Executor,
        zones_of: looks.ZonesOf = lambda _ids: {},
    ) -> None:
        """`pool` runs parts of reads only; nothing in it waits for the pool.

        `leave_within_s` is how old an intent may be when its call leaves; SETTLE_S
        counts on it. `zones_of` tells the zones of instances, as far as known.

        `wall_now` is the POSIX time that botocore signs with; `is_open_for` is asked
        in the thread of the call, after signing, and may take a database's time.
        """
        self._identity = identity
        self._clock = clock
        self._wall_now = wall_now
        self._is_open_for = is_open_for
        self._leave_within_s = leave_within_s
        self._pool = pool
        self._skew_s = 0.0
        self._clients = session.open_clients(identity)
        self._looks = looks.Looks(client=self._clients.reading, zones_of=zones_of)
        self._departing: ContextVar[Departure | None] = ContextVar(
            f"departing-{id(self)}", default=None
        )
        events = self._clients.mutating.meta.events
        events.register("before-send.ec2", self._ask_fence)
        events.register("after-call.ec2", self._learn_skew)
        self._clients.reading.meta.events.register("after-call.ec2", self._learn_skew)

    # The engine's port.

    def observe(self, scope: Scope) -> Observation:
        """Look at everything in `scope` in one parallel round trip.

        Instances that a failing zone hid are not in the observation's scope. Raises
        Ec2Refused, Ec2Busy or Ec2OutcomeUnknown: then nothing is known.
        """
        return observing.observe(
            read=self._looks, scope=scope, pool=self._pool, clock=self._clock
        )

    def send(self, intent: Intent, fence: Fence) -> Receipt:
        """Send the intent's call once. Every way it can end is in the receipt."""
        departure = Departure(fence=fence, intent_at=intent.intent_at)
        token = self._departing.set(departure)
        began_at = self._clock.now()
        reply: dict[str, Any] = {}
        failure: ports.Ec2Error | None = None
        try:
            reply = calls.make(self._clients.mutating, intent.call)
        except errors.ANY as error:
            failure = errors.translate(error)
        except ports.Ec2Error as error:
            failure = error
        except Exception as error:  # noqa: BLE001
            # Whatever else breaks below us (a database behind the fence, a library):
            # a call without an end would look as if it might have happened.
            failure = ports.Ec2OutcomeUnknown(
                code=type(error).__name__, message=str(error)
            )
        finally:
            self._departing.reset(token)
        ended_at = self._clock.now()
        outcome = _judge(departure, failure)
        sent_at = None if outcome is Outcome.NOT_SENT else departure.sent_at
        return Receipt(
            intent_id=intent.id,
            job_id=intent.job_id,
            outcome=outcome,
            sent_at=sent_at,
            ended_at=ended_at,
            duration_s=max(0.0, ended_at - (sent_at or began_at)),
            error_code=failure.code if failure else "",
            error_message=failure.message if failure else "",
            aws_request_id=(
                failure.aws_request_id if failure else errors.request_id(reply)
            ),
            attachment_id=calls.read_attachment_id(intent.call, reply),
        )

    # The reads of services.

    def may(self, call: Call) -> bool:
        """Whether IAM would let us make this call, by DryRun; changes nothing.

        Raises Ec2Refused where it would and the call is refused for another reason,
        any other Ec2Error where EC2 says neither yes nor no.
        """
        try:
            calls.make(self._clients.reading, call, DryRun=True)
        except errors.ANY as error:
            translated = looks.as_read_error(error)
            if translated.code == errors.DRY_RUN_OK:
                return True
            if translated.code == errors.UNAUTHORIZED:
                return False
            if translated.code in errors.NOT_WEIGHED:
                raise ports.Ec2OutcomeUnknown(
                    code=translated.code,
                    message=translated.message,
                    aws_request_id=translated.aws_request_id,
                ) from error
            raise translated from error
        return True

    def caller_identity(self) -> str:
        """The twelve digits of the AWS account that our credentials belong to."""
        try:
            return str(self._clients.sts.get_caller_identity()["Account"])
        except errors.ANY as error:
            raise looks.as_read_error(error) from error

    def read_inventory(self) -> Iterator[tuple[Listed, ...]]:
        """The whole region in batches, each of one kind, every page of every kind.

        Raises Ec2Error in the middle where EC2 does: the listing is then not whole.
        """
        kinds: tuple[Iterator[Listed], ...] = (
            self.read_interfaces(),
            self.read_instances(),
            self.read_elastic_ips(),
            self.read_subnets(),
            self.read_security_groups(),
        )
        for listing in kinds:
            while batch := tuple(itertools.islice(listing, looks.PAGE)):
                yield batch

    def read_interfaces(self) -> Iterator[Interface]:
        """Every network interface of the region, page by page."""
        client = self._clients.listing
        pages = looks.read_pages(
            client.describe_network_interfaces,
            "NetworkInterfaces",
            MaxResults=looks.PAGE,
        )
        return map(replies.read_interface, pages)

    def read_instances(self) -> Iterator[Instance]:
        """Every instance of the region, with its checks and its type's limit."""
        client = self._clients.listing
        statuses = looks.read_pages(
            client.describe_instance_status,
            "InstanceStatuses",
            IncludeAllInstances=True,
            MaxResults=looks.PAGE,
        )
        checks = {s["InstanceId"]: replies.read_checks(s) for s in statuses}
        reservations = looks.read_pages(
            client.describe_instances, "Reservations", MaxResults=looks.PAGE
        )
        for reservation in reservations:
            rows = reservation.get("Instances", ())
            yield from self._looks.join(rows, checks).values()

    def read_elastic_ips(self) -> Iterator[ElasticIp]:
        """Every Elastic IP of the region; DescribeAddresses has no pages."""
        pages = looks.read_pages(self._clients.listing.describe_addresses, "Addresses")
        return map(replies.read_elastic_ip, pages)

    def read_subnets(self) -> Iterator[replies.Subnet]:
        """Every subnet of the region."""
        client = self._clients.listing
        pages = looks.read_pages(
            client.describe_subnets, "Subnets", MaxResults=looks.PAGE
        )
        return map(replies.read_subnet, pages)

    def read_security_groups(self) -> Iterator[replies.SecurityGroup]:
        """Every security group of the region."""
        client = self._clients.listing
        pages = looks.read_pages(
            client.describe_security_groups, "SecurityGroups", MaxResults=looks.PAGE
        )
        return map(replies.read_security_group, pages)

    def read_route_tables(self) -> Iterator[RouteTable]:
        """Every route table of the region, with its IPv4 routes."""
        client = self._clients.listing
        pages = looks.read_pages(
            client.describe_route_tables, "RouteTables", MaxResults=looks.TABLES_PAGE
        )
        return map(replies.read_route_table, pages)

    # What botocore calls.

    def _ask_fence(self, request: "AWSPreparedRequest", **_: object) -> None:
        """Let the signed request leave, or raise NotSent (protocol P2)."""
        departure = self._departing.get()
        if departure is None:
            raise ports.NotSent(code="no-fence", message="A call without an intent.")
        if abs(self._skew_s) > CLOCK_SKEW_S:
            raise ports.NotSent(
                code="clock-skew",
                message=f"The clock is {self._skew_s:+.0f} s off AWS's.",
            )
        if not self._is_open_for(departure.fence):
            raise ports.NotSent(code="fenced", message="The job is not ours any more.")
        # Last, so that a slow database above counts into the signature's age.
        age_s = self._wall_now() - calls.signed_at(request)
        if age_s > SIGNATURE_AGE_S:
            raise ports.NotSent(code="signature-age", message=f"{age_s:.1f} s old.")
        now = self._clock.now()
        waited_s = now - departure.intent_at
        if waited_s > self._leave_within_s:
            # Whoever looks after the job by then has stopped waiting for it.
            raise ports.NotSent(code="intent-age", message=f"{waited_s:.1f} s old.")
        departure.sent_at = now

    def _learn_skew(self, parsed: dict[str, Any], **_: object) -> None:
        """Keep how far our wall clock is from the Date of AWS's reply, seconds."""
        headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        try:
            said = parsedate_to_datetime(headers["date"])
        except (KeyError, ValueError):
            return
        self._skew_s = self._wall_now() - said.timestamp()


def _judge(departure: Departure, failure: ports.Ec2Error | None) -> Outcome:
    if failure is None:
        return Outcome.OK
    if departure.sent_at is None:
        # Whatever failed (credentials, AssumeRole, the fence), nothing had left.
        return Outcome.NOT_SENT
    return errors.outcome_of(failure)
