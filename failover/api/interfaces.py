"""Network interfaces."""

from dataclasses import replace
from typing import ClassVar

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from failover import models
from failover.api import act_bodies, actions, bodies, door, ec2_shapes, job_shapes
from failover.api.door import Door
from failover.api.jobs import job_answer
from failover.services import fields, filters, interfaces, queries
from failover.services.acts import changing, choices
from failover.services.acts import interfaces as acts
from failover.services.idempotency import Answer


def _shown(eni: str, status: int = 200) -> Answer:
    """The interface as it is now."""
    view = queries.view_interface(queries.get_interface(eni))
    return door.render(fields.as_fields(view), status=status)


def _made(row: models.Action) -> Answer:
    """201 with the interface that the action made."""
    location = reverse("api-interface", args=[row.made[0]])
    return replace(_shown(row.made[0], 201), location=location)


def _attaching(job: models.Job) -> Answer:
    """202 with the job, and with the pairs that have no place there any more."""
    hurt = choices.list_hurt(
        region=job.region,
        instance_id=job.to_instance_id,
        device_index=job.device_index,
    )
    return job_answer(job, takes_place_of=hurt)


class Interfaces(Door):
    """Network interfaces as last seen."""

    table: ClassVar = filters.InterfaceFilter
    required_role: ClassVar = {"GET": "viewer", "POST": "operator"}
    bodies: ClassVar = {"POST": act_bodies.CreateInterfaceBody}
    answers: ClassVar = {"GET": ec2_shapes.InterfaceList, "POST": ec2_shapes.Interface}
    statuses: ClassVar = {"POST": 201}

    def get(self, request: Request) -> Response:
        return self.list(queries.list_interfaces(), queries.view_interfaces)

    def post(self, request: Request) -> HttpResponse:
        """Make a network interface."""
        region = actions.place_of(self)
        return actions.carry_out(
            self,
            lambda: acts.create(
                region=region,
                actor=self.actor,
                claim_id=self.claim_id,
                **actions.without_place(self.body),
            ),
            _made,
        )


class Interface(Door):
    """One network interface; `tags` of a change are all tags that it shall have."""

    required_role: ClassVar = {
        "GET": "viewer",
        "PATCH": "operator",
        "DELETE": "admin",
    }
    bodies: ClassVar = {"PATCH": act_bodies.ChangeInterfaceBody}
    answers: ClassVar = {"GET": ec2_shapes.Interface, "PATCH": ec2_shapes.Interface}
    statuses: ClassVar = {"DELETE": 204}

    def get(self, request: Request, eni: str) -> Response:
        row = queries.get_interface(eni)
        return Response(fields.as_fields(queries.view_interface(row)))

    def patch(self, request: Request, eni: str) -> Response:
        row = queries.get_interface(eni)
        changing.change_interface(
            region=row.region,
            interface_id=eni,
            change=changing.Change(**self.body),
            actor=self.actor,
        )
        return self.get(request, eni)

    def delete(self, request: Request, eni: str) -> HttpResponse:
        row = queries.get_interface(eni)
        acts.delete(region=row.region, interface_id=eni, actor=self.actor)
        return HttpResponse(status=204)


class AssignIps(Door):
    """Give it private addresses: these, or so many that EC2 chooses."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": act_bodies.AssignBody}
    answers: ClassVar = {"POST": ec2_shapes.Interface}

    def post(self, request: Request, eni: str) -> HttpResponse:
        row = queries.get_interface(eni)
        return actions.carry_out(
            self,
            lambda: acts.assign_ips(
                region=row.region,
                interface_id=eni,
                actor=self.actor,
                claim_id=self.claim_id,
                **actions.given(self.body),
            ),
            lambda _: _shown(eni),
        )


class UnassignIps(Door):
    """Take secondary private addresses from it."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": act_bodies.UnassignBody}
    answers: ClassVar = {"POST": ec2_shapes.Interface}

    def post(self, request: Request, eni: str) -> HttpResponse:
        row = queries.get_interface(eni)
        return actions.carry_out(
            self,
            lambda: acts.unassign_ips(
                region=row.region,
                interface_id=eni,
                actor=self.actor,
                claim_id=self.claim_id,
                addresses=self.body["addresses"],
            ),
            lambda _: _shown(eni),
        )


class Attach(Door):
    """Begin an attach of an interface that no pair moves."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.AttachBody}
    answers: ClassVar = {"POST": job_shapes.AttachJob}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, eni: str) -> HttpResponse:
        row = queries.get_interface(eni)
        return self.start(
            lambda keep: interfaces.request_attach(
                interface_id=eni,
                region=row.region,
                instance_id=self.body["instance_id"],
                device_index=self.body.get("device_index"),
                actor=self.actor,
                on_created=keep,
            ),
            _attaching,
        )


class Detach(Door):
    """Begin a detach of an interface that no pair moves."""

    required_role: ClassVar = {"POST": "operator"}
    bodies: ClassVar = {"POST": bodies.DetachBody}
    answers: ClassVar = {"POST": job_shapes.Job}
    statuses: ClassVar = {"POST": 202}

    def post(self, request: Request, eni: str) -> HttpResponse:
        row = queries.get_interface(eni)
        return self.start(
            lambda keep: interfaces.request_detach(
                interface_id=eni,
                region=row.region,
                force=self.body.get("force", False),
                actor=self.actor,
                on_created=keep,
            ),
            job_answer,
        )
