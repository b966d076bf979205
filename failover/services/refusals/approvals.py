"""A second person: wanted, overtaken by a new plan, or done with."""

from uuid import UUID

from failover.services import words
from failover.services.refusals.refusal import Conflict, Refusal
from failover.services.refusals.things import Changed


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
