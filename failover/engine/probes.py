"""What a probe is, what it asks, and what it is told: values, nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from failover.engine.values import replace


class ProbeKind(StrEnum):
    """How the service behind a resource is asked whether it is well."""

    TCP = "tcp"
    HTTP = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a pair is asked. `expect`: a status code, or a text of the body."""

    kind: ProbeKind
    port: int
    path: str = "/"
    expect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One probe of one address: the literal one that EC2 showed, never a name."""

    address: str
    probe: Probe


class ProbeOutcome(StrEnum):
    """How a probe ended. `refused`: our own policy forbids it, so nothing was sent."""

    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a question; `code` says why it did not pass, `args` with what."""

    outcome: ProbeOutcome
    address: str
    port: int
    code: str = ""
    args: tuple[tuple[str, str], ...] = ()
    duration_s: float = 0.0

    def says_the_same_as(self, other: "Verdict") -> bool:
        """Whether the two differ in nothing but how long they took."""
        return replace(self, duration_s=0.0) == replace(other, duration_s=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A verdict, and when its probe began (database seconds)."""

    began_at: float
    verdict: Verdict
