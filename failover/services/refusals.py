"""Every way in which a verb can refuse, with its code and status of contract.md."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

Fields = Mapping[str, Any]


class Refusal(Exception):
    """A verb did nothing and says why. `extra` goes into the problem document."""

    code = "refused"
    status = 409
    title = "Refused"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra = {k: v for k, v in extra.items() if v is not None}

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


class Invalid(Refusal):
    """Fields that cannot be read; `errors` says which and why."""

    code, status, title = "invalid", 400, "The request is not valid"

    def __init__(self, errors: Mapping[str, Sequence[str]], detail: str = "") -> None:
        named = "; ".join(f"{k}: {' '.join(v)}" for k, v in errors.items())
        super().__init__(
            detail or named, errors={k: list(v) for k, v in errors.items()}
        )


class Malformed(Refusal):
    code, status, title = "malformed", 400, "The request cannot be read"


class AmbiguousAccount(Refusal):
    code, status, title = "ambiguous_account", 400, "Say which account"


class Forbidden(Refusal):
    code, status, title = "forbidden", 403, "Your role does not allow this"


class NotFound(Refusal):
    code, status, title = "not_found", 404, "Not found"


class JobActive(Refusal):
    """Another job holds what this one needs; `job` is its id."""

    code, status, title = "job_active", 409, "A job is already at work"

    def __init__(self, job_id: UUID | None) -> None:
        super().__init__(
            f"Job {job_id} is at work on this; wait for its end or cancel it."
            if job_id
            else "Another job has just worked on this; look again.",
            job=str(job_id) if job_id else None,
        )


class AlreadyThere(Refusal):
    code, status, title = "already_there", 409, "It is already there"


class BelongsToPair(Refusal):
    code, status, title = "belongs_to_pair", 409, "The interface belongs to a pair"


class InUse(Refusal):
    code, status, title = "in_use", 409, "It is in use"


class Final(Refusal):
    code, status, title = "final", 409, "The job has ended"


class KeyReused(Refusal):
    code, status, title = "key_reused", 409, "The idempotency key was used otherwise"


class InProgress(Refusal):
    code, status, title = "in_progress", 409, "The first request is still at work"


class Changed(Refusal):
    """What the caller saw is no longer so; `plan` is the present one."""

    code, status, title = "changed", 412, "It has changed since you looked"


class PreflightFailed(Refusal):
    """Checks that stand in the way; `checks` has them all."""

    code, status, title = "preflight", 422, "The checks stand in the way"


class Ec2Unreachable(Refusal):
    code, status, title = "ec2_unreachable", 503, "EC2 cannot be read now"


class Ec2Said(Refusal):
    """EC2 itself refused a read or a permission; its code is in `aws_code`."""

    code, status, title = "ec2_refused", 422, "EC2 refused"
