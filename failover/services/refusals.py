"""Every way in which a verb can refuse, with its code and status of contract.md.

A refusal carries fields; the sentence is made here from them unless the raiser has a
better one, so that page, API and command line say the same.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check of a preflight, with its sentence."""

    code: str
    ok: bool
    severity: str
    detail: str

    def as_fields(self) -> dict[str, Any]:
        return asdict(self)


class Refusal(Exception):
    """A verb did nothing and says why. `extra` goes into the problem document."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "Refused"
    # Filled from `extra` where the raiser gives no sentence of its own.
    sentence: ClassVar[str] = ""

    def __init__(self, *, detail: str = "", **extra: Any) -> None:
        self.extra = {k: v for k, v in extra.items() if v is not None}
        self.detail = detail or self.sentence.format_map(self.extra) or self.title
        super().__init__(self.detail)

    def to_fields(self) -> dict[str, Any]:
        """The members of the problem document (RFC 9457)."""
        return {
            "type": f"urn:swapboard:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }

    def to_json(self) -> str:
        return json.dumps(self.to_fields(), default=str)


class Malformed(Refusal):
    code, status, title = "malformed", 400, "The request cannot be read"


class Invalid(Refusal):
    """Fields that cannot be accepted; `errors` says which and why."""

    code, status, title = "invalid", 400, "The request is not valid"

    def __init__(
        self, *, errors: Mapping[str, Sequence[str]], detail: str = ""
    ) -> None:
        plain = {name: list(said) for name, said in errors.items()}
        named = " ".join(f"{name}: {' '.join(said)}" for name, said in plain.items())
        super().__init__(detail=detail or named, errors=plain)


class AmbiguousAccount(Refusal):
    code, status, title = "ambiguous_account", 400, "Say which account"
    sentence = "{region} is managed in more than one account; name the account too."


class Forbidden(Refusal):
    code, status, title = "forbidden", 403, "Your role does not allow this"
    sentence = "This needs the role {needed}; yours is {role}."


class NotFound(Refusal):
    code, status, title = "not_found", 404, "Not found"
    sentence = "There is no {what} {id}."


class JobActive(Refusal):
    """Another job holds what this one needs; `job` is its id."""

    code, status, title = "job_active", 409, "A job is already at work"
    sentence = "Job {job} is at work on this; wait for its end or cancel it."

    def __init__(self, *, job_id: UUID) -> None:
        super().__init__(job=str(job_id))


class AlreadyThere(Refusal):
    code, status, title = "already_there", 409, "It is already there"
    sentence = "It is already there: {holder}."


class BelongsToPair(Refusal):
    code, status, title = "belongs_to_pair", 409, "The interface belongs to a pair"
    sentence = "{interface} belongs to the pair {pair}; swap the pair instead."


class InUse(Refusal):
    code, status, title = "in_use", 409, "It is in use"
    sentence = "{interface} is attached to {holder}; detach it first."


class ForeignHolder(Refusal):
    code, status, title = "in_use", 409, "Another instance holds it"
    sentence = "{holder}, which is not of this pair, holds the interface."


class Exists(Refusal):
    code, status, title = "exists", 409, "It already exists"
    sentence = "There is already a {what} {id}."


class NoDesiredHolder(Refusal):
    code, status, title = "no_desired_holder", 409, "Nobody knows where it belongs"
    sentence = "The pair has no desired holder; swap it, or adopt what is."


class Final(Refusal):
    code, status, title = "final", 409, "The job has ended"
    sentence = "Job {job} is {state}; what has ended cannot be cancelled."

    def __init__(self, *, job_id: UUID, state: str) -> None:
        super().__init__(job=str(job_id), state=state)


class KeyReused(Refusal):
    code, status, title = "key_reused", 409, "The idempotency key was used otherwise"
    sentence = "The same key was sent with another body; use a new key."


class InProgress(Refusal):
    code, status, title = "in_progress", 409, "The first request is still at work"
    sentence = "A request with this key is still at work; ask again."


class Changed(Refusal):
    """What the caller saw is no longer so."""

    code, status, title = "changed", 412, "It has changed since you looked"


class PreflightFailed(Refusal):
    """Checks that stand in the way; `checks` has them all."""

    code, status, title = "preflight", 422, "The checks stand in the way"

    def __init__(self, *, checks: Sequence[CheckView]) -> None:
        failed = " ".join(c.detail for c in checks if not c.ok)
        super().__init__(detail=failed, checks=[c.as_fields() for c in checks])


class Ec2ReadRefused(Refusal):
    code, status, title = "ec2_refused", 422, "EC2 refused to be read"


class Ec2Unreachable(Refusal):
    code, status, title = "ec2_unreachable", 503, "EC2 cannot be reached now"


class Unavailable(Refusal):
    code, status, title = "unavailable", 503, "The database cannot be reached now"
    sentence = "Nothing was started. Try again with the same idempotency key."
