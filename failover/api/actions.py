"""Actions: what people asked of EC2, how it stands, and how such a call is answered."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from failover import models
from failover.api import act_shapes, door
from failover.api.door import Door, Keep
from failover.services import fields, regions
from failover.services.acts import showing
from failover.services.idempotency import Answer


class Actions(Door):
    """All actions, newest first."""

    table: ClassVar = showing.ActionFilter
    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": act_shapes.ActionList}

    def get(self, request: Request) -> Response:
        return self.list(showing.list_actions(), showing.view_actions)


class Action(Door):
    """One action."""

    required_role: ClassVar = {"GET": "viewer"}
    answers: ClassVar = {"GET": act_shapes.Action}

    def get(self, request: Request, action_id: str) -> Response:
        row = showing.get_action(action_id)
        return Response(fields.as_fields(showing.view_action(row)))


def carry_out(
    at: Door,
    act: Callable[[], models.Action],
    answer: Callable[[models.Action], Answer],
) -> HttpResponse:
    """A start call that is an action: replayed under its key, done at most once."""

    def work(keep: Keep) -> models.Action:
        row = act()
        keep(row)
        return row

    return at.start(work, answer)


def accepted(row: models.Action) -> Answer:
    """202 with the action, and where its progress is told."""
    view = showing.view_action(row)
    location = reverse("api-action", args=[row.id])
    return door.render(fields.as_fields(view), status=202, location=location)


def place_of(at: Door) -> models.Region:
    """The region that the body names. Raises AmbiguousAccount, Invalid."""
    return regions.find(region=at.body["region"], account=at.body.get("account"))


def without_place(body: dict[str, Any]) -> dict[str, Any]:
    """The body's other fields, without those that are null."""
    names = ("region", "account")
    return {n: v for n, v in body.items() if n not in names and v is not None}


def given(body: dict[str, Any]) -> dict[str, Any]:
    """The body's fields without those that are null or left empty."""
    return {n: v for n, v in body.items() if v is not None}
