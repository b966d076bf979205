"""The filters of what people ask of each other, and of their tokens."""

from typing import ClassVar

from failover import models
from failover.models.approvals import Verdict
from failover.services.filters import properties as p
from failover.services.filters.table import Table


class ApprovalFilter(Table):
    """Requests for a second person."""

    properties = (
        p.choice("state", "State", tuple(Verdict.values)),
        p.code("pair", "Pair", "pair_name"),
        p.text("requested_by", "Asked by", many=False),
        p.moment("requested_at", "Asked"),
    )
    searched = ("pair_name", "requested_by", "reason", "decided_by", "comment")
    ordered: ClassVar[dict[str, str]] = {
        "requested_at": "requested_at",
        "state": "state",
        "pair": "pair_name",
        "requested_by": "requested_by",
    }
    default_ordering = ("-requested_at", "-id")

    class Meta:
        model = models.Approval
        fields: ClassVar[list[str]] = []


class TokenFilter(Table):
    """API tokens."""

    properties = (
        p.text("name", "Name"),
        p.text("owner", "Owner", "user__username", many=False),
    )
    searched = ("public_id", "name", "user__username")
    ordered: ClassVar[dict[str, str]] = {
        "created_at": "created_at",
        "expires_at": "expires_at",
        "name": "name",
    }
    default_ordering = ("-created_at", "-pk")

    class Meta:
        model = models.ApiToken
        fields: ClassVar[list[str]] = []
