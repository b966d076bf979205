"""How an action can end without having been done, or without anybody knowing.

EC2's own code stands beside our words, in `ec2_code`: 409 where the state of things
is in the way and may change, 404 where the thing is not there, 422 for all others.
"""

from uuid import UUID

from failover.services import act_words, words
from failover.services.refusals.outside import Ec2Unreachable
from failover.services.refusals.refusal import Conflict, Refusal
from failover.services.refusals.request import Throttled
from failover.services.refusals.things import NotFound

IN_USE = frozenset(
    {
        "DependencyViolation",
        "InvalidIPAddress.InUse",
        "InvalidNetworkInterface.InUse",
        "InvalidParameterValue.InUse",
        "Resource.AlreadyAssociated",
    }
)
WRONG_STATE = frozenset({"IncorrectState", "IncorrectInstanceState"})


class Ec2Said(Refusal):
    """EC2 refused a call of ours, which has changed nothing."""

    def __init__(
        self, *, action: UUID, ec2_code: str, message: str, aws_request_id: str = ""
    ) -> None:
        super().__init__(detail=act_words.refused(ec2_code, message))
        self.action = action
        self.ec2_code = ec2_code
        self.message = message
        self.aws_request_id = aws_request_id
        self.code, self.status = _place(ec2_code)

    @property
    def title(self) -> str:
        return words.title("ec2_call_refused")

    @property
    def detail(self) -> str:
        return str(self.fields["detail"])

    @property
    def extra(self) -> dict[str, object]:
        return {
            "ec2_code": self.ec2_code,
            "ec2_message": self.message,
            "aws_request_id": self.aws_request_id or None,
            "action": str(self.action),
        }


class Ec2Impatient(Throttled):
    """EC2's quota of calls is used up for the moment; nothing was done."""

    code = "ec2_busy"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(what="calls to EC2", most=0, retry_after_s=retry_after_s)


class NotReached(Ec2Unreachable):
    """The call never left, or never came to EC2: nothing was done."""

    @property
    def detail(self) -> str:
        return words.detail("ec2_not_reached", self.fields)


class OutcomeUnknown(Refusal):
    """The reply was lost: it may have happened. `action` is where that will be said."""

    code = "outcome_unknown"
    status = 504

    def __init__(self, *, action: UUID, kind: str, resource: str) -> None:
        super().__init__(
            action=str(action), doing=act_words.doing(kind), resource=resource
        )
        self.action = action

    @property
    def extra(self) -> dict[str, object]:
        return {"action": str(self.action)}


class ManagedByAws(Conflict):
    """A service of AWS made the interface and looks after it; only that may act."""

    code = "managed"

    def __init__(self, *, interface: str) -> None:
        super().__init__(interface=interface)


class MovedByPair(Conflict):
    """What is to be taken away or moved belongs to a pair's floating resource."""

    code = "belongs_to_pair"

    def __init__(self, *, what: str, pair: str) -> None:
        super().__init__(what=what, pair=pair)

    @property
    def title(self) -> str:
        return words.title("moved_by_pair")

    @property
    def detail(self) -> str:
        return words.detail("moved_by_pair", self.fields)


class Held(Conflict):
    """What is to go away is still in use; `by` is what uses it."""

    code = "in_use"

    def __init__(self, *, what: str, by: str) -> None:
        super().__init__(what=what, by=by)

    @property
    def title(self) -> str:
        return words.title("held")

    @property
    def detail(self) -> str:
        return words.detail("held", self.fields)


class ChangedInPart(Refusal):
    """Of several calls the first were made, and then one was not."""

    def __init__(self, *, refusal: Refusal, applied: tuple[str, ...]) -> None:
        super().__init__(detail=refusal.detail, applied=", ".join(applied))
        self.refusal = refusal
        self.applied = applied
        self.code, self.status = refusal.code, refusal.status

    @property
    def title(self) -> str:
        return self.refusal.title

    @property
    def detail(self) -> str:
        return words.detail("changed_in_part", self.fields)

    @property
    def extra(self) -> dict[str, object]:
        return {**self.refusal.extra, "applied": list(self.applied)}


def _is_unknown(ec2_code: str) -> bool:
    """Whether EC2's refusal says that the thing itself is not there."""
    return ec2_code.endswith(".NotFound")


def _place(ec2_code: str) -> tuple[str, int]:
    if ec2_code in IN_USE:
        return "in_use", Conflict.status
    if ec2_code in WRONG_STATE:
        return "wrong_state", Conflict.status
    if _is_unknown(ec2_code):
        return NotFound.code, NotFound.status
    return "ec2_refused", 422
