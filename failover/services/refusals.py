"""Every way in which a verb can say no: a code, an HTTP status, and fields.

Fields, not prose: `words` makes the sentence, for every door the same.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from failover.audit import asking
from failover.services import words


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check as the world sees it."""

    code: str
    ok: bool
    severity: str
    detail: str

    def as_fields(self) -> dict[str, object]:
        """As contract.md writes a check."""
        return {
            "code": self.code,
            "ok": self.ok,
            "severity": self.severity,
            "detail": self.detail,
        }


class Refusal(Exception):
    """A verb was not done, and nothing has changed because of it."""

    code = "invalid"
    status = 400

    def __init__(self, **fields: object) -> None:
        super().__init__(fields)
        self.fields: Mapping[str, object] = fields
        if asking.current() is not None:
            # Where the answer is recorded only its status is known.
            job = fields.get("job")
            asking.note_refusal(
                code=self.code,
                detail=self.detail,
                job_id=UUID(job) if isinstance(job, str) else None,
            )

    def __str__(self) -> str:
        return self.detail

    @property
    def title(self) -> str:
        return words.title(self.code)

    @property
    def detail(self) -> str:
        return words.detail(self.code, self.fields)

    @property
    def extra(self) -> dict[str, object]:
        """The members that a problem document has beside the standard ones."""
        return {}

    def as_problem(self) -> dict[str, object]:
        """The members of a problem document (RFC 9457)."""
        return {
            "type": f"urn:swapboard:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }

    def to_json(self) -> str:
        """The problem as one line of JSON."""
        return json.dumps(self.as_problem())


class Malformed(Refusal):
    """The body or the address cannot be read at all."""

    code = "malformed"

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class Invalid(Refusal):
    """Fields that can be read, but not accepted; `errors` says which."""

    code = "invalid"

    def __init__(self, *, errors: Mapping[str, Sequence[str]]) -> None:
        said = " ".join(f"{k}: {' '.join(v)}" for k, v in errors.items())
        super().__init__(errors=errors, detail=said)
        self.errors = errors

    @property
    def extra(self) -> dict[str, object]:
        return {"errors": {name: list(said) for name, said in self.errors.items()}}


class TokenInAddress(Refusal):
    """A token came in an address, where everything on the way has written it down."""

    code = "token_in_address"


class InClear(Refusal):
    """A program came without TLS, and its token with it."""

    code = "in_clear"
    status = 403


class AmbiguousAccount(Refusal):
    """The region is managed in several accounts, and none was named."""

    code = "ambiguous_account"

    def __init__(self, *, region: str) -> None:
        super().__init__(region=region)


class Anonymous(Refusal):
    """Nobody known is asking."""

    code = "anonymous"
    status = 401


class Forbidden(Refusal):
    """Somebody is asking who may not."""

    code = "forbidden"
    status = 403

    def __init__(self, *, role: str = "", detail: str = "") -> None:
        super().__init__(detail=detail or f"This needs the role {role}.")


class ConfirmIdentity(Refusal):
    """A person must show once more who they are; a session may have been stolen."""

    code = "confirm_identity"
    status = 403


class NotAll(Refusal):
    """All or none was asked for, and some cannot be: none was begun."""

    code = "not_all"
    status = 422

    def __init__(self, *, refused: Sequence[tuple[str, Refusal]]) -> None:
        super().__init__(names=", ".join(name for name, _ in refused))
        self.refused = tuple(refused)


class NotFound(Refusal):
    """There is no such thing, or not for this asker."""

    code = "not_found"
    status = 404

    def __init__(self, *, what: str, id: str = "") -> None:
        super().__init__(what=what, id=id[:80])


class Conflict(Refusal):
    """The state of things does not allow it now."""

    status = 409


class JobActive(Conflict):
    """Another job holds the pair, the interface or one of its locks."""

    code = "job_active"

    def __init__(self, *, job_id: UUID) -> None:
        super().__init__(job=str(job_id))
        self.job_id = job_id

    @property
    def extra(self) -> dict[str, object]:
        return {"job": str(self.job_id)}


class AlreadyThere(Conflict):
    """Nothing to move; `holder` is an instance, or a word for lying free."""

    code = "already_there"

    def __init__(self, *, holder: str, strategy: str = "eni") -> None:
        super().__init__(holder=holder, noun=words.noun(strategy))


class BelongsToPair(Conflict):
    """A pair moves this interface; a plain attach or detach would fight it."""

    code = "belongs_to_pair"

    def __init__(self, *, interface: str, pair: str) -> None:
        super().__init__(interface=interface, pair=pair)


class InUse(Conflict):
    """The interface is attached to another instance."""

    code = "in_use"

    def __init__(self, *, interface: str, holder: str) -> None:
        super().__init__(interface=interface, holder=holder)


class MixedHolder(Conflict):
    """Some of the pair's routes lead to one instance, some to the other."""

    code = "mixed_holder"


class NotServed(Conflict):
    """The pair's resource is at neither instance, so nothing can be asked there."""

    code = "not_served"

    def __init__(self, *, strategy: str) -> None:
        super().__init__(noun=words.noun(strategy))


class ForeignHolder(Conflict):
    """Something outside the pair holds the resource."""

    code = "foreign_holder"

    def __init__(self, *, holder: str, strategy: str = "eni") -> None:
        super().__init__(holder=holder, noun=words.noun(strategy))


class NoDesiredHolder(Conflict):
    """There is no instance to put the resource back to."""

    code = "no_desired_holder"


class Exists(Conflict):
    """The name is taken."""

    code = "exists"

    def __init__(self, *, what: str, id: str) -> None:
        super().__init__(what=what, id=id)


class LastAdmin(Conflict):
    """Nobody would be left who may change roles."""

    code = "last_admin"


class KeyReused(Conflict):
    """The idempotency key came with another body before."""

    code = "key_reused"


class InProgress(Conflict):
    """The request with this key is still at work."""

    code = "in_progress"


class Final(Conflict):
    """The job has ended."""

    code = "final"

    def __init__(self, *, job_id: UUID, state: str) -> None:
        super().__init__(job=str(job_id), state=state)
        self.job_id = job_id

    @property
    def extra(self) -> dict[str, object]:
        return {"job": str(self.job_id)}


class Changed(Refusal):
    """What the asker saw is no longer so."""

    code = "changed"
    status = 412

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class ApprovalRequired(Refusal):
    """The pair wants a second person, who has been asked."""

    code = "approval_required"
    status = 403

    def __init__(self, *, approval_id: UUID) -> None:
        super().__init__(approval=str(approval_id))
        self.approval_id = approval_id

    @property
    def extra(self) -> dict[str, object]:
        return {"approval": str(self.approval_id)}


class ApprovalOutdated(Changed):
    """What was approved is no longer the plan; the new one has been asked for."""

    def __init__(self, *, approval_id: UUID) -> None:
        super().__init__(detail=words.APPROVAL_OUTDATED)
        self.approval_id = approval_id

    @property
    def extra(self) -> dict[str, object]:
        return {"approval": str(self.approval_id)}


class ApprovalClosed(Conflict):
    """The request was decided, used or is over."""

    code = "approval_closed"

    def __init__(self, *, approval_id: UUID, state: str) -> None:
        super().__init__(state=state)
        self.approval_id = approval_id

    @property
    def extra(self) -> dict[str, object]:
        return {"approval": str(self.approval_id)}


class PreflightFailed(Refusal):
    """Checks that do not pass; `checks` are all of them."""

    code = "preflight"
    status = 422

    def __init__(self, *, checks: Sequence[CheckView]) -> None:
        super().__init__(detail=" ".join(c.detail for c in checks if not c.ok))
        self.checks = tuple(checks)

    @property
    def extra(self) -> dict[str, object]:
        return {"checks": [c.as_fields() for c in self.checks]}


class Throttled(Refusal):
    """Too many calls in a minute; `what` are those that were counted."""

    code = "throttled"
    status = 429

    def __init__(self, *, what: str, most: int, retry_after_s: int) -> None:
        super().__init__(what=what, most=most, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class Ec2Unreachable(Refusal):
    """EC2 did not answer, or only with errors of its own."""

    code = "ec2_unreachable"
    status = 503

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class Ec2ReadRefused(Ec2Unreachable):
    """EC2 answered, and the answer is that we may not look."""

    @property
    def title(self) -> str:
        return words.title("ec2_refused")

    @property
    def detail(self) -> str:
        return words.detail("ec2_refused", self.fields)


class Unavailable(Refusal):
    """The database did not answer; with the same key one may ask again."""

    code = "unavailable"
    status = 503
