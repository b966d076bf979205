"""Approvals: what waits for a second person, and their word."""

from typing import Any, ClassVar, Protocol

from rest_framework.request import Request
from rest_framework.response import Response

from failover import models
from failover.api import access_bodies, access_shapes
from failover.api.door import Door
from failover.services import approvals, fields, filters
from failover.services.access import Actor


def as_fields(row: models.Approval) -> dict[str, Any]:
    """An approval as the API shows it."""
    return {
        "id": str(row.id),
        "pair": row.pair_name,
        "state": approvals.state_of(row),
        "is_break_glass": row.is_break_glass,
        "from_instance_id": row.from_instance_id or None,
        "to_instance_id": row.to_instance_id,
        "plan_hash": row.plan_hash,
        "plan": row.plan,
        "reason": row.reason,
        "force": row.is_forced,
        "requested_by": row.requested_by,
        "requested_at": fields.rfc3339(row.requested_at),
        "expires_at": fields.rfc3339(row.expires_at),
        "decided_by": row.decided_by or None,
        "decided_at": fields.rfc3339(row.decided_at),
        "comment": row.comment,
        "job": str(row.job_id) if row.job_id else None,
        "acknowledged_by": row.acknowledged_by or None,
    }


class Decide(Protocol):
    """A verb of an approver."""

    def __call__(
        self, *, approval: models.Approval, actor: Actor, comment: str
    ) -> models.Approval: ...


class Approvals(Door):
    """All requests for a second person, newest first."""

    table: ClassVar = filters.ApprovalFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": access_shapes.ApprovalList}

    def get(self, request: Request) -> Response:
        return self.list(
            approvals.list_approvals(), lambda rows: [as_fields(row) for row in rows]
        )


class Approval(Door):
    """One request."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": access_shapes.Approval}

    def get(self, request: Request, approval_id: str) -> Response:
        return Response(as_fields(approvals.get(approval_id)))


class Decision(Door):
    """What an approver says to a request. Tokens cannot."""

    required_role: ClassVar = {"POST": "approver"}
    bodies: ClassVar = {"POST": access_bodies.DecisionBody}
    answers: ClassVar = {"POST": access_shapes.Approval}
    decide: ClassVar[Decide]

    def post(self, request: Request, approval_id: str) -> Response:
        row = self.decide(
            approval=approvals.get(approval_id),
            actor=self.actor,
            comment=self.body.get("comment", ""),
        )
        return Response(as_fields(row))


class Approve(Decision):
    """Let the requester swap by this plan, once. Tokens cannot."""

    decide = staticmethod(approvals.approve)


class Deny(Decision):
    """Say no. Tokens cannot."""

    decide = staticmethod(approvals.deny)


class AcknowledgeBreakGlass(Decision):
    """Take note of a swap that went without consent. Tokens cannot."""

    decide = staticmethod(approvals.acknowledge)
