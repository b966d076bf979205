"""One's own API tokens: listed, made by people, revoked."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from failover import models, wiring
from failover.api import access_bodies, access_shapes
from failover.api.door import Door
from failover.services import fields, filters
from failover.services.people import tokens


def as_fields(row: models.ApiToken) -> dict[str, Any]:
    """A token as the API shows it; its secret is nowhere."""
    why = tokens.why_refused(row, source_ip="", now=wiring.now())
    return {
        "id": row.public_id,
        "name": row.name,
        "owner": row.user.get_username(),
        "role": row.role,
        "source_nets": row.source_nets,
        "created_at": fields.rfc3339(row.created_at),
        "expires_at": fields.rfc3339(row.expires_at),
        "last_used_at": fields.rfc3339(row.last_used_at),
        "state": why if why in ("revoked", "expired", "owner_disabled") else "active",
    }


class Tokens(Door):
    """One's own tokens; an administrator's list has everybody's."""

    table: ClassVar = filters.TokenFilter
    required_role: ClassVar = {"GET": "viewer", "POST": "viewer"}
    bodies: ClassVar = {"POST": access_bodies.TokenBody}
    answers: ClassVar = {
        "GET": access_shapes.TokenList,
        "POST": access_shapes.NewToken,
    }
    statuses: ClassVar = {"POST": 201}

    def get(self, request: Request) -> Response:
        return self.list(
            tokens.list_for(self.actor), lambda rows: [as_fields(row) for row in rows]
        )

    def post(self, request: Request) -> Response:
        """Make one; only a signed-in person can, and sees it this once."""
        made = tokens.make(
            user_name=self.actor.name,
            actor=self.actor,
            name=self.body["name"],
            role=self.body.get("role"),
            days=self.body.get("days", tokens.MOST_DAYS),
            source_nets=self.body.get("source_nets", []),
        )
        row = tokens.list_for(self.actor).get(public_id=tokens.find_in(made))
        return Response({**as_fields(row), "token": made}, status=201)


class Token(Door):
    """One token."""

    required_role: ClassVar = {"DELETE": "viewer"}
    statuses: ClassVar = {"DELETE": 204}

    def delete(self, request: Request, public_id: str) -> Response:
        tokens.revoke(public_id=public_id, actor=self.actor)
        return Response(status=204)
