"""Elastic IPs."""

from dataclasses import replace
from typing import ClassVar

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from failover import models
from failover.api import act_bodies, actions, bodies, door, ec2_shapes
from failover.api.door import Door
from failover.services import fields, filters, queries
from failover.services.acts import elastic_ips, tagging
from failover.services.idempotency import Answer


def _shown(allocation_id: str, status: int = 200) -> Answer:
    """The Elastic IP as it is now."""
    row = queries.get_elastic_ip(allocation_id)
    view = queries.view_elastic_ips([row])[0]
    return door.render(fields.as_fields(view), status=status)


def _made(row: models.Action) -> Answer:
    """201 with the Elastic IP that the action took."""
    location = reverse("api-elastic-ip", args=[row.made[0]])
    return replace(_shown(row.made[0], 201), location=location)


class ElasticIps(Door):
    """Elastic IPs as last seen."""

    table: ClassVar = filters.ElasticIpFilter
    required_role: ClassVar = {"GET": "viewer", "POST": "operator"}
    bodies: ClassVar = {"POST": act_bodies.AllocateBody}
    answers: ClassVar = {"GET": ec2_shapes.ElasticIpList, "POST": ec2_shapes.ElasticIp}
    statuses: ClassVar = {"POST": 201}

    def get(self, request: Request) -> Response:
        return self.list(
            queries.list_elastic_ips(),
            queries.view_elastic_ips,
        )

    def post(self, request: Request) -> HttpResponse:
        region = actions.place_of(self)
        return actions.carry_out(
            self,
            lambda: elastic_ips.allocate(
                region=region,
                actor=self.actor,
                claim_id=self.claim_id,
                tags=self.body.get("tags"),
            ),
            _made,
        )


class ElasticIp(Door):
    """One Elastic IP; `tags` of a change are all tags that it shall have."""

    required_role: ClassVar = {
        "GET": "viewer",
        "PATCH": "operator",
        "DELETE": "admin",
    }
    bodies: ClassVar = {"PATCH": act_bodies.TagsBody}
    answers: ClassVar = {"GET": ec2_shapes.ElasticIp, "PATCH": ec2_shapes.ElasticIp}
    statuses: ClassVar = {"DELETE": 204}

    def get(self, request: Request, allocation_id: str) -> Response:
        row = queries.get_elastic_ip(allocation_id)
        return Response(fields.as_fields(queries.view_elastic_ips([row])[0]))

    def patch(self, request: Request, allocation_id: str) -> Response:
        row = queries.get_elastic_ip(allocation_id)
        if "tags" in self.body:
            tagging.replace(
                region=row.region,
                resource_id=allocation_id,
                tags=self.body["tags"],
                actor=self.actor,
            )
        return self.get(request, allocation_id)

    def delete(self, request: Request, allocation_id: str) -> HttpResponse:
        row = queries.get_elastic_ip(allocation_id)
        elastic_ips.release(
            region=row.region, allocation_id=allocation_id, actor=self.actor
        )
        return HttpResponse(status=204)


class Associate(Door):
    """Put it on a private address of an interface or an instance."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": act_bodies.AssociateBody}
    answers: ClassVar = {"POST": ec2_shapes.ElasticIp}

    def post(self, request: Request, allocation_id: str) -> HttpResponse:
        row = queries.get_elastic_ip(allocation_id)
        return actions.carry_out(
            self,
            lambda: elastic_ips.associate(
                region=row.region,
                allocation_id=allocation_id,
                actor=self.actor,
                claim_id=self.claim_id,
                **actions.given(self.body),
            ),
            lambda _: _shown(allocation_id),
        )


class Disassociate(Door):
    """Take it from where it is; it stays allocated."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.Empty}
    answers: ClassVar = {"POST": ec2_shapes.ElasticIp}

    def post(self, request: Request, allocation_id: str) -> HttpResponse:
        row = queries.get_elastic_ip(allocation_id)
        return actions.carry_out(
            self,
            lambda: elastic_ips.disassociate(
                region=row.region,
                allocation_id=allocation_id,
                actor=self.actor,
                claim_id=self.claim_id,
            ),
            lambda _: _shown(allocation_id),
        )
