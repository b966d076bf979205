"""Instances."""

from collections.abc import Callable
from typing import ClassVar

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from failover import models
from failover.api import act_bodies, act_shapes, actions, bodies, door, ec2_shapes
from failover.api.door import Door
from failover.services import fields, filters, queries
from failover.services.acts import instances, tagging
from failover.services.idempotency import Answer


def _launched(row: models.Action) -> Answer:
    """201 with the first instance, all of them, and the action to follow."""
    rows = [queries.get_instance(i) for i in row.made]
    views = [fields.as_fields(v) for v in queries.view_instances(rows)]
    body = {**views[0], "instances": views, "action": str(row.id)}
    location = reverse("api-instance", args=[row.made[0]])
    return door.render(body, status=201, location=location)


class Instances(Door):
    """Instances as last seen."""

    table: ClassVar = filters.InstanceFilter
    required_role: ClassVar = {"GET": "viewer", "POST": "admin"}
    bodies: ClassVar = {"POST": act_bodies.LaunchBody}
    answers: ClassVar = {"GET": ec2_shapes.InstanceList, "POST": act_shapes.Launched}
    statuses: ClassVar = {"POST": 201}

    def get(self, request: Request) -> Response:
        return self.list(queries.list_instances(), queries.view_instances)

    def post(self, request: Request) -> HttpResponse:
        region = actions.place_of(self)
        return actions.carry_out(
            self,
            lambda: instances.launch(
                region=region,
                actor=self.actor,
                claim_id=self.claim_id,
                **actions.without_place(self.body),
            ),
            _launched,
        )


class Instance(Door):
    """One instance; `tags` of a change are all tags that it shall have."""

    required_role: ClassVar = {"GET": "viewer", "PATCH": "operator"}
    bodies: ClassVar = {"PATCH": act_bodies.TagsBody}
    answers: ClassVar = {"GET": ec2_shapes.Instance, "PATCH": ec2_shapes.Instance}

    def get(self, request: Request, instance_id: str) -> Response:
        row = queries.get_instance(instance_id)
        return Response(fields.as_fields(queries.view_instances([row])[0]))

    def patch(self, request: Request, instance_id: str) -> Response:
        row = queries.get_instance(instance_id)
        if "tags" in self.body:
            tagging.replace(
                region=row.region,
                resource_id=instance_id,
                tags=self.body["tags"],
                actor=self.actor,
            )
        return self.get(request, instance_id)


class Act(Door):
    """What start, stop and reboot share: 202 with the action."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": act_shapes.Action}
    statuses: ClassVar = {"POST": 202}
    act: ClassVar[Callable[..., models.Action]]

    def post(self, request: Request, instance_id: str) -> HttpResponse:
        row = queries.get_instance(instance_id)
        return actions.carry_out(
            self,
            lambda: type(self).act(
                region=row.region,
                instance_id=instance_id,
                actor=self.actor,
                claim_id=self.claim_id,
            ),
            actions.accepted,
        )


class Start(Act):
    """Start a stopped instance."""

    act = staticmethod(instances.start)


class Stop(Act):
    """Stop an instance."""

    act = staticmethod(instances.stop)


class Reboot(Act):
    """Reboot an instance."""

    act = staticmethod(instances.reboot)
