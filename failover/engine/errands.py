"""What the driver asks of its runtime, and what it is told of how that ended."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from failover.engine.job import Call, Intent
from failover.engine.ports import Ec2Error, Fence, Receipt
from failover.engine.probes import Question, Verdict
from failover.engine.topology import Observation, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFailed:
    """A look that EC2 did not answer whole: no data, never "gone" (P1).

    `shown` is the part of `scope` that was answered all the same; it is an event of
    its own, and this one tells of the rest.
    """

    scope: Scope
    error: Ec2Error
    shown: Scope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """The answer to a DryRun; None: EC2 gave none."""

    is_allowed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeEnded:
    """A probe has ended; `verdict` None: nobody knows how, which is no data."""

    job_id: UUID
    verdict: Verdict | None


Event = Observation | LookFailed | Receipt | Rehearsed | ProbeEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing to do before `until` (database seconds) unless something ends."""

    until: float


class Errands(Protocol):
    """Starts looks, calls and probes and does not wait for them."""

    def look(self, scope: Scope) -> None: ...

    def send(self, intent: Intent, fence: Fence) -> None: ...

    def rehearse(self, call: Call) -> None:
        """Ask by DryRun whether our role may make this call."""
        ...

    def probe(self, job_id: UUID, question: Question) -> None:
        """Ask the service of a job's resource. Takes nothing from looks and calls."""
        ...


class Log(Protocol):
    """Where the driver says what it could not do."""

    def tick_failed(self, job_id: UUID, error: Exception) -> None: ...

    def probe_failed(self, job_id: UUID, error: Exception) -> None: ...
