"""The last question before a request leaves, asked in the thread of its call (P2)."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from failover.ec2 import calls, errors
from failover.engine import ports
from failover.engine.ports import Clock

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

T = TypeVar("T")

SIGNATURE_AGE_S = 5.0
# Beyond this AWS refuses signatures soon, and no stamp of ours is worth anything.
CLOCK_SKEW_S = 60.0


READS = ("Describe", "Get", "List", "Search")


def require_read(*, model: Any, params: Mapping[str, Any], **_: object) -> None:
    """Raise NotSent for what would change something without its row before it.

    The clients of reads know no intents; of changes they may make a DryRun alone.
    """
    body = params.get("body")
    is_rehearsal = isinstance(body, dict) and str(body.get("DryRun")).lower() == "true"
    if not is_rehearsal and not str(model.name).startswith(READS):
        raise ports.NotSent(code="no-intent", message=f"{model.name} has no row.")


@dataclass(slots=True, kw_only=True)
class Departure:
    """One mutating call on its way out; `sent_at` stays None until it may leave.

    `may_leave` is asked after signing, in the thread of the call, and may take a
    database's time. `intent_at` is when the call's row was written.
    """

    may_leave: Callable[[], bool]
    intent_at: float
    sent_at: float | None = None


class Departures:
    """Lets signed requests of one set of clients leave, or not."""

    def __init__(
        self, *, clock: Clock, wall_now: Callable[[], float], leave_within_s: float
    ) -> None:
        self._clock = clock
        self._wall_now = wall_now
        self._leave_within_s = leave_within_s
        self._skew_s = 0.0
        self._departing: ContextVar[Departure | None] = ContextVar(
            f"departing-{id(self)}", default=None
        )

    def guard(self, *, mutating: Any, reading: Any, listing: Any) -> None:
        """Stand before every request of these clients."""
        mutating.meta.events.register("before-send.ec2", self._ask)
        mutating.meta.events.register("after-call.ec2", self._learn_skew)
        reading.meta.events.register("after-call.ec2", self._learn_skew)
        for client in (reading, listing):
            client.meta.events.register("before-call.ec2", require_read)

    def make(
        self, departure: Departure, call: Callable[[], T]
    ) -> tuple[T | None, ports.Ec2Error | None]:
        """Make the call under the departure: its reply, or how it failed."""
        token = self._departing.set(departure)
        try:
            return call(), None
        except errors.ANY as error:
            return None, errors.translate(error)
        except ports.Ec2Error as error:
            return None, error
        except Exception as error:  # noqa: BLE001
            # Whatever else breaks below us (a database behind the fence, a library):
            # a call without an end would look as if it might have happened.
            broken = ports.Ec2OutcomeUnknown(
                code=type(error).__name__, message=str(error)
            )
            return None, broken
        finally:
            self._departing.reset(token)

    def _ask(self, request: "AWSPreparedRequest", **_: object) -> None:
        """Let the signed request leave, or raise NotSent (protocol P2)."""
        departure = self._departing.get()
        if departure is None:
            raise ports.NotSent(code="no-fence", message="A call without an intent.")
        if abs(self._skew_s) > CLOCK_SKEW_S:
            raise ports.NotSent(
                code="clock-skew",
                message=f"The clock is {self._skew_s:+.0f} s off AWS's.",
            )
        if not departure.may_leave():
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
