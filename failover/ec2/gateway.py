"""EC2 in one region of one account: the engine's port, and the reads of services."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from botocore import xform_name

from failover.ec2 import calls, errors, looks, observing, requests, session
from failover.ec2.console import Console
from failover.ec2.departures import Departure, Departures
from failover.ec2.listing import Listing, Listings
from failover.engine import ports
from failover.engine.job import Call, Intent, Outcome
from failover.engine.ports import Clock, Fence, Receipt
from failover.engine.topology import Observation, Scope


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
        self._is_open_for = is_open_for
        self._pool = pool
        self._departures = Departures(
            clock=clock, wall_now=wall_now, leave_within_s=leave_within_s
        )
        self._clients = session.open_clients(identity)
        self._looks = looks.Looks(client=self._clients.reading, zones_of=zones_of)
        self._listings = Listings(
            client=self._clients.listing, looks=self._looks, clock=clock
        )
        self._departures.guard(
            mutating=self._clients.mutating,
            reading=self._clients.reading,
            listing=self._clients.listing,
        )
        # What forms and checks of the console's actions read.
        self.console = Console(client=self._clients.reading, looks=self._looks)

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
        departure = Departure(
            may_leave=lambda: self._is_open_for(fence), intent_at=intent.intent_at
        )
        began_at = self._clock.now()
        reply, failure = self._departures.make(
            departure, lambda: calls.make(self._clients.mutating, intent.call)
        )
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
                failure.aws_request_id if failure else errors.request_id(reply or {})
            ),
            attachment_id=calls.read_attachment_id(intent.call, reply or {}),
        )

    # The console's actions.

    def carry_out(
        self,
        request: requests.Request,
        *,
        begun_at: float,
        may_leave: Callable[[], bool],
    ) -> requests.Done:
        """Send the request once; its row was written at `begun_at`.

        `may_leave` is asked immediately before. Raises Ec2Refused, Ec2Busy and
        NotSent, after which nothing has happened, and Ec2OutcomeUnknown.
        """
        departure = Departure(may_leave=may_leave, intent_at=begun_at)
        reply, failure = self._departures.make(
            departure, lambda: requests.make(self._clients.mutating, request)
        )
        if failure is not None:
            if _judge(departure, failure) is Outcome.NOT_SENT:
                raise ports.NotSent(
                    code=failure.code, message=failure.message
                ) from failure
            raise failure
        return requests.read(request, reply or {}, ended_at=self._clock.now())

    # The reads of services.

    def may(self, call: Call) -> bool:
        """Whether IAM would let us make this call, by DryRun; changes nothing.

        Raises Ec2Refused where it would and the call is refused for another reason,
        any other Ec2Error where EC2 says neither yes nor no.
        """
        return _rehearse(lambda: calls.make(self._clients.reading, call, DryRun=True))

    def may_read(self, name: str) -> bool:
        """The same for one of EC2's Describe calls, by its name there."""
        read = getattr(self._clients.reading, xform_name(name))
        return _rehearse(lambda: read(DryRun=True))

    def caller_identity(self) -> str:
        """The twelve digits of the AWS account that our credentials belong to."""
        try:
            return str(self._clients.sts.get_caller_identity()["Account"])
        except errors.ANY as error:
            raise looks.as_read_error(error) from error

    def listings(self) -> tuple[Listing, ...]:
        """Every kind of resource of the region, to be listed whole."""
        return self._listings.all()


def _rehearse(dry_run: Callable[[], Any]) -> bool:
    """What EC2 says to a DryRun: yes or no, or an Ec2Error for anything else."""
    try:
        dry_run()
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


def _judge(departure: Departure, failure: ports.Ec2Error | None) -> Outcome:
    if failure is None:
        return Outcome.OK
    if departure.sent_at is None:
        # Whatever failed (credentials, AssumeRole, the fence), nothing had left.
        return Outcome.NOT_SENT
    return errors.outcome_of(failure)
